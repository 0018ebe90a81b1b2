using System.Threading.Channels;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Digests;

/// <summary>
/// Closes digests when their time has come. Sleeps until the next one is due by the database, or until a commit opens an earlier one; looks at start too, so that
/// what came due while nobody ran is sent then. Where several processes share a database each of them looks, and each digest is closed by one.
/// </summary>
internal sealed partial class DigestClosing : BackgroundService
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_pauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly DigestTurns _turns;
    private readonly IDigestStore _store;
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger<DigestClosing> _log;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long _next = long.MinValue;

    public DigestClosing(DigestTurns turns, IDigestStore store, Database database, TimeProvider time, ILogger<DigestClosing> log)
    {
        (_turns, _store, _database, _time, _log) = (turns, store, database, time, log);
        database.OnCommit<DigestDue>(due =>
        {
            if (due.At.UtcTicks < Volatile.Read(ref _next))
            {
                _wake.Writer.TryWrite(true);
            }
        });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = _time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (!stoppingToken.IsCancellationRequested)
        {
            // Whatever commits from here on is either seen by the turn or wakes us after it.
            Volatile.Write(ref _next, long.MaxValue);
            var next = await TurnAsync(stoppingToken);
            Volatile.Write(ref _next, next.UtcTicks);
            var wait = next - _time.GetUtcNow();
            timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            await _wake.Reader.ReadAsync(stoppingToken);
        }
    }

    /// <summary>Closes what is due; when to look again.</summary>
    private async Task<DateTimeOffset> TurnAsync(CancellationToken stopping)
    {
        try
        {
            DigestTurnResult result;
            do
            {
                result = await _database.WriteAsync(_turns.Run, Lane.Background, stopping);
            }
            while (result.Ended == DigestTurns.Limit);

            var latest = _time.GetUtcNow() + (_store.IsShared ? s_lookEvery : s_longest);
            return result.Next < latest ? result.Next.Value : latest;
        }

        // A full disk or a lost database ends no digest: it is due still.
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogFailed(fault);
            return _time.GetUtcNow() + s_pauseAfterFault;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Digests could not be closed; tried again in a moment")]
    private partial void LogFailed(Exception fault);
}
