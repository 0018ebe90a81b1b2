using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Timelines;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqliteTimelineFacts() : TimelineFacts(TestDatabase.SqliteAsync);

public sealed class PostgresTimelineFacts() : TimelineFacts(TestDatabase.PostgresAsync);

/// <summary>Feeds, on every engine: complete from the commit on, wherever the fan-out is; what may not be seen is not there.</summary>
public abstract class TimelineFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_post_is_in_its_followers_feeds_before_any_fan_out()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(jun, mina);
        var first = await world.Posts.PostAsync(mina, "before anybody was warm");
        Assert.Equal([first.Id], Ids(await world.NewestAsync(jun)));
        var second = await world.Posts.PostAsync(mina, "pending");
        Assert.Equal([second.Id, first.Id], Ids(await world.NewestAsync(jun)));
        Assert.Equal([second.Id, first.Id], Ids(await world.NewestAsync(mina)));
        Assert.Equal(1, world.Timelines.Pending.Count);
        await world.ServeAsync();
        Assert.Equal(0, world.Timelines.Pending.Count);
        Assert.Equal([second.Id, first.Id], Ids(await world.NewestAsync(jun)));
        Assert.Equal("ring", (await world.Explain.OfAsync(jun, second.Id, false, Token)).Value.Place);
    }

    [Fact]
    public async Task A_feed_scrolls_to_its_true_end_through_ring_and_database_without_gap_or_double()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var reader = await world.Posts.PersonAsync();
        var authors = new List<UserId>();
        for (var i = 0; i < 5; i++)
        {
            authors.Add(await world.Posts.PersonAsync());
            await world.FollowAsync(reader, authors[i]);
        }

        for (var i = 0; i < 230; i++)
        {
            // Half of them are for friends only, whom nobody has: the pages are filled all the same.
            await world.Posts.PostAsync(authors[i % 5], $"post {i}", i % 2 == 0 ? Audience.Public : Audience.Friends);
        }

        await world.CheckAsync(reader, 7);
        await world.ServeAsync();
        await world.CheckAsync(reader, 20);
        Assert.Equal(115, (await world.WalkAsync(reader, 100)).Sum(page => page.Posts.Count));

        // And back up from the bottom.
        var up = await world.ReadAsync(reader, FeedQuery.Newest(FeedName.Home, 10) with { Up = true, OldestFirst = true });
        var all = Ids(up);
        while (up.Next is { } next)
        {
            all.AddRange(Ids(up = await world.AtAsync(reader, next, 10)));
        }

        Assert.Equal((await world.NaiveAsync(reader)).Select(one => new PostId(one.Id)).Reverse(), all);
    }

    [Fact]
    public async Task What_came_since_is_read_from_where_the_client_stands_and_a_gap_is_told()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(jun, mina);
        var held = (await world.Posts.PostAsync(mina, "held")).Id;
        var page = await world.NewestAsync(jun);
        var since = new List<PostId>();
        for (var i = 0; i < 7; i++)
        {
            since.Add((await world.Posts.PostAsync(mina, $"new {i}")).Id);
        }

        // Upwards from the last page, nearest first.
        var above = await world.AtAsync(jun, page.Prev, 3);
        Assert.Equal([since[2], since[1], since[0]], Ids(above));
        var further = await world.AtAsync(jun, above.Prev, 10);
        Assert.Equal(since.Skip(3).Reverse(), Ids(further));
        Assert.Empty(Ids(await world.AtAsync(jun, further.Prev, 10)));
        Assert.Equal([since[2], since[1]], Ids(await world.AtAsync(jun, further.Next!, 2)));

        // From the top, with a gap.
        var top = await world.ReadAsync(jun, PostWorld.Ok(FeedQuery.Parse(FeedName.Home, null, "3", null, held.ToString(), null)));
        Assert.Equal([since[6], since[5], since[4]], Ids(top));
        var gap = await world.AtAsync(jun, top.Gap!, 3);
        Assert.Equal([since[3], since[2], since[1]], Ids(gap));
        var rest = await world.AtAsync(jun, gap.Gap!, 3);
        Assert.Equal([since[0]], Ids(rest));
        Assert.Equal((null, null), (rest.Gap, rest.Next));
    }

    [Fact]
    public async Task Once_it_commits_a_block_a_mute_a_deletion_or_a_narrower_audience_is_in_every_feed()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(jun, mina);
        var (one, two) = (await world.Posts.PostAsync(mina, "one"), await world.Posts.PostAsync(mina, "two"));
        await world.ServeAsync();
        Assert.Equal([two.Id, one.Id], Ids(await world.NewestAsync(jun)));
        await world.Posts.EditAsync(mina, two.Id, audience: Audience.Friends);
        Assert.Equal([one.Id], Ids(await world.NewestAsync(jun)));
        await world.BefriendAsync(mina, jun);
        Assert.Equal([two.Id, one.Id], Ids(await world.NewestAsync(jun)));
        PostWorld.Ok(await world.Posts.Relations.MuteAsync(jun, mina, Token));
        Assert.Empty(Ids(await world.NewestAsync(jun)));
        await world.Posts.Relations.RemoveAsync(jun, RelationKind.Mute, mina, Token);
        await world.Posts.DeleteAsync(mina, one.Id);
        Assert.Equal([two.Id], Ids(await world.NewestAsync(jun)));
        PostWorld.Ok(await world.Posts.Relations.BlockAsync(mina, jun, Token));
        Assert.Empty(Ids(await world.NewestAsync(jun)));
    }

    [Fact]
    public async Task A_direct_post_goes_to_whom_it_names_and_to_nobody_else()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var (mina, jun, sora) = (await world.Posts.PersonAsync("mina"), await world.Posts.PersonAsync("jun"), await world.Posts.PersonAsync("sora"));
        await world.FollowAsync(sora, mina);
        Assert.Empty((await world.NewestAsync(jun)).Posts);
        Assert.Empty((await world.NewestAsync(sora)).Posts);
        var post = await world.Posts.PostAsync(mina, "@jun, for you", Audience.Direct);
        Assert.Equal([post.Id], Ids(await world.NewestAsync(jun)));
        await world.ServeAsync();
        Assert.Equal(0, world.Timelines.Pending.Count);
        Assert.Equal([post.Id], Ids(await world.NewestAsync(jun)));
        Assert.Equal([post.Id], Ids(await world.NewestAsync(mina)));
        Assert.Empty((await world.NewestAsync(sora)).Posts);
        Assert.Equal(["direct"], (await world.Explain.OfAsync(jun, post.Id, false, Token)).Value.By);
        Assert.Equal("not_found", (await world.Explain.OfAsync(sora, post.Id, false, Token)).Error!.Code);
        Assert.Equal(["not_addressed"], (await world.Explain.OfAsync(sora, post.Id, true, Token)).Value.Without);
    }

    [Fact]
    public async Task The_same_post_passed_on_by_several_is_shown_once_on_a_page()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var (mina, jun, sora, reader) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync(), await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(reader, jun);
        await world.FollowAsync(reader, sora);
        var original = await world.Posts.PostAsync(mina, "worth passing on");
        var (first, second) = (await world.Posts.ShareAsync(jun, original.Id), await world.Posts.ShareAsync(sora, original.Id));
        var page = await world.NewestAsync(reader);
        Assert.Equal([second.Id], Ids(page));
        Assert.Equal([jun], page.Also[second.Id]);
        Assert.Equal(original.Id, page.Posts[0].Shared!.Facts.Id);
        await world.Posts.DeleteAsync(mina, original.Id);
        Assert.Empty((await world.NewestAsync(reader)).Posts);
        Assert.True(first.Id.Value > 0);
    }

    [Fact]
    public async Task What_somebody_says_to_what_they_share_is_read_beside_it()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var (mina, jun, sora, reader) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync(), await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        foreach (var followed in new[] { mina, jun, sora })
        {
            await world.FollowAsync(reader, followed);
        }

        var original = await world.Posts.PostAsync(mina, "worth passing on");
        var quote = await world.Posts.ShareAsync(jun, original.Id, "and why");
        var share = await world.Posts.ShareAsync(sora, original.Id);
        var page = await world.NewestAsync(reader);
        Assert.Equal([share.Id, quote.Id], Ids(page));
        Assert.Equal(original.Id, page.Posts[1].Shared!.Facts.Id);
        Assert.Empty(page.Also);
    }

    [Fact]
    public async Task Who_has_too_many_followers_is_pulled_and_nothing_is_missed_on_the_way_there_and_back()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var star = await world.Posts.PersonAsync();
        var readers = new List<UserId>();
        for (var i = 0; i < 12; i++)
        {
            readers.Add(await world.Posts.PersonAsync());
            await world.FollowAsync(readers[i], star);
            await world.NewestAsync(readers[i]);
        }

        for (var i = 0; i < 3; i++)
        {
            await world.Posts.PostAsync(star, $"to all {i}");
            await world.ServeAsync();
        }

        Assert.Contains(world.Timelines.Shards, shard => shard.Pulled.Contains(star.Value));
        foreach (var reader in readers)
        {
            await world.CheckAsync(reader, 2);
        }

        foreach (var gone in readers.Skip(1))
        {
            await world.Posts.Relations.RemoveAsync(gone, RelationKind.Follow, star, Token);
            await world.NewestAsync(gone);
        }

        await world.Posts.PostAsync(star, "to the one who stayed");
        await world.ServeAsync();
        Assert.DoesNotContain(world.Timelines.Shards, shard => shard.Pulled.Contains(star.Value));
        await world.CheckAsync(readers[0], 3);
        Assert.Equal(4, (await world.NewestAsync(readers[0])).Posts.Count);
    }

    [Fact]
    public async Task Who_does_not_read_costs_nothing()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var (mina, jun, away) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(jun, mina);
        await world.FollowAsync(away, mina);
        await world.NewestAsync(jun);
        await world.Posts.PostAsync(mina, "hello");
        await world.ServeAsync();
        Assert.Equal((1, 1L), (world.Timelines.Count, world.Timelines.Shards.Sum(shard => shard.Deliveries)));
        world.Test.Time.Advance(TimeSpan.FromDays(8));
        world.Timelines.Sweep(_ => false);
        Assert.Equal((0, 0), (world.Timelines.Count, world.Timelines.Shards.Sum(shard => shard.Authors)));
        Assert.Single((await world.NewestAsync(away)).Posts);
    }

    [Fact]
    public async Task Marks_go_forward_only()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var mina = await world.Posts.PersonAsync();
        var marks = world.Test.Store<FeedMarks>();
        Assert.Null((await marks.OfAsync(mina, 0, Token)).Value);
        Assert.Equal(new PostId(9), (await marks.MoveAsync(mina, 0, new PostId(9), Token)).Value.Post);
        world.Test.Time.Advance(TimeSpan.FromHours(1));
        var back = (await marks.MoveAsync(mina, 0, new PostId(5), Token)).Value;
        Assert.Equal(new PostId(9), back.Post);
        Assert.Equal(back, (await marks.OfAsync(mina, 0, Token)).Value!.Value);
        Assert.Equal("not_found", (await marks.MoveAsync(mina, 77, new PostId(5), Token)).Error!.Code);
        Assert.Equal("post_id", Assert.Single((await marks.MoveAsync(mina, 0, null, Token)).Error!.Fields).Field);
    }

    [Fact]
    public async Task The_auditor_finds_what_memory_lacks()
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(jun, mina);
        await world.NewestAsync(jun);
        var post = await world.Posts.PostAsync(mina, "hello");
        await world.ServeAsync();
        var auditor = world.Test.Store<Auditor>();
        var reader = world.Timelines.Find(jun)!;
        Assert.Empty((await auditor.CompareAsync(reader, Token))!);

        // A ring that lost something, as no code of ours should make it.
        world.Timelines.Remove(reader);
        var (shard, graph) = (world.Timelines.ShardOf(jun), await world.Test.Store<Madang.Feeds.Graph.Graphs>().OfAsync(jun, Token));
        Assert.Single((await world.NewestAsync(jun)).Posts);
        var broken = world.Timelines.Find(jun)!;
        broken.Ring.Merge([], post.Id.Value + 1);
        broken.Ring.Merge([], 0);
        typeof(Ring).GetField("_floor", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.SetValue(broken.Ring, 0L);
        Assert.Equal([post.Id], await auditor.CompareAsync(broken, Token));
        Assert.Equal(graph.Epoch, broken.Aim.Epoch);
        Assert.Contains(broken, shard.Readers());
    }

    private static List<PostId> Ids(FeedPage page) => [.. page.Posts.Select(post => post.Facts.Id)];
}
