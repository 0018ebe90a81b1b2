using System.Text.Json;
using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Feeds.Telling;
using Madang.Notifications;
using Madang.Notifications.Inboxes;
using Madang.Tests.Conformance.Accounts;

namespace Madang.Tests.Conformance.Feeds;

public abstract class TellingFacts
{
    private int _posts;

    private protected abstract Task<AccountsWorld> FreshAsync();

    [Fact]
    public async Task Likes_of_one_post_are_one_notification_that_counts_them()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        var post = await PublishAsync(world, mina, "안녕");
        var people = await PeopleAsync(world, 3);
        await LikeAsync(world, people[0], post);
        await LikeAsync(world, people[1], post);
        await LikeAsync(world, mina, post);
        Assert.Equal(["p1 and 1 other liked your post: 안녕"], await ToldAsync(world, mina));

        await LikeAsync(world, people[2], post);
        // Told a moment ago: the next one waits its minute.
        Assert.Equal(["p1 and 1 other liked your post: 안녕"], await ToldAsync(world, mina));
        world.Database.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["p2 and 2 others liked your post: 안녕"], await ToldAsync(world, mina));
    }

    [Fact]
    public async Task A_like_that_is_taken_back_takes_its_notification_along_and_rings_no_second_time()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        var post = await PublishAsync(world, mina, "hello");
        var jun = (await PeopleAsync(world, 1))[0];
        await LikeAsync(world, jun, post);
        Assert.Single(await ToldAsync(world, mina));
        await world.Database.Store<PostActions>().UnreactAsync(jun, post, ReactionKind.Like, AccountsWorld.Cancel);
        world.Database.Time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await ToldAsync(world, mina));
        await LikeAsync(world, jun, post);
        world.Database.Time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await ToldAsync(world, mina));
    }

    [Fact]
    public async Task Comments_answers_mentions_and_shares_are_told_to_whom_they_concern()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        var jun = (await world.AddAsync("jun")).Id;
        var hana = (await world.AddAsync("hana")).Id;
        var post = await PublishAsync(world, mina, "first");
        var comment = await CommentAsync(world, jun, post, "nice");
        await CommentAsync(world, hana, comment, "really @mina");
        await ShareAsync(world, hana, post);
        await FollowLogAsync(world, 4);
        Assert.Equal(["hana mentioned you: really @mina", "hana shared your post: first", "jun commented on your post: nice"], await ToldAsync(world, mina));
        Assert.Equal(["hana replied to your comment: really @mina"], await ToldAsync(world, jun));
        Assert.Empty(await ToldAsync(world, hana));
    }

    [Fact]
    public async Task What_is_read_from_the_log_again_is_told_once()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = ((await world.AddAsync("mina")).Id, (await world.AddAsync("jun")).Id);
        var post = await PublishAsync(world, mina, "first");
        await CommentAsync(world, jun, post, "nice");
        var entries = await LogAsync(world, 2);
        await Reader(world).AcceptAsync(entries, AccountsWorld.Cancel);
        Assert.Single(await ToldAsync(world, mina));
        await Reader(world).AcceptAsync(entries, AccountsWorld.Cancel);
        world.Database.Time.Advance(TimeSpan.FromHours(2));
        Assert.False(await world.Database.Store<Teller>().RunAsync(AccountsWorld.Cancel));
    }

    [Fact]
    public async Task A_deleted_comment_takes_its_notification_along()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = ((await world.AddAsync("mina")).Id, (await world.AddAsync("jun")).Id);
        var post = await PublishAsync(world, mina, "first");
        var comment = await CommentAsync(world, jun, post, "nice @mina");
        await FollowLogAsync(world, 2);
        Assert.Single(await ToldAsync(world, mina));
        await world.Database.Store<Posts>().DeleteAsync(jun, comment, AccountsWorld.Cancel);
        await FollowLogAsync(world, 3);
        world.Database.Time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await ToldAsync(world, mina));
    }

    [Fact]
    public async Task Nothing_is_told_across_a_block_or_a_mute_nor_of_who_is_gone()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        var people = await PeopleAsync(world, 5);
        var post = await PublishAsync(world, mina, "hello");
        foreach (var person in people)
        {
            await LikeAsync(world, person, post);
        }

        await world.Relations.BlockAsync(mina, people[0], AccountsWorld.Cancel);
        await world.Relations.BlockAsync(people[1], mina, AccountsWorld.Cancel);
        await world.Relations.MuteAsync(mina, people[2], AccountsWorld.Cancel);
        await world.Database.Store<Administration>().ChangeAsync(people[3], null, disabled: true, AccountsWorld.Cancel);
        Assert.Equal(["p4 liked your post: hello"], await ToldAsync(world, mina));
    }

    [Fact]
    public async Task Followers_of_one_day_are_told_together()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        var people = await PeopleAsync(world, 3);
        foreach (var person in people)
        {
            await world.Relations.FollowAsync(person, mina, AccountsWorld.Cancel);
            world.Database.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await world.Relations.RemoveAsync(people[2], RelationKind.Follow, mina, AccountsWorld.Cancel);
        Assert.Equal(["p1 and 1 other followed you: p1 and 1 other followed you"], await ToldAsync(world, mina));
    }

    [Fact]
    public async Task New_posts_are_told_to_subscribers_who_may_see_them()
    {
        await using var world = await FreshAsync();
        var (mina, jun, hana) = ((await world.AddAsync("mina")).Id, (await world.AddAsync("jun")).Id, (await world.AddAsync("hana")).Id);
        var subscriptions = world.Database.Store<Subscriptions>();
        Assert.True((await subscriptions.SubscribeAsync(jun, mina, AccountsWorld.Cancel)).IsOk);
        Assert.True((await subscriptions.SubscribeAsync(jun, mina, AccountsWorld.Cancel)).IsOk);
        await subscriptions.SubscribeAsync(hana, mina, AccountsWorld.Cancel);
        await world.Relations.FollowAsync(hana, mina, AccountsWorld.Cancel);
        await PublishAsync(world, mina, "for all");
        await PublishAsync(world, mina, "for followers", Audience.Followers);
        await FollowLogAsync(world, 2);
        Assert.Equal(["mina posted: for all"], await ToldAsync(world, jun));
        Assert.Equal(["mina posted: for all", "mina posted: for followers"], (await ToldAsync(world, hana)).Order());

        await subscriptions.UnsubscribeAsync(jun, mina, AccountsWorld.Cancel);
        Assert.Empty((await subscriptions.OfAsync(jun, new PageQuery(null, 10), AccountsWorld.Cancel)).Items);
        Assert.Equal("self_relation", (await subscriptions.SubscribeAsync(jun, jun, AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("not_found", (await subscriptions.SubscribeAsync(jun, new UserId(3), AccountsWorld.Cancel)).Error!.Code);
        await world.Relations.BlockAsync(mina, jun, AccountsWorld.Cancel);
        Assert.Equal("blocked", (await subscriptions.SubscribeAsync(jun, mina, AccountsWorld.Cancel)).Error!.Code);
    }

    [Fact]
    public async Task Korean_readers_are_told_in_korean()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        await world.Users.ChangeAsync(mina, new Profile("민아", "ko", null), AccountsWorld.Cancel);
        var post = await PublishAsync(world, mina, "안녕");
        foreach (var person in await PeopleAsync(world, 2))
        {
            await LikeAsync(world, person, post);
        }

        Assert.Equal(["p1님 외 1명이 회원님의 글을 좋아합니다: 안녕"], await ToldAsync(world, mina));
    }

    [Fact]
    public async Task What_nothing_happens_to_is_forgotten_in_bounded_steps()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        var post = await PublishAsync(world, mina, "hello");
        foreach (var person in await PeopleAsync(world, 3))
        {
            await LikeAsync(world, person, post);
        }

        Assert.Single(await ToldAsync(world, mina));
        var store = world.Database.Store<ITellingStore>();
        var cut = world.Database.Time.GetUtcNow().AddMinutes(1);
        Assert.Equal(0, await world.WriteAsync(tx => store.Prune(tx, cut.AddDays(-1), 50)));
        Assert.Equal(2, await world.WriteAsync(tx => store.Prune(tx, cut, 2)));
        Assert.Equal(2, await world.WriteAsync(tx => store.Prune(tx, cut, 2)));
        Assert.Equal(0, await world.WriteAsync(tx => store.Prune(tx, cut, 2)));
    }

    private async Task<PostId> PublishAsync(AccountsWorld world, UserId author, string text, Audience audience = Audience.Public) =>
        (await world.Database.Store<Posts>().PublishAsync(author, new($"c-{++_posts}", text, audience), AccountsWorld.Cancel)).Value.Post.Id;

    private async Task<PostId> CommentAsync(AccountsWorld world, UserId author, PostId target, string text) =>
        (await world.Database.Store<Posts>().CommentAsync(author, target, new($"c-{++_posts}", text), AccountsWorld.Cancel)).Value.Post.Id;

    private async Task ShareAsync(AccountsWorld world, UserId author, PostId target) =>
        Assert.True((await world.Database.Store<Posts>().ShareAsync(author, target, new($"c-{++_posts}", null), AccountsWorld.Cancel)).IsOk);

    private static async Task LikeAsync(AccountsWorld world, UserId who, PostId post)
    {
        Assert.True((await world.Database.Store<PostActions>().ReactAsync(who, post, ReactionKind.Like, AccountsWorld.Cancel)).IsOk);
        world.Database.Time.Advance(TimeSpan.FromMilliseconds(1));
    }

    private static async Task<UserId[]> PeopleAsync(AccountsWorld world, int count)
    {
        var people = new UserId[count];
        for (var i = 0; i < count; i++)
        {
            people[i] = (await world.AddAsync($"p{i}")).Id;
        }

        return people;
    }

    private static IPostLogReader Reader(AccountsWorld world) =>
        (world.Database.Services.GetService(typeof(IEnumerable<IPostLogReader>)) as IEnumerable<IPostLogReader>)!.Single(reader => reader.Name == "telling");

    private static async Task FollowLogAsync(AccountsWorld world, int entries) =>
        await Reader(world).AcceptAsync(await LogAsync(world, entries), AccountsWorld.Cancel);

    /// <summary>The log once it holds so many: on PostgreSQL an entry shows when no older transaction of the whole server is running, those of other tests too.</summary>
    private static async Task<IReadOnlyList<PostLogEntry>> LogAsync(AccountsWorld world, int entries)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(AccountsWorld.Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var log = await world.Database.Store<IPostLogStore>().ReadAsync(default, 1_000, late.Token);
            if (log.Count >= entries)
            {
                return log;
            }

            await Task.Delay(10, late.Token);
        }
    }

    /// <summary>What lies unread in the in-app inbox once everything due was told, by its words.</summary>
    private static async Task<IReadOnlyList<string>> ToldAsync(AccountsWorld world, UserId user)
    {
        var teller = world.Database.Store<Teller>();
        await teller.RunAsync(AccountsWorld.Cancel);
        world.Database.Time.Advance(TellingFold.Gathering);
        await teller.RunAsync(AccountsWorld.Cancel);
        var items = await world.Database.Store<IInboxNotificationStore>().ListAsync(user, unreadOnly: true, null, 100, AccountsWorld.Cancel);
        return [.. items.Select(item => JsonSerializer.Deserialize<NotificationContent>(item.Notification.Content!, ApiJson.Options)!)
            .Select(content => $"{content.Title}: {content.Body}").Order(StringComparer.Ordinal)];
    }
}

public sealed class SqliteTellingTests : TellingFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.SqliteAsync();
}

public sealed class PostgresTellingTests : TellingFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.PostgresAsync();
}
