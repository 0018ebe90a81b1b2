using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;
using Madang.Feeds.Timelines.Keeping;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqliteTimelineKeepFacts() : TimelineKeepFacts(TestDatabase.SqliteAsync);

public sealed class PostgresTimelineKeepFacts() : TimelineKeepFacts(TestDatabase.PostgresAsync);

/// <summary>Timelines that outlive a restart, on every engine: believed by the database that they are of, once, and as far as its log still tells what came since.</summary>
public abstract class TimelineKeepFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_back_finds_the_ring_with_what_was_on_its_way_and_what_came_since()
    {
        using var folder = new KeptFolder();
        await using var world = await OpenAsync(folder);
        var (mina, jun, sora) = (await world.Posts.PersonAsync("mina"), await world.Posts.PersonAsync("jun"), await world.Posts.PersonAsync("sora"));
        await world.FollowAsync(jun, mina);
        List<PostId> posts = [(await world.Posts.PostAsync(mina, "delivered")).Id];
        await world.NewestAsync(jun);
        await world.ServeAsync();
        posts.Insert(0, (await world.Posts.PostAsync(mina, "on its way")).Id);
        await StopAsync(world);
        posts.Insert(0, (await world.Posts.PostAsync(mina, "by another node")).Id);
        posts.Insert(0, (await world.Posts.PostAsync(sora, "@jun, by another node", Audience.Direct)).Id);
        await StartAsync(world);
        Assert.False(File.Exists(folder.File));
        posts.Insert(0, (await world.Posts.PostAsync(mina, "before anybody is back")).Id);
        await world.ServeAsync();

        Assert.Equal(1, world.Timelines.Kept!.Count);
        Assert.Equal(posts, Ids(await world.NewestAsync(jun)));
        Assert.Equal(0, world.Timelines.Kept.Count);
        Assert.Equal("ring", (await world.Explain.OfAsync(jun, posts[^1], false, Token)).Value.Place);
        posts.Insert(0, (await world.Posts.PostAsync(mina, "as ever")).Id);
        await world.ServeAsync();
        Assert.Equal(posts, Ids(await world.NewestAsync(jun)));
    }

    [Fact]
    public async Task What_is_written_to_somebody_before_they_are_back_is_in_the_ring_that_waits_for_them()
    {
        using var folder = new KeptFolder();
        await using var world = await OpenAsync(folder);
        var (sora, jun) = (await world.Posts.PersonAsync("sora"), await world.Posts.PersonAsync("jun"));
        await world.NewestAsync(jun);
        await world.Posts.PostAsync(sora, "so that there is a log");
        await StopAsync(world);
        Assert.Equal(1, await BackAsync(world));
        var post = await world.Posts.PostAsync(sora, "@jun, for you", Audience.Direct);
        await world.ServeAsync();
        Assert.Equal([post.Id], Ids(await world.NewestAsync(jun)));
        Assert.Equal(0, world.Timelines.Kept!.Count);
    }

    [Fact]
    public async Task Whoever_follows_somebody_else_by_now_gets_a_ring_of_their_own()
    {
        using var folder = new KeptFolder();
        await using var world = await OpenAsync(folder);
        var (mina, jun, sora) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(jun, mina);
        var (minas, soras) = ((await world.Posts.PostAsync(mina, "hello")).Id, (await world.Posts.PostAsync(sora, "hello")).Id);
        await world.NewestAsync(jun);
        await StopAsync(world);
        await world.FollowAsync(jun, sora);
        await StartAsync(world);
        Assert.Equal([soras, minas], Ids(await world.NewestAsync(jun)));

        await StopAsync(world);
        await world.Posts.Relations.RemoveAsync(jun, Madang.Accounts.RelationKind.Follow, mina, Token);
        await StartAsync(world);
        Assert.Equal([soras], Ids(await world.NewestAsync(jun)));

        await StopAsync(world);
        PostWorld.Ok(await world.Posts.Relations.BlockAsync(sora, jun, Token));
        await StartAsync(world);
        Assert.Empty((await world.NewestAsync(jun)).Posts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_was_looked_up_when_the_node_stopped_or_before_is_not_missing_in_the_ring_that_comes_back(bool isReleased)
    {
        using var folder = new KeptFolder();
        await using var world = await OpenAsync(folder);
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

        foreach (var reader in readers)
        {
            await world.NewestAsync(reader);
        }

        Assert.Contains(world.Timelines.Shards, shard => shard.Pulled.Contains(star.Value));
        if (isReleased)
        {
            foreach (var gone in readers.Skip(1))
            {
                await world.Posts.Relations.RemoveAsync(gone, Madang.Accounts.RelationKind.Follow, star, Token);
                await world.NewestAsync(gone);
            }

            // From here on they are pushed again, and the ring of who has not looked since lacks what was before.
            await world.Posts.PostAsync(star, "to the one who stayed");
            await world.ServeAsync();
        }

        await StopAsync(world);
        await StartAsync(world);
        Assert.Equal(isReleased ? readers.Count - 1 : readers.Count, world.Timelines.Kept!.Count);
        Assert.DoesNotContain(world.Timelines.Shards, shard => shard.Pulled.Contains(star.Value));
        foreach (var reader in readers)
        {
            await world.CheckAsync(reader, 2);
        }

        Assert.Equal(0, world.Timelines.Kept.Count);
    }

    [Fact]
    public async Task A_file_is_believed_once_and_by_no_other_database()
    {
        using var folder = new KeptFolder();
        await using var world = await OpenAsync(folder);
        await using var other = await OpenAsync(folder);
        await WarmAsync(world);
        await WarmAsync(other);
        await StopAsync(world);
        var file = File.ReadAllBytes(folder.File);
        Assert.Equal(0, await BackAsync(other));
        Assert.False(File.Exists(folder.File));
        File.WriteAllBytes(folder.File, file);
        Assert.Equal(1, await BackAsync(world));
        File.WriteAllBytes(folder.File, file);
        Assert.Equal(0, await BackAsync(world));
        // A kill leaves none.
        Assert.Equal(0, await BackAsync(world));
    }

    [Fact]
    public async Task A_file_that_is_older_than_half_of_the_log_or_than_its_beginning_is_not_believed()
    {
        using var folder = new KeptFolder();
        await using var world = await OpenAsync(folder);
        await WarmAsync(world);
        await StopAsync(world);
        world.Test.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(0, await BackAsync(world));

        await WarmAsync(world);
        await StopAsync(world);
        var log = world.Test.Store<IPostLogStore>();
        await world.Test.WriteAsync(tx => log.Prune(tx, world.Test.Time.GetUtcNow() + TimeSpan.FromDays(1), [], 1_000));
        Assert.Equal(0, await BackAsync(world));
    }

    [Fact]
    public async Task When_much_has_happened_since_rings_are_filled_from_the_rows()
    {
        using var folder = new KeptFolder();
        await using var world = await OpenAsync(folder);
        var (mina, jun) = await WarmAsync(world);
        await StopAsync(world);
        Assert.Equal(1, await BackAsync(world));
        for (var i = 0; i <= KeptTimelines.MostSince; i++)
        {
            world.Timelines.Kept!.Heard(mina.Value, i + 1, false);
        }

        Assert.True(world.Timelines.Kept!.IsClosed);
        await world.CheckAsync(jun, 5);
    }

    private static List<PostId> Ids(FeedPage page) => [.. page.Posts.Select(post => post.Facts.Id)];

    /// <summary>A reader with a ring, and whom they follow.</summary>
    private static async Task<(UserId Author, UserId Reader)> WarmAsync(TimelineWorld world)
    {
        var (mina, jun) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(jun, mina);
        await world.Posts.PostAsync(mina, "hello");
        await world.NewestAsync(jun);
        return (mina, jun);
    }

    private static async Task StopAsync(TimelineWorld world)
    {
        await world.FollowLogAsync();
        await world.Test.Store<Keeper>().SaveAsync(Token);
    }

    private static async Task StartAsync(TimelineWorld world)
    {
        await world.Test.RestartAsync();
        await world.FollowLogAsync();
        await world.Test.Store<Keeper>().LoadAsync(Token);
    }

    /// <summary>How many rings come back.</summary>
    private static async Task<int> BackAsync(TimelineWorld world)
    {
        await StartAsync(world);
        return world.Timelines.Kept!.Count;
    }

    private async Task<TimelineWorld> OpenAsync(KeptFolder folder)
    {
        var world = await TimelineWorld.OpenAsync(fresh, options => options.KeepTimelinesMegabytes = 1, folder.Use);
        await world.FollowLogAsync();
        return world;
    }
}
