using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Outward;
using Madang.Feeds.Posts;
using Madang.Feeds.Ranking;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqliteRankingFacts() : RankingFacts(TestDatabase.SqliteAsync);

public sealed class PostgresRankingFacts() : RankingFacts(TestDatabase.PostgresAsync);

/// <summary>Ranked feeds, on every engine.</summary>
public abstract class RankingFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whom_the_reader_cares_for_stands_first_and_it_is_told_why()
    {
        await using var world = await OpenAsync();
        var (mina, jun, reader) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(reader, mina);
        await world.FollowAsync(reader, jun);
        var old = await world.Posts.PostAsync(mina, "old");
        var actions = world.Test.Store<PostActions>();
        _ = await actions.ReactAsync(reader, old.Id, ReactionKind.Love, Token);
        _ = await world.Posts.CommentAsync(reader, old.Id, "nice");
        var (dear, newest) = (await world.Posts.PostAsync(mina, "dear"), await world.Posts.PostAsync(jun, "newest"));

        var close = await world.Test.Store<IClosenessStore>().OfAsync(reader, 500, 200, Token);
        Assert.Equal(new Closeness(1, 1), Assert.Single(close).Value);
        var page = await ReadAsync(world, reader);
        Assert.Equal([dear.Id, newest.Id, old.Id], Ids(page));
        Assert.All(page.Posts, post => Assert.Equal(["followee"], post.By));
        var why = page.Posts[0].Rank;
        Assert.Equal(["recency", "affinity", "engagement", "tag", "repeat"], why.Factors.Select(factor => factor.Name));
        Assert.True(why.Factors[1].Points > 0);
        Assert.Equal(0, page.Posts[1].Rank.Factors[1].Points);
        var told = await world.Test.Store<RankedFeeds>().ExplainAsync(reader, world.Test.Store<IRanker>(), dear.Id, Token);
        Assert.Equal(why.Score, told!.Score, 1e-3);
    }

    [Fact]
    public async Task A_followed_tag_counts_and_leaves_with_the_following()
    {
        await using var world = await OpenAsync();
        var (mina, jun, reader) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(reader, jun);
        PostWorld.Ok(await world.Test.Store<Madang.Feeds.Graph.TagFollows>().FollowAsync(reader, "마당", Token));
        var tagged = await world.Posts.PostAsync(mina, "a stranger's #마당");
        for (var n = 0; n < 3; n++)
        {
            _ = await world.Posts.PostAsync(jun, $"{n}");
        }

        var page = await ReadAsync(world, reader, limit: 2);
        Assert.Equal((tagged.Id, "tag"), (page.Posts[0].Post.Facts.Id, Assert.Single(page.Posts[0].By)));
        await world.Test.Store<Madang.Feeds.Graph.TagFollows>().UnfollowAsync(reader, "마당", Token);
        var again = await ReadAsync(world, reader, Place(page) with { Offset = 0 }, 2);
        Assert.DoesNotContain(tagged.Id, Ids(again));
        Assert.Equal(2, again.Posts.Count);
    }

    [Fact]
    public async Task The_order_stands_while_somebody_reads_on_and_then_time_goes_on_to_the_end()
    {
        await using var world = await OpenAsync(options => options.RankPosts = 20);
        var (mina, jun, reader) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(reader, mina);
        await world.FollowAsync(reader, jun);
        var all = new List<PostId>();
        for (var n = 0; n < 50; n++)
        {
            all.Add((await world.Posts.PostAsync(n % 4 == 0 ? jun : mina, $"{n}")).Id);
        }

        var page = await ReadAsync(world, reader, limit: 7);
        var whole = await ReadAsync(world, reader, Place(page) with { Offset = 0 }, 20);
        var read = Ids(page).ToList();
        var late = await world.Posts.PostAsync(jun, "late");
        var actions = world.Test.Store<PostActions>();
        while (page.Next is { } next && RankedCursor.TryRead(next, out var place))
        {
            // What happens meanwhile moves nothing.
            _ = await actions.ReactAsync(reader, all[^1], ReactionKind.Like, Token);
            page = await ReadAsync(world, reader, place, 7);
            read.AddRange(Ids(page));
        }

        Assert.Equal(Ids(whole), read);
        Assert.Equal(all[30..].Order(Comparer), read.Order(Comparer));
        for (var cursor = page.Next; cursor is not null;)
        {
            var rest = await world.AtAsync(reader, cursor, 7);
            read.AddRange(rest.Posts.Select(post => post.Facts.Id));
            cursor = rest.Next;
        }

        Assert.Equal(all.AsEnumerable().Reverse().Skip(20), read.Skip(20));
        Assert.Equal([late.Id], (await world.AtAsync(reader, page.Prev)).Posts.Select(post => post.Facts.Id));
    }

    [Fact]
    public async Task Whatever_the_snapshot_says_each_page_shows_what_may_be_seen_now()
    {
        await using var world = await OpenAsync();
        var people = new List<UserId>();
        for (var n = 0; n < 6; n++)
        {
            people.Add(await world.Posts.PersonAsync());
        }

        var reader = await world.Posts.PersonAsync();
        var posts = new List<Post>();
        foreach (var author in people)
        {
            await world.FollowAsync(reader, author);
            posts.Add(await world.Posts.PostAsync(author, "word"));
        }

        var shared = await world.Posts.ShareAsync(people[5], posts[4].Id);
        var place = Place(await ReadAsync(world, reader, limit: 1)) with { Offset = 0 };
        // The shared post is said once.
        Assert.Equal(6, (await ReadAsync(world, reader, place)).Posts.Count);
        PostWorld.Ok(await world.Posts.Relations.BlockAsync(people[0], reader, Token));
        PostWorld.Ok(await world.Posts.Relations.MuteAsync(reader, people[1], Token));
        await world.Posts.Relations.RemoveAsync(reader, RelationKind.Follow, people[2], Token);
        _ = await world.Posts.EditAsync(people[3], posts[3].Id, audience: Audience.Friends);
        await world.Posts.DeleteAsync(people[4], posts[4].Id);

        Assert.Equal([posts[5].Id], Ids(await ReadAsync(world, reader, place)));
        Assert.True(shared.Id.Value > 0);
    }

    [Fact]
    public async Task A_snapshot_that_is_gone_or_somebody_elses_is_refused_by_name()
    {
        await using var world = await OpenAsync();
        var (mina, reader) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(reader, mina);
        _ = await world.Posts.PostAsync(mina, "one");
        _ = await world.Posts.PostAsync(mina, "two");
        var place = Place(await ReadAsync(world, reader, limit: 1));

        Assert.Equal("snapshot_gone", (await TryAsync(world, mina, place, 1)).Error!.Code);
        Assert.True((await TryAsync(world, reader, place, 1)).IsOk);
        world.Test.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal("snapshot_gone", (await TryAsync(world, reader, place, 1)).Error!.Code);
        Assert.Empty((await ReadAsync(world, await world.Posts.PersonAsync())).Posts);
    }

    [Fact]
    public async Task A_token_opens_one_feed_until_it_is_renewed_or_deleted()
    {
        await using var world = await OpenAsync();
        var (mina, jun) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        var tokens = world.Test.Store<FeedTokens>();
        Assert.Null(await tokens.FindAsync(mina, Token));
        var (first, at) = await tokens.RenewAsync(mina, Token);
        var (juns, _) = await tokens.RenewAsync(jun, Token);

        Assert.Equal((mina, jun), (await tokens.OwnerAsync(first, Token), await tokens.OwnerAsync(juns, Token)));
        Assert.Equal(at, await tokens.FindAsync(mina, Token));
        var (second, _) = await tokens.RenewAsync(mina, Token);
        Assert.Null(await tokens.OwnerAsync(first, Token));
        Assert.Equal(mina, await tokens.OwnerAsync(second, Token));
        await tokens.DeleteAsync(mina, Token);
        await tokens.DeleteAsync(mina, Token);
        Assert.Null(await tokens.OwnerAsync(second, Token));
        Assert.Equal(jun, await tokens.OwnerAsync(juns, Token));
        foreach (var wrong in new[] { "", "mdf_", new string('x', 47), juns[..^1], juns.ToUpperInvariant() })
        {
            Assert.Null(await tokens.OwnerAsync(wrong, Token));
        }
    }

    private static Comparer<PostId> Comparer { get; } = Comparer<PostId>.Create((a, b) => a.Value.CompareTo(b.Value));

    private Task<TimelineWorld> OpenAsync(Action<FeedsOptions>? options = null) => TimelineWorld.OpenAsync(fresh, options);

    private static Task<Result<RankedPage>> TryAsync(TimelineWorld world, UserId viewer, RankedCursor? place, int limit) =>
        world.Test.Store<RankedFeeds>().ReadAsync(viewer, world.Test.Store<IRanker>(), place, limit, 0, Token);

    private static async Task<RankedPage> ReadAsync(TimelineWorld world, UserId viewer, RankedCursor? place = null, int limit = 20) =>
        PostWorld.Ok(await TryAsync(world, viewer, place, limit));

    private static RankedCursor Place(RankedPage page) => RankedCursor.TryRead(page.Next, out var place) ? place : throw new InvalidOperationException("The page is the last one.");

    private static IEnumerable<PostId> Ids(RankedPage page) => page.Posts.Select(post => post.Post.Facts.Id);
}
