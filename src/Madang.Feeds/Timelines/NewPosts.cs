using System.Text.Json;
using System.Threading.Channels;
using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Feeds.Posts;
using Madang.Realtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Feeds.Timelines;

/// <summary>
/// Tells connected readers what happened in their feed: <c>feed.new</c>, <c>feed.changed</c>, <c>feed.gone</c>. Only whoever may see the post now is told of
/// it. Signals may be lost, and then the next look at the feed shows it: over the bound they are dropped, and the fan-out never waits.
/// </summary>
internal sealed partial class NewPosts(ISignals signals, IPostFacts facts, Graphs graphs, TimelineMetrics metrics, ILogger<NewPosts> log) : BackgroundService
{
    private const int Bound = 50_000;

    /// <summary>How many are looked up together.</summary>
    private const int AtATime = 512;

    private readonly Channel<(UserId Reader, FreshPost Post)> _told = Channel.CreateBounded<(UserId, FreshPost)>(
        new BoundedChannelOptions(Bound) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Notes who of <paramref name="readers"/> is connected. Quick.</summary>
    public void Tell(IReadOnlyList<UserId> readers, FreshPost post)
    {
        for (var i = 0; i < readers.Count; i++)
        {
            if (signals.IsHere(readers[i]))
            {
                _told.Writer.TryWrite((readers[i], post));
            }
        }
    }

    /// <summary>Sends what was noted, up to a bound. For the loop and for tests.</summary>
    internal async Task SendAsync(CancellationToken cancellationToken)
    {
        var batch = new Dictionary<UserId, List<FreshPost>>();
        for (var i = 0; i < AtATime && _told.Reader.TryRead(out var one); i++)
        {
            if (!batch.TryGetValue(one.Reader, out var posts))
            {
                batch[one.Reader] = posts = [];
            }

            posts.Add(one.Post);
        }

        foreach (var (reader, posts) in batch)
        {
            await SendAsync(reader, posts, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _told.Reader.WaitToReadAsync(stoppingToken))
        {
            try
            {
                await SendAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // They find it when they look; what comes next is told again.
                LogNotSent(fault);
            }
        }
    }

    private async Task SendAsync(UserId reader, List<FreshPost> posts, CancellationToken cancellationToken)
    {
        var graph = await graphs.OfAsync(reader, cancellationToken);
        PostId[] ids = [.. posts.Select(post => post.Facts.Id)];
        var now = await facts.OfAsync(reader, ids, cancellationToken);
        if (now.IsNewerThan(graph))
        {
            graph = await graphs.AtAsync(reader, now.Epoch, cancellationToken);
            now = await facts.OfAsync(reader, ids, cancellationToken);
        }

        for (var i = 0; i < posts.Count; i++)
        {
            if (!now.IsNewerThan(graph) && SignalOf(reader, posts[i], now.Posts[i], graph) is { } signal)
            {
                signals.Send([reader], signal);
                metrics.Signalled();
            }
        }
    }

    private static Signal? SignalOf(UserId reader, FreshPost post, PostFacts? now, ViewerGraph graph)
    {
        var id = post.Facts.Id.ToString();
        if (now is not { } facts || facts.State != PostState.Live)
        {
            return post.Op == PostOp.Created ? null : new Signal("feed.gone", id, Json(new { PostId = id }));
        }

        if (!FeedRule.Shows(facts, graph) || !FeedRule.IsHome(facts, graph))
        {
            // It was narrowed: whoever saw it before lets go of it, and learns nothing by that.
            return post.Op == PostOp.Created ? null : new Signal("feed.gone", id, Json(new { PostId = id }));
        }

        if (post.Op != PostOp.Created)
        {
            return new Signal("feed.changed", id, Json(new { PostId = id, facts.Version }));
        }

        // One's own other devices too: they show it as soon as the one that wrote it.
        return new Signal("feed.new", facts.Author == reader ? "own" : "", Json(new { PostId = id, AuthorId = facts.Author }));
    }

    private static byte[] Json<T>(T body) => JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Options);

    [LoggerMessage(LogLevel.Warning, "Connected readers could not be told of new posts")]
    private partial void LogNotSent(Exception fault);
}
