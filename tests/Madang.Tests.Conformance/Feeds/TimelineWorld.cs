using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Explaining;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;
using Madang.Postgres;
using Madang.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Feeds;

/// <summary>A world of posts whose fan-out moves when the test says so, and an oracle that knows feeds by one naive SQL statement.</summary>
internal sealed class TimelineWorld(PostWorld posts) : IAsyncDisposable
{
    // Everything that a feed is, from the rows alone and as plainly as it can be said. The same text on both engines.
    private const string Naive =
        """
        WITH v AS (SELECT CAST({0} AS bigint) AS id),
        shown AS (
          SELECT p.id, p.author_id, p.share_of, p.audience, p.text FROM post p JOIN users u ON u.id = p.author_id CROSS JOIN v
          WHERE p.state = 1 AND p.root_id IS NULL AND CAST(u.disabled AS int) = 0 AND (p.author_id = v.id OR (
            NOT EXISTS (SELECT 1 FROM relation r WHERE r.kind = 4 AND ((r.user_id = v.id AND r.target_id = p.author_id) OR (r.user_id = p.author_id AND r.target_id = v.id)))
            AND NOT EXISTS (SELECT 1 FROM relation r WHERE r.kind = 3 AND r.user_id = v.id AND r.target_id = p.author_id)
            AND (p.share_of IS NULL OR NOT EXISTS (SELECT 1 FROM relation r WHERE r.kind = 2 AND r.user_id = v.id AND r.target_id = p.author_id AND CAST(r.shares AS int) = 0))
            AND (p.audience = 1
              OR EXISTS (SELECT 1 FROM post_mention m WHERE m.user_id = v.id AND m.post_id = p.id)
              OR (p.audience = 2 AND EXISTS (SELECT 1 FROM relation r WHERE r.kind = 2 AND r.user_id = v.id AND r.target_id = p.author_id))
              OR (p.audience = 3 AND EXISTS (SELECT 1 FROM relation r WHERE r.kind = 1 AND r.state = 3 AND r.user_id = v.id AND r.target_id = p.author_id))
              OR (p.audience = 4 AND EXISTS (SELECT 1 FROM people_list_member m WHERE m.list_id = p.list_id AND m.user_id = v.id))))))
        SELECT x.id, CASE WHEN x.share_of IS NOT NULL AND x.text = '' THEN x.share_of ELSE x.id END FROM shown x CROSS JOIN v
        WHERE (x.share_of IS NULL OR EXISTS (SELECT 1 FROM shown o WHERE o.id = x.share_of))
          AND (x.author_id = v.id
            OR (EXISTS (SELECT 1 FROM relation r WHERE r.user_id = v.id AND r.target_id = x.author_id AND (r.kind = 2 OR (r.kind = 1 AND r.state = 3)))
              AND NOT EXISTS (SELECT 1 FROM people_list l JOIN people_list_member m ON m.list_id = l.id
                WHERE l.owner_id = v.id AND CAST(l.exclusive AS int) = 1 AND m.user_id = x.author_id))
            OR (x.audience = 5 AND EXISTS (SELECT 1 FROM post_mention m WHERE m.user_id = v.id AND m.post_id = x.id))
            OR (x.audience = 1 AND EXISTS (SELECT 1 FROM post_tag t JOIN tag_follow f ON f.tag = t.tag WHERE t.post_id = x.id AND f.user_id = v.id)))
        ORDER BY x.id DESC
        """;

    private const string Done =
        """
        SELECT post_id, CAST(reactions AS bigint), CASE WHEN bookmark IS NULL THEN CAST(0 AS bigint) ELSE 1 END, CASE WHEN share_id IS NULL THEN CAST(0 AS bigint) ELSE 1 END
        FROM post_action WHERE user_id = {0}
        """;

    public PostWorld Posts => posts;

    public TestDatabase Test => posts.Test;

    public WarmTimelines Timelines => Test.Store<WarmTimelines>();

    public FeedReader Reader => Test.Store<FeedReader>();

    public FanOut FanOut => Test.Store<FanOut>();

    public Explain Explain => Test.Store<Explain>();

    /// <summary>Rings that waited for their readers when this node began.</summary>
    public int Waited { get; set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Action<IHostApplicationBuilder> Small(Action<FeedsOptions>? more = null) => builder => builder.Services.PostConfigure<FeedsOptions>(options =>
    {
        (options.RingEntries, options.FanOutShards, options.PullFollowers) = (64, 2, 6);
        more?.Invoke(options);
    });

    public static async Task<TimelineWorld> OpenAsync(
        Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh, Action<FeedsOptions>? options = null, Action<IHostApplicationBuilder>? more = null) =>
        new(new PostWorld(await fresh(Small(options) + more)));

    /// <summary>The fan-out takes what is in line, all of it or so many steps.</summary>
    public async Task ServeAsync(int steps = int.MaxValue)
    {
        var told = new List<UserId>();
        for (var shard = 0; shard < Timelines.Shards.Count; shard++)
        {
            for (var i = 0; i < steps && FanOut.Serve(shard, told); i++)
            {
            }
        }

        while (steps == int.MaxValue && Timelines.Direct.Reader.TryRead(out var post))
        {
            await FanOut.GiveAsync(post, Token);
        }
    }

    /// <summary>Comes to the end of the log, where nodes follow it.</summary>
    public async Task FollowLogAsync()
    {
        if (Test.Services.GetService<PostTail>() is { } tail)
        {
            await tail.CatchUpAsync(Token);
        }
    }

    public async Task FollowAsync(UserId follower, UserId author) => PostWorld.Ok(await posts.Relations.FollowAsync(follower, author, Token));

    public async Task BefriendAsync(UserId one, UserId other)
    {
        PostWorld.Ok(await posts.Relations.BefriendAsync(one, other, Token));
        PostWorld.Ok(await posts.Relations.BefriendAsync(other, one, Token));
    }

    public async Task<FeedPage> ReadAsync(UserId viewer, FeedQuery query) => PostWorld.Ok(await Reader.ReadAsync(viewer, query, Token));

    public Task<FeedPage> NewestAsync(UserId viewer, int limit = 20) => ReadAsync(viewer, FeedQuery.Newest(FeedName.Home, limit));

    public Task<FeedPage> AtAsync(UserId viewer, string cursor, int limit = 20) => AtAsync(viewer, FeedName.Home, cursor, limit);

    public Task<FeedPage> AtAsync(UserId viewer, FeedName feed, string cursor, int limit) =>
        ReadAsync(viewer, PostWorld.Ok(FeedQuery.Parse(feed, cursor, Id.Text(limit), null, null, null)));

    /// <summary>All pages from the newest to the end.</summary>
    public async Task<List<FeedPage>> WalkAsync(UserId viewer, int limit, FeedName? feed = null)
    {
        var name = feed ?? FeedName.Home;
        var page = await ReadAsync(viewer, FeedQuery.Newest(name, limit));
        var pages = new List<FeedPage> { page };
        while (page.Next is { } next)
        {
            pages.Add(page = await AtAsync(viewer, name, next, limit));
        }

        return pages;
    }

    /// <summary>What belongs into the home feed by the rows alone, newest first: each id, and what it says (a share says what it shares).</summary>
    public async Task<List<(long Id, long Said)>> NaiveAsync(UserId viewer) => [.. (await RowsAsync(Naive, viewer, 2)).Select(row => (row[0], row[1]))];

    /// <summary>What somebody did with posts, by the rows alone.</summary>
    public async Task<Dictionary<PostId, Overlay>> DoneAsync(UserId viewer) => (await RowsAsync(Done, viewer, 4))
        .ToDictionary(row => new PostId(row[0]), row => new Overlay((int)row[1], row[2] != 0, row[3] != 0));

    private async Task<List<long[]>> RowsAsync(string sql, UserId viewer, int columns)
    {
        var found = new List<long[]>();
        if (Test.Database is SqliteDatabase sqlite)
        {
            return await sqlite.ReadAsync(
                connection =>
                {
                    using var select = connection.Use(sql.Replace("{0}", "?1", StringComparison.Ordinal)).Bind(1, viewer.Value);
                    while (select.Step())
                    {
                        found.Add([.. Enumerable.Range(0, columns).Select(select.Int64)]);
                    }

                    return found;
                },
                Token);
        }

        await using var command = ((PostgresDatabase)Test.Database).Source.CreateCommand(sql.Replace("{0}", "$1", StringComparison.Ordinal));
        command.Parameters.Add(new Npgsql.NpgsqlParameter<long> { TypedValue = viewer.Value });
        await using var rows = await command.ExecuteReaderAsync(Token);
        while (await rows.ReadAsync(Token))
        {
            found.Add([.. Enumerable.Range(0, columns).Select(rows.GetInt64)]);
        }

        return found;
    }

    /// <summary>The whole feed, walked by pages of <paramref name="limit"/>, is what the rows say: in order, each once, nothing missing but what a page says already.</summary>
    public async Task CheckAsync(UserId viewer, int limit)
    {
        var expected = await NaiveAsync(viewer);
        var pages = await WalkAsync(viewer, limit);
        Assert.All(pages.SkipLast(1), page => Assert.Equal(limit, page.Posts.Count));
        var walked = pages.SelectMany(page => page.Posts).Select(post => post.Facts.Id.Value).ToList();
        Assert.Equal(walked.Distinct().OrderDescending(), walked);
        Assert.Subset(expected.Select(one => one.Id).ToHashSet(), walked.ToHashSet());
        // A page that says something already does not say it again.
        var places = walked.Select((id, i) => (id, i)).ToDictionary(one => one.id, one => one.i);
        var said = expected.Where(one => places.ContainsKey(one.Id)).Select(one => one.Said).ToHashSet();
        Assert.All(expected, one => Assert.True(places.ContainsKey(one.Id) || said.Contains(one.Said), $"{viewer} lacks {one.Id}"));
    }

    public ValueTask DisposeAsync() => posts.DisposeAsync();
}
