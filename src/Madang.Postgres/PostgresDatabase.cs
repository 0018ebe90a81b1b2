using System.Collections.Concurrent;
using Madang.Storage;
using Madang.Storage.Migrating;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Madang.Postgres;

/// <summary>
/// PostgreSQL as the one truth of a cluster. Writes run on dedicated threads, each closure a READ COMMITTED transaction of its own:
/// stores lock the rows they decide by, in ascending id order. Reads run on <see cref="Source"/>.
/// </summary>
internal sealed partial class PostgresDatabase : Database
{
    private const int MinimumVersion = 15;

    private const string IndexesOnly =
        "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off -c plan_cache_mode=force_generic_plan -c jit=off";

    private readonly NpgsqlDataSource _writers;
    private readonly WriterContext _context;
    private readonly PostgresOptions _options;
    private readonly ClosureLane _interactive;
    private readonly ClosureLane _background;
    private readonly Lazy<ClosureLane> _crawls;
    private readonly Lazy<NpgsqlDataSource> _keyed;
    private readonly ConcurrentDictionary<object, Lazy<IReadOnlyList<IAsyncDisposable>>> _hot = new();
    private readonly Migrator _migrator;
    private readonly ILogger _log;
    private readonly NpgsqlConnectionStringBuilder _host;
    private string _version = "";
    private int _disposed;

    public PostgresDatabase(
        PostgresServer server, IOptions<PostgresOptions> options, Migrator migrator, StorageMetrics metrics, TimeProvider time, ILoggerFactory logs)
    {
        _migrator = migrator;
        _options = options.Value;
        _log = logs.CreateLogger<PostgresDatabase>();
        _host = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        Source = Build(ForReading(server.ConnectionString, _options), logs);
        _writers = Build(ForWriting(server.ConnectionString), logs);
        _context = new WriterContext(time, TimeSpan.FromSeconds(_options.PatienceSeconds), metrics, _log, Tell);
        _interactive = new ClosureLane("postgres interactive", _options.InteractiveQueue);
        _background = new ClosureLane("postgres background", _options.BackgroundQueue);
        _crawls = new(() =>
        {
            var lane = new ClosureLane("postgres crawls", _options.InteractiveQueue);
            lane.Start(_options.CrawlWriters, _writers, _context);
            return lane;
        });
        _keyed = new(() => Build(ForKeyedReading(server.ConnectionString, _options), logs));
    }

    public override string Engine => $"PostgreSQL {_version}";

    /// <summary>For reads: pooled, what is used often gets prepared, no multiplexing (a slow read would hold up those behind it).</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>For the reads of crawls and posts, which look up by key and walk indexes: like the writers' sessions, these may do nothing else.</summary>
    public NpgsqlDataSource Keyed => _keyed.Value;

    /// <summary>Looks whether this server keeps what Madang promises, brings the schema up to date and starts the writers.</summary>
    /// <exception cref="UnsupportedServerException">Too old, or it acknowledges before the fsync.</exception>
    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        await using (var connection = await _writers.OpenConnectionAsync(cancellationToken))
        {
            await CheckServerAsync(connection, cancellationToken);
            var migrations = new PostgresMigrations(connection, _context.Time);
            await _migrator.RunAsync(migrations, Migration.EmbeddedIn(typeof(PostgresDatabase).Assembly), cancellationToken);
        }

        _interactive.Start(_options.InteractiveWriters, _writers, _context);
        _background.Start(_options.BackgroundWriters, _writers, _context);
        _context.Metrics.WatchQueues(() => _interactive.Waiting, () => _background.Waiting);
        Opened(Engine, _host.Host, _host.Database);
    }

    public override Task<T> WriteAsync<T>(Func<WriteTx, T> work, Lane lane = Lane.Interactive, CancellationToken cancellationToken = default)
    {
        var closure = new Closure<T>(work, _context.Time.GetTimestamp(), cancellationToken);
        (lane == Lane.Interactive ? _interactive : _background).Add(closure);
        return closure.Task;
    }

    /// <summary>A crawl's commits are long and many: they have sessions of their own, so that nobody's message waits for one. Started with the first crawl.</summary>
    public Task<T> WriteCrawlAsync<T>(Func<PostgresTx, T> work, CancellationToken cancellationToken)
    {
        var closure = new Closure<T>(work, _context.Time.GetTimestamp(), cancellationToken);
        _crawls.Value.Add(closure);
        return closure.Task;
    }

    /// <summary>Writes one item of a hot verb, together with others of its kind. Durable when the task completes.</summary>
    public Task<TResult> WriteAsync<TItem, TResult>(PostgresHotVerb<TItem, TResult> verb, TItem item, CancellationToken cancellationToken)
    {
        var lanes = _hot.GetOrAdd(verb, static (_, made) => new(() => made.Database.StartLanes(made.Verb)), (Database: this, Verb: verb)).Value;
        var hot = new HotItem<TItem, TResult>(item, _context.Time.GetTimestamp(), cancellationToken);
        // Snowflake ids made one at a time share their low bits: without mixing, one session would carry them all.
        var mixed = (uint)verb.PartitionOf(item) * 0x9E3779B9u;
        ((HotLane<TItem, TResult>)lanes[(int)((ulong)mixed * (uint)lanes.Count >> 32)]).Add(hot);
        return hot.Task;
    }

    /// <summary>A message in the log has no reader, but its commit waits for the fsync as any other.</summary>
    public override Task CheckAsync(CancellationToken cancellationToken) => WriteAsync(
        tx => PostgresTx.Of(tx).Run("SELECT pg_logical_emit_message(true, 'madang', '')"), Lane.Interactive, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        // The container knows this object by two types and disposes of it for each.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        _context.Stop();
        await _interactive.DisposeAsync();
        await _background.DisposeAsync();
        foreach (var lane in _hot.Values.SelectMany(lanes => lanes.Value))
        {
            await lane.DisposeAsync();
        }

        if (_crawls.IsValueCreated)
        {
            await _crawls.Value.DisposeAsync();
        }

        if (_keyed.IsValueCreated)
        {
            await _keyed.Value.DisposeAsync();
        }

        await _writers.DisposeAsync();
        await Source.DisposeAsync();
        _context.Dispose();
    }

    private List<IAsyncDisposable> StartLanes<TItem, TResult>(PostgresHotVerb<TItem, TResult> verb) =>
        [.. Enumerable.Range(1, PostgresHotVerb<TItem, TResult>.Sessions).Select(n =>
            new HotLane<TItem, TResult>(verb, $"postgres {verb.Name} {n}", _options.HotQueue, _writers, _context))];

    private async Task CheckServerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var version = connection.PostgreSqlVersion;
        if (version.Major < MinimumVersion)
        {
            throw new UnsupportedServerException($"PostgreSQL {version} is too old: Madang needs {MinimumVersion} or newer.");
        }

        // An ack means fsynced (design: agreement 1). A setting of the server, the role or the database must not quietly undo it.
        await RequireAsync(connection, "synchronous_commit", ["on", "remote_apply"], cancellationToken);
        await RequireAsync(connection, "fsync", ["on"], cancellationToken);
        _version = version.ToString();
    }

    private static NpgsqlDataSource Build(string connectionString, ILoggerFactory logs) =>
        new NpgsqlDataSourceBuilder(connectionString).UseLoggerFactory(logs).Build();

    private static string ForReading(string connectionString, PostgresOptions options)
    {
        var settings = Common(connectionString);
        settings.MaxPoolSize = options.Readers;
        settings.Options = Join(settings.Options, "-c default_transaction_read_only=on -c jit=off");
        return settings.ConnectionString;
    }

    /// <summary>
    /// Writers look rows up by key in tables that grow while a plan lives. One made when a table was empty would read all of it for ever, by a scan, by a
    /// bitmap of a leading column, or kept as the inner side of a join with the batch's arrays (64 × 13,000 rows per statement were seen): so they may
    /// only walk indexes. The plans do not depend on the values, so planning anew is waste. Each thread keeps its one connection: no pool.
    /// </summary>
    private static string ForWriting(string connectionString)
    {
        var settings = Common(connectionString);
        settings.Pooling = false;
        settings.Options = Join(
            settings.Options,
            "-c synchronous_commit=on " + IndexesOnly + " -c idle_in_transaction_session_timeout=30s");
        return settings.ConnectionString;
    }

    private static string ForKeyedReading(string connectionString, PostgresOptions options)
    {
        var settings = Common(connectionString);
        settings.MaxPoolSize = options.CrawlReaders;
        settings.Options = Join(settings.Options, "-c default_transaction_read_only=on " + IndexesOnly);
        return settings.ConnectionString;
    }

    private static NpgsqlConnectionStringBuilder Common(string connectionString) => new(connectionString)
    {
        ApplicationName = "madang",
        MaxAutoPrepare = 200,
        AutoPrepareMinUsages = 2,
        Multiplexing = false,
        KeepAlive = 30,
    };

    [LoggerMessage(LogLevel.Information, "{Engine} on {Host}, database {Database}")]
    private partial void Opened(string engine, string? host, string? database);

    private static string Join(string? given, string ours) => string.IsNullOrEmpty(given) ? ours : $"{given} {ours}";

    private static async Task RequireAsync(NpgsqlConnection connection, string setting, string[] allowed, CancellationToken cancellationToken)
    {
        await using var show = new NpgsqlCommand($"SHOW {setting}", connection);
        var value = (string?)await show.ExecuteScalarAsync(cancellationToken);
        if (!allowed.Contains(value))
        {
            throw new UnsupportedServerException($"PostgreSQL runs with {setting}={value}: Madang acknowledges only what is on disk and needs {allowed[0]}.");
        }
    }
}

/// <param name="ConnectionString">The value of <c>Madang:Database</c>.</param>
internal sealed record PostgresServer(string ConnectionString);

/// <summary>This server cannot hold a Madang database. Startup ends with the message.</summary>
internal sealed class UnsupportedServerException(string message) : Exception(message);
