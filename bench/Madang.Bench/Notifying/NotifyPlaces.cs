using System.Globalization;
using Madang.Bench.Notifying.Queues;
using Madang.Bench.Serving;
using Npgsql;
using SQLitePCL;

namespace Madang.Bench.Notifying;

/// <summary>A fresh server with its storage, people with a phone each, and the stand-ins for their providers; all of it gone afterwards.</summary>
internal sealed class NotifyPlaces : IAsyncDisposable
{
    /// <summary>Ids of the people are this and the next ones.</summary>
    public const long FirstPerson = 1L << 40;

    private readonly string _folder;
    private readonly PostgresProcess? _postgres;

    private NotifyPlaces(string folder, SandboxProcess sandbox, HookReceiver hooks, ServerProcess server, PostgresProcess? postgres, string token, int people) =>
        (_folder, Sandbox, Hooks, Server, _postgres, Token, People) = (folder, sandbox, hooks, server, postgres, token, people);

    public SandboxProcess Sandbox { get; }

    public HookReceiver Hooks { get; }

    public ServerProcess Server { get; }

    public string Token { get; }

    public int People { get; }

    public static async Task<NotifyPlaces> StartAsync(string engine, string program, int people, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("madang-notify-").FullName;
        QueueRace.OpenFolder(folder);
        var postgres = engine == "postgres" ? await PostgresProcess.StartAsync(Path.Combine(folder, "postgres")) : null;
        var sandbox = await SandboxProcess.StartAsync(program, Path.Combine(folder, "sandbox"), cancellationToken);
        var environment = new Dictionary<string, string>(sandbox.Settings)
        {
            // The stand-in need not be got used to.
            ["MADANG__NOTIFICATIONS__PROVIDERS__FCM__RAMPSECONDS"] = "0",
        };
        var hooks = HookReceiver.Start();
        foreach (var (key, value) in hooks.Settings)
        {
            environment[key] = value;
        }

        if (sandbox.Names.Contains("twilio"))
        {
            environment["MADANG__NOTIFICATIONS__PROVIDERS__TWILIO__PERSECOND"] = "0";
        }

        var settings = new ServerSettings(program, Path.Combine(folder, "data"), postgres?.ConnectionString ?? "sqlite") { Environment = environment };
        ServerProcess server;
        try
        {
            server = await ServerProcess.StartAsync(settings, cancellationToken);
        }
        catch
        {
            // Its log stays, and says why.
            await sandbox.DisposeAsync();
            hooks.Dispose();
            throw;
        }

        using var api = new Wire.ApiClient(server.Address);
        var token = await api.SetUpAsync(ServerProcess.SetupToken, cancellationToken);
        await server.KillAsync();
        if (postgres is null)
        {
            Sqlite(Path.Combine(settings.Data, "madang.db"), db => Run(db, Seed(people, "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) SELECT {1} FROM n", "printf('%064x', i + 1)", "CAST(printf('bench-%d', i) AS BLOB)")));
        }
        else
        {
            await PostgresAsync(postgres, Seed(people, "SELECT {1} FROM generate_series(0, {0}) AS n(i)", "lpad(to_hex(i + 1), 64, '0')", "sha256(('bench-' || i)::bytea)"), cancellationToken);
        }

        await server.StartAsync(cancellationToken);
        return new NotifyPlaces(folder, sandbox, hooks, server, postgres, token, people);
    }

    /// <summary>CPU seconds of the server and, if it has one, of its PostgreSQL.</summary>
    public double ServerCpu() => CpuTime.Of(Server.Pid) + (_postgres is null ? 0 : CpuTime.OfFamily(_postgres.Pid));

    /// <summary>Megabytes of the server, the highest so far (proc(5): VmHWM).</summary>
    public double PeakMegabytes() => Crawling.CrawlerRun.MemoryOf(Server.Pid);

    /// <summary>Bytes of the database with its log.</summary>
    public long StoredBytes() => new DirectoryInfo(Path.Combine(_folder, "data")).EnumerateFiles("madang.db*").Sum(file => file.Length);

    /// <summary>Rows of a query, as texts. On SQLite the server is ended for it.</summary>
    public async Task<IReadOnlyList<string[]>> AskAsync(string sql, CancellationToken cancellationToken)
    {
        List<string[]> rows = [];
        if (_postgres is null)
        {
            await Server.KillAsync();
            Sqlite(Path.Combine(_folder, "data", "madang.db"), db => rows.AddRange(Rows(db, sql)));
            return rows;
        }

        await using var connection = new NpgsqlConnection(_postgres.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)!)]);
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Sandbox.DisposeAsync();
        Hooks.Dispose();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>People straight into the tables: half of them with an iPhone, half with an Android phone; all with an e-mail address and a number.</summary>
    private static string Seed(int people, string each, string apns, string hash)
    {
        var isPostgres = each.Contains("generate_series", StringComparison.Ordinal);
        var now = isPostgres ? "now()" : TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var no = isPostgres ? "false" : "0";
        var most = people - 1;
        string Each(string columns) => string.Format(CultureInfo.InvariantCulture, each, most, columns);
        return string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO users (id, name, name_key, display_name, display_key, locale, time_zone, role, disabled, created_at)
              {Each($"{FirstPerson} + i, 'person-' || i, 'person-' || i, 'Person ' || i, 'person ' || i, CASE i % 2 WHEN 0 THEN 'ko' ELSE 'en' END, 'Asia/Seoul', 1, {no}, {now}")};
            INSERT INTO address (id, user_id, kind, value, value_hash, scope, registered_at, soft_bounces)
              {Each($"{FirstPerson} + i, {FirstPerson} + i, 1 + i % 2, CASE i % 2 WHEN 0 THEN {apns} ELSE 'android-' || i END, {hash}, CASE i % 2 WHEN 0 THEN 'com.example.sandbox:sandbox' ELSE 'sandbox-project' END, {now}, 0")};
            """);
    }

    private static async Task PostgresAsync(PostgresProcess postgres, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql + "ANALYZE;", connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Sqlite(string path, Action<sqlite3> use)
    {
        Batteries_V2.Init();
        if (raw.sqlite3_open_v2(path, out var db, raw.SQLITE_OPEN_READWRITE, null) != raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"{path} cannot be opened.");
        }

        using (db)
        {
            use(db);
        }
    }

    private static void Run(sqlite3 db, string sql)
    {
        if (raw.sqlite3_exec(db, "BEGIN;" + sql + "COMMIT;") != raw.SQLITE_OK)
        {
            throw new InvalidOperationException(raw.sqlite3_errmsg(db).utf8_to_string());
        }
    }

    private static List<string[]> Rows(sqlite3 db, string sql)
    {
        if (raw.sqlite3_prepare_v2(db, sql, out var statement) != raw.SQLITE_OK)
        {
            throw new InvalidOperationException(raw.sqlite3_errmsg(db).utf8_to_string());
        }

        using (statement)
        {
            List<string[]> rows = [];
            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
            {
                rows.Add([.. Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(i => raw.sqlite3_column_text(statement, i).utf8_to_string() ?? "")]);
            }

            return rows;
        }
    }
}
