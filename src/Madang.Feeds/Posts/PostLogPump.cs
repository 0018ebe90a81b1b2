using System.Security.Cryptography;
using System.Threading.Channels;
using Madang.Storage;
using Madang.Storage.Hinting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Feeds.Posts;

/// <summary>
/// Hands the log to its readers, each at its own pace and from its own cursor. Woken by commits of this node; where there are other nodes it also looks once
/// a second. A lease says which node serves a reader; it is asked for only when there is something to hand over.
/// </summary>
internal sealed partial class PostLogPump : BackgroundService
{
    internal const int Batch = 200;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<Line> _lines;
    private readonly IPostLogStore _store;
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly TimeSpan? _poll;
    private readonly ILogger _log;
    private readonly string _owner = RandomNumberGenerator.GetHexString(16, lowercase: true);

    public PostLogPump(
        IEnumerable<IPostLogReader> readers, IPostLogStore store, Database database, TimeProvider time, INodeHints? hints, ILogger<PostLogPump> log)
    {
        (_store, _database, _time, _poll, _log) = (store, database, time, hints?.Poll, log);
        _lines = [.. readers.Select(reader => new Line(reader))];
        database.OnCommit<PostChanged>(_ => Wake());
        Wake();
    }

    /// <summary>Hands over everything that there is now.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var line in _lines)
        {
            await RunAsync(line, cancellationToken);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([.. _lines.Select(line => ServeAsync(line, stoppingToken)), PollAsync(stoppingToken)]);

    private void Wake()
    {
        foreach (var line in _lines)
        {
            line.Woken.Writer.TryWrite(true);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        if (_poll is not { } poll)
        {
            return;
        }

        using var timer = new PeriodicTimer(poll, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            Wake();
        }
    }

    private async Task ServeAsync(Line line, CancellationToken cancellationToken)
    {
        while (await line.Woken.Reader.WaitToReadAsync(cancellationToken))
        {
            await Task.Delay(Gathering, _time, cancellationToken);
            line.Woken.Reader.TryRead(out _);

            // A reader is another module's, and may fail in any way: it gets the same entries again, and nobody else waits for it.
            try
            {
                await RunAsync(line, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFailed(line.Reader.Name, fault);
                await Task.Delay(PauseAfterFault, _time, cancellationToken);
                line.Woken.Writer.TryWrite(true);
            }
        }
    }

    private async Task RunAsync(Line line, CancellationToken cancellationToken)
    {
        if ((await _store.ReadAsync(line.Position, 1, cancellationToken)).Count == 0)
        {
            return;
        }

        var name = line.Reader.Name;
        if (await _database.WriteAsync(tx => _store.Take(tx, name, _owner, tx.Now + Lease), Lane.Background, cancellationToken) is not { } position)
        {
            return;
        }

        line.Position = position;
        while (await _store.ReadAsync(line.Position, Batch, cancellationToken) is { Count: > 0 } entries)
        {
            await line.Reader.AcceptAsync(entries, cancellationToken);
            var reached = entries[^1].Position;
            if (!await _database.WriteAsync(tx => _store.Advance(tx, name, _owner, reached, tx.Now + Lease), Lane.Background, cancellationToken))
            {
                return;
            }

            line.Position = reached;
        }
    }

    private sealed class Line(IPostLogReader reader)
    {
        public IPostLogReader Reader => reader;

        public Channel<bool> Woken { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public LogPosition Position { get; set; }
    }

    [LoggerMessage(LogLevel.Error, "The reader {Name} of the log of posts failed and gets the same entries again")]
    private partial void LogFailed(string name, Exception fault);
}
