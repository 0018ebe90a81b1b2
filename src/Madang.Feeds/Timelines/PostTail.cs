using System.Collections.Concurrent;
using System.Threading.Channels;
using Madang.Feeds.Posts;
using Madang.Storage;
using Madang.Storage.Hinting;
using Microsoft.Extensions.Logging;

namespace Madang.Feeds.Timelines;

/// <summary>
/// Follows the log of posts for this node's rings: what other nodes wrote, woken by their hints and looking once a second beside. While it has not come to the
/// end of the log for longer than <see cref="Patience"/>, readers are served from the database.
/// </summary>
internal sealed partial class PostTail : HintPump
{
    /// <summary>How far behind rings may be before they are not trusted.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private const int AtATime = 500;

    /// <summary>What this node wrote and has not met in the log yet; beyond it some is heard twice, which only takes time.</summary>
    private const int MostOwn = 20_000;

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly IPostTail _tail;
    private readonly WarmTimelines _timelines;
    private readonly TimeProvider _time;
    private readonly ILogger<PostTail> _log;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly ConcurrentDictionary<(PostId Id, int Version), byte> _own = new();

    // Entries beyond the place that were heard already, because a transaction before them still ran.
    private HashSet<long> _early = [];
    private TailPlace? _place;

    public PostTail(IPostTail tail, WarmTimelines timelines, INodeHints hints, Database database, TimeProvider time, ILogger<PostTail> log)
        : base("madang_posts", hints, time, log)
    {
        (_tail, _timelines, _time, _log) = (tail, timelines, time, log);
        timelines.TrustFor(Patience);
        database.OnCommit<PostChanged>(changed =>
        {
            if (_own.Count >= MostOwn)
            {
                _own.Clear();
            }

            _own.TryAdd((changed.Facts.Id, changed.Facts.Version), 0);
            Say("posts");
        });
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(base.ExecuteAsync(stoppingToken), FollowAsync(stoppingToken));

    protected override void Heard(string name) => _wake.Writer.TryWrite(true);

    protected override void Look() => _wake.Writer.TryWrite(true);

    /// <summary>Reads to the end of the log. For the loop and for tests.</summary>
    internal async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        // Rings are built from here on: the pull that fills one begins later, and finds whatever lies below. Who has kept one looks into the log for it, and
        // finds there what no running transaction can come before: what lies beyond is told now.
        _place ??= await _tail.EndAsync(cancellationToken);
        while (true)
        {
            var asked = _time.GetTimestamp();
            var entries = await _tail.AfterAsync(_place.Value, AtATime + _early.Count, cancellationToken);
            var early = new HashSet<long>();
            foreach (var entry in entries)
            {
                if (!_early.Contains(entry.Place.Seq) && !_own.TryRemove((entry.Facts.Id, entry.Facts.Version), out _))
                {
                    _timelines.Heard(entry.Facts, entry.Op);
                }

                if (entry.IsSettled)
                {
                    _place = entry.Place;
                }
                else
                {
                    early.Add(entry.Place.Seq);
                }
            }

            var isEnd = entries.Count < AtATime + _early.Count;
            _early = early;
            if (isEnd)
            {
                _timelines.IsAtEnd(asked, _place.Value);
                return;
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        Look();
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            try
            {
                await CatchUpAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Readers are served from the database meanwhile, as far as that is there.
                LogBehind(fault);
                await Task.Delay(PauseAfterFault, _time, cancellationToken);
                Look();
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The log of posts could not be followed")]
    private partial void LogBehind(Exception fault);
}
