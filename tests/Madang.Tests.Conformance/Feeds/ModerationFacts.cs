using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Moderation;
using Madang.Feeds.Posts;
using Madang.Tests.Conformance.Accounts;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Conformance.Feeds;

public abstract class ModerationFacts
{
    private protected abstract Task<AccountsWorld> FreshAsync();

    [Fact]
    public async Task A_report_is_made_once_while_it_is_open_and_keeps_what_the_post_said()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var post = await PublishAsync(world, jun, "무례한 말");
        var moderating = world.Database.Store<Moderating>();
        var first = (await moderating.ReportAsync(mina, post, null, ReportReason.Harassment, "보세요", AccountsWorld.Cancel)).Value;
        var again = (await moderating.ReportAsync(mina, post, null, ReportReason.Spam, "again", AccountsWorld.Cancel)).Value;
        Assert.Equal((true, false, first.Report), (first.Made, again.Made, again.Report));
        Assert.Equal((jun, "무례한 말", "보세요"), (first.Report.About, first.Report.Excerpt, first.Report.Text));
        Assert.True((await moderating.ReportAsync(mina, null, jun, ReportReason.Spam, "", AccountsWorld.Cancel)).Value.Made);
        Assert.Equal("self_report", (await moderating.ReportAsync(jun, post, null, ReportReason.Spam, "", AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("self_report", (await moderating.ReportAsync(jun, null, jun, ReportReason.Spam, "", AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("not_found", (await moderating.ReportAsync(mina, new PostId(5), null, ReportReason.Spam, "", AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("not_found", (await moderating.ReportAsync(mina, null, new UserId(5), ReportReason.Spam, "", AccountsWorld.Cancel)).Error!.Code);
    }

    [Fact]
    public async Task Only_what_somebody_can_see_can_be_reported_and_not_without_end()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var secret = await PublishAsync(world, jun, "for friends", Audience.Friends);
        var moderating = world.Database.Store<Moderating>();
        Assert.Equal("not_found", (await moderating.ReportAsync(mina, secret, null, ReportReason.Spam, "", AccountsWorld.Cancel)).Error!.Code);
        for (var i = 0; i < new FeedsOptions().MaxOpenReports; i++)
        {
            var target = (await world.AddAsync($"p{i}")).Id;
            Assert.True((await moderating.ReportAsync(mina, null, target, ReportReason.Other, "", AccountsWorld.Cancel)).IsOk);
        }

        Assert.Equal("too_many_reports", (await moderating.ReportAsync(mina, null, jun, ReportReason.Other, "", AccountsWorld.Cancel)).Error!.Code);
    }

    [Fact]
    public async Task A_report_is_closed_once_and_can_then_be_made_anew()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var moderator = Moderator(await world.AddAsync("moderator"));
        var moderating = world.Database.Store<Moderating>();
        var store = world.Database.Store<IModerationStore>();
        var report = (await moderating.ReportAsync(mina, null, jun, ReportReason.Spam, "", AccountsWorld.Cancel)).Value.Report;
        Assert.Equal([report], await store.OpenAsync(null, 10, AccountsWorld.Cancel));
        var closed = (await moderating.CloseAsync(moderator, report.Id, ReportState.Dismissed, "nothing there", AccountsWorld.Cancel)).Value;
        Assert.Equal((ReportState.Dismissed, moderator.Person, "nothing there"), (closed.State, closed.ClosedBy, closed.Note));
        Assert.Equal("report_closed", (await moderating.CloseAsync(moderator, report.Id, ReportState.Resolved, "", AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("not_found", (await moderating.CloseAsync(moderator, new ReportId(7), ReportState.Resolved, "", AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal(closed, await store.FindAsync(report.Id, AccountsWorld.Cancel));
        Assert.Empty(await store.OpenAsync(null, 10, AccountsWorld.Cancel));
        Assert.Equal([closed], await store.ClosedAsync(null, 10, AccountsWorld.Cancel));
        Assert.True((await moderating.ReportAsync(mina, null, jun, ReportReason.Spam, "", AccountsWorld.Cancel)).Value.Made);
    }

    [Fact]
    public async Task A_hidden_post_is_seen_by_its_author_alone_until_it_is_put_back()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var moderator = Moderator(await world.AddAsync("moderator"));
        var post = await PublishAsync(world, jun, "hm");
        var moderating = world.Database.Store<Moderating>();
        Assert.True((await moderating.HideAsync(moderator, post, hidden: true, "rude", AccountsWorld.Cancel)).IsOk);
        Assert.Equal((Sight.Hidden, Sight.Visible), (await SightAsync(world, mina, post), await SightAsync(world, jun, post)));
        Assert.True((await moderating.HideAsync(moderator, post, hidden: false, "", AccountsWorld.Cancel)).IsOk);
        Assert.Equal(Sight.Visible, await SightAsync(world, mina, post));
        Assert.Equal("not_found", (await moderating.HideAsync(moderator, new PostId(3), hidden: true, "", AccountsWorld.Cancel)).Error!.Code);
    }

    [Fact]
    public async Task Who_is_suspended_is_signed_out_and_out_of_sight()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        var jun = (await world.AddAsync("jun", password: AccountsWorld.Password)).Id;
        var admin = await world.AddAdminAsync("admin");
        var moderator = Moderator(await world.AddAsync("moderator"));
        var session = await world.SignInAsync("jun");
        var post = await PublishAsync(world, jun, "hm");
        var moderating = world.Database.Store<Moderating>();
        Assert.True((await moderating.SuspendAsync(moderator, jun, suspended: true, "spam", AccountsWorld.Cancel)).IsOk);
        Assert.Null(await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel));
        Assert.Equal(Sight.AuthorGone, await SightAsync(world, mina, post));
        Assert.True((await moderating.SuspendAsync(moderator, jun, suspended: false, "", AccountsWorld.Cancel)).IsOk);
        Assert.Equal(Sight.Visible, await SightAsync(world, mina, post));

        Assert.Equal("forbidden", (await moderating.SuspendAsync(moderator, admin.Id, suspended: true, "", AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("not_found", (await moderating.SuspendAsync(moderator, new UserId(9), suspended: true, "", AccountsWorld.Cancel)).Error!.Code);
        var caller = new Caller(CallerKind.Session, admin.Id, Role.Admin, 1);
        Assert.Equal("last_admin", (await moderating.SuspendAsync(caller, admin.Id, suspended: true, "", AccountsWorld.Cancel)).Error!.Code);
    }

    [Fact]
    public async Task Everything_that_was_done_is_in_the_log_and_nothing_that_was_refused()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var moderator = Moderator(await world.AddAsync("moderator"));
        var post = await PublishAsync(world, jun, "hm");
        var moderating = world.Database.Store<Moderating>();
        var report = (await moderating.ReportAsync(mina, post, null, ReportReason.Spam, "", AccountsWorld.Cancel)).Value.Report;
        await moderating.HideAsync(moderator, post, hidden: true, "rude", AccountsWorld.Cancel);
        await moderating.HideAsync(moderator, new PostId(3), hidden: true, "", AccountsWorld.Cancel);
        await moderating.SuspendAsync(moderator, jun, suspended: true, "", AccountsWorld.Cancel);
        await moderating.SuspendAsync(moderator, new UserId(9), suspended: true, "", AccountsWorld.Cancel);
        await moderating.CloseAsync(moderator, report.Id, ReportState.Resolved, "hidden", AccountsWorld.Cancel);
        var store = world.Database.Store<IModerationStore>();
        var log = await store.LogAsync(null, 10, AccountsWorld.Cancel);
        Assert.Equal([ModerationAct.ResolveReport, ModerationAct.SuspendUser, ModerationAct.HidePost], log.Select(entry => entry.Act));
        Assert.All(log, entry => Assert.Equal(moderator.Person, entry.By));
        Assert.Equal((post, "rude"), (log[2].Post, log[2].Note));
        Assert.Equal((jun, report.Id), (log[0].User, log[0].Report));
        Assert.Equal(log.Skip(1), await store.LogAsync(log[0].Id, 10, AccountsWorld.Cancel));
    }

    [Fact]
    public async Task Closed_reports_are_let_go_after_their_time_and_open_ones_never()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var moderator = Moderator(await world.AddAsync("moderator"));
        var moderating = world.Database.Store<Moderating>();
        var closed = (await moderating.ReportAsync(mina, null, jun, ReportReason.Spam, "", AccountsWorld.Cancel)).Value.Report;
        var open = (await moderating.ReportAsync(jun, null, mina, ReportReason.Spam, "", AccountsWorld.Cancel)).Value.Report;
        await moderating.CloseAsync(moderator, closed.Id, ReportState.Dismissed, "", AccountsWorld.Cancel);
        var store = world.Database.Store<IModerationStore>();
        var retention = new ReportRetention(store, Options.Create(new FeedsOptions { ReportDays = 10 }));
        world.Database.Time.Advance(TimeSpan.FromDays(9));
        Assert.Equal(0, await world.WriteAsync(tx => retention.Prune(tx, tx.Now, 50)));
        world.Database.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await world.WriteAsync(tx => retention.Prune(tx, tx.Now, 50)));
        Assert.Null(await store.FindAsync(closed.Id, AccountsWorld.Cancel));
        Assert.NotNull(await store.FindAsync(open.Id, AccountsWorld.Cancel));
    }

    private static Caller Moderator(User user) => new(CallerKind.Session, user.Id, Role.Moderator, 1);

    private static async Task<PostId> PublishAsync(AccountsWorld world, UserId author, string text, Audience audience = Audience.Public) =>
        (await world.Database.Store<Posts>().PublishAsync(author, new($"c-{text.Length}", text, audience), AccountsWorld.Cancel)).Value.Post.Id;

    private static async Task<Sight> SightAsync(AccountsWorld world, UserId viewer, PostId post) =>
        (await world.Database.Store<PostSights>().OfAsync(viewer, post, AccountsWorld.Cancel))!.Sight;

    private static async Task<(UserId, UserId)> PairAsync(AccountsWorld world) => ((await world.AddAsync("mina")).Id, (await world.AddAsync("jun")).Id);
}

public sealed class SqliteModerationTests : ModerationFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.SqliteAsync();
}

public sealed class PostgresModerationTests : ModerationFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.PostgresAsync();
}
