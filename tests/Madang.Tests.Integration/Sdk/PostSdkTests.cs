using Madang.Client;
using Madang.Client.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Sdk;

/// <summary>The client's verbs of posts, lists and moderation, against the real host.</summary>
public sealed class PostSdkTests
{
    [Fact]
    public async Task The_client_publishes_and_reads_posts_and_keeps_lists()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await MadangHost.StartAsync();
        using var madang = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });
        var joon = await madang.Accounts.RegisterAsync(new NewUser("joon", "courtyard with a pine"), cancellationToken);

        var post = await madang.Posts.PublishAsync(new NewPost("@joon, see you in the #Garden", "one", "friends"), cancellationToken);
        Assert.Equal(("friends", "garden", joon.Id), (post.Audience, Assert.Single(post.Tags!), Assert.Single(post.Mentions!).UserId));
        Assert.Equal(post.Id, (await madang.Posts.PublishAsync(new NewPost("@joon, see you in the #Garden", "one", "friends"), cancellationToken)).Id);
        Assert.Equal(post.Text, (await madang.Posts.FindAsync(post.Id, cancellationToken)).Text);
        Assert.Equal(post.Id, Assert.Single((await madang.Posts.OfUser(post.AuthorId!).PageAsync(cancellationToken: cancellationToken)).Items).Id);

        Assert.Equal(post.Id, Assert.Single((await madang.Feed.HomeAsync(seen: post.Id, cancellationToken: cancellationToken)).Items).Id);
        Assert.Equal(post.Id, Assert.Single((await madang.Feed.OfTagAsync("garden", cancellationToken: cancellationToken)).Items).Id);
        Assert.Equal(post.Id, (await madang.Feed.MoveMarkAsync(post.Id, cancellationToken)).PostId);
        Assert.Equal(post.Id, (await madang.Feed.MarkAsync(cancellationToken)).PostId);

        var list = await madang.Lists.CreateAsync("Gardeners", cancellationToken: cancellationToken);
        await madang.Lists.AddAsync(list.Id, joon.Id, cancellationToken);
        Assert.Equal(joon.Id, Assert.Single((await madang.Lists.Members(list.Id).PageAsync(cancellationToken: cancellationToken)).Items).UserId);
        Assert.Empty((await madang.Feed.OfListAsync(list.Id, cancellationToken: cancellationToken)).Items);
        Assert.True((await madang.Lists.ChangeAsync(list.Id, exclusive: true, cancellationToken: cancellationToken)).Exclusive);
        Assert.Equal(1, Assert.Single((await madang.Lists.All().PageAsync(cancellationToken: cancellationToken)).Items).MemberCount);
        await madang.Lists.RemoveAsync(list.Id, joon.Id, cancellationToken);
        await madang.Lists.DeleteAsync(list.Id, cancellationToken);

        Assert.Equal("정원", (await madang.Lists.FollowTagAsync("정원", cancellationToken)).Tag);
        Assert.Equal("정원", Assert.Single((await madang.Lists.Tags().PageAsync(cancellationToken: cancellationToken)).Items).Tag);
        await madang.Lists.UnfollowTagAsync("정원", cancellationToken);
    }

    [Fact]
    public async Task The_client_edits_answers_likes_keeps_shares_and_deletes()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await MadangHost.StartAsync();
        using var madang = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });
        var post = await madang.Posts.PublishAsync(new NewPost("one", "first"), cancellationToken);
        Assert.Equal("two", (await madang.Posts.EditAsync(post.Id, new PostChange("two", Version: post.Version), cancellationToken)).Text);
        Assert.Equal(["two", "one"], (await madang.Posts.Versions(post.Id).PageAsync(cancellationToken: cancellationToken)).Items.Select(version => version.Text));
        var comment = await madang.Posts.CommentAsync(post.Id, "an answer", "second", cancellationToken);
        Assert.Equal(comment.Id, Assert.Single((await madang.Posts.Comments(post.Id).PageAsync(cancellationToken: cancellationToken)).Items).Id);
        await madang.Posts.LikeAsync(post.Id, cancellationToken);
        await madang.Posts.ReactAsync(post.Id, "wow", cancellationToken);
        await madang.Posts.BookmarkAsync(post.Id, cancellationToken);
        Assert.True((await madang.Posts.FindAsync(post.Id, cancellationToken)).Viewer is { Liked: true, Bookmarked: true, Reactions: ["wow"] });
        Assert.Equal(["like", "wow"], Assert.Single((await madang.Posts.Reactors(post.Id).PageAsync(cancellationToken: cancellationToken)).Items).Reactions);
        Assert.Equal(post.Id, Assert.Single((await madang.Posts.Bookmarks().PageAsync(cancellationToken: cancellationToken)).Items).Id);
        await madang.Posts.UnlikeAsync(post.Id, cancellationToken);
        await madang.Posts.UnreactAsync(post.Id, "wow", cancellationToken);
        await madang.Posts.UnbookmarkAsync(post.Id, cancellationToken);
        Assert.Equal("two", (await madang.Posts.ShareAsync(post.Id, "third", cancellationToken: cancellationToken)).Shared!.Text);
        Assert.Equal(["own"], (await madang.Feed.ExplainAsync(post.Id, cancellationToken: cancellationToken)).By);
        await madang.Posts.DeleteAsync(comment.Id, cancellationToken);
        Assert.Equal(404, (await Assert.ThrowsAsync<MadangException>(() => madang.Posts.FindAsync(comment.Id, cancellationToken))).Status);
    }

    [Fact]
    public async Task The_client_keeps_drafts()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await MadangHost.StartAsync();
        using var madang = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });
        var draft = await madang.Drafts.CreateAsync(new NewDraft("later", "friends"), cancellationToken);
        Assert.Equal("friends", Assert.Single((await madang.Drafts.All().PageAsync(cancellationToken: cancellationToken)).Items).Audience);
        await madang.Drafts.ReplaceAsync(draft.Id, new NewDraft("now"), cancellationToken);
        Assert.Equal("now", (await madang.Drafts.FindAsync(draft.Id, cancellationToken)).Text);
        Assert.Equal("now", (await madang.Drafts.PublishAsync(draft.Id, cancellationToken)).Text);
        var other = await madang.Drafts.CreateAsync(new NewDraft(""), cancellationToken);
        await madang.Drafts.DeleteAsync(other.Id, cancellationToken);
        Assert.Empty((await madang.Drafts.All().PageAsync(cancellationToken: cancellationToken)).Items);
    }

    [Fact]
    public async Task The_client_follows_without_shares_mutes_for_a_while_and_moves_its_people()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await MadangHost.StartAsync();
        using var madang = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });
        var joon = await madang.Accounts.RegisterAsync(new NewUser("joon", "courtyard with a pine"), cancellationToken);
        Assert.False((await madang.Relations.FollowAsync(joon.Id, shares: false, cancellationToken)).Shares);
        var end = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3_600);
        Assert.Equal(end, (await madang.Relations.MuteAsync(joon.Id, end, cancellationToken)).ExpiresAt);
        await madang.Relations.SubscribeAsync(joon.Id, cancellationToken);
        Assert.Equal(joon.Id, Assert.Single((await madang.Relations.Subscriptions().PageAsync(cancellationToken: cancellationToken)).Items).UserId);
        await madang.Relations.UnsubscribeAsync(joon.Id, cancellationToken);

        var file = await madang.Relations.ExportAsync("follows", cancellationToken);
        await madang.Relations.UnfollowAsync(joon.Id, cancellationToken);
        var taken = await madang.Relations.ImportAsync("follows", file, cancellationToken: cancellationToken);
        Assert.Equal((1, 1, 0), (taken.Rows, taken.Taken, taken.NotTaken));
        Assert.False(Assert.Single((await madang.Relations.Follows().PageAsync(cancellationToken: cancellationToken)).Items).Shares);
        Assert.Contains("opml", System.Text.Encoding.UTF8.GetString(await madang.Sources.ExportAsync(cancellationToken)), StringComparison.Ordinal);
        Assert.Empty((await madang.Sources.All().PageAsync(cancellationToken: cancellationToken)).Items);
    }

    [Fact]
    public async Task The_client_reads_ranked_feeds_searches_and_brings_subscriptions_along()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await MadangHost.StartAsync();
        using var madang = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });
        var post = await madang.Posts.PublishAsync(new NewPost("마당에 소나무를 심었어요", "one"), cancellationToken);

        var page = await madang.Feed.RankedAsync(cancellationToken: cancellationToken);
        Assert.Equal(("scored", post.Id, "own"), (page.Ranker, Assert.Single(page.Items).Id, Assert.Single(page.Why![post.Id].By)));
        Assert.Equal(5, page.Why[post.Id].Factors.Count);
        var told = await madang.Feed.ExplainAsync(post.Id, cancellationToken: cancellationToken);
        Assert.Equal((true, "scored"), (told.InFeed, Assert.Single(told.Rankings!).Ranker));
        await host.Services.GetRequiredService<Madang.Feeds.Posts.PostLogPump>().RunAsync(cancellationToken);
        Assert.Equal(post.Id, Assert.Single((await madang.Posts.Search("소나무").PageAsync(cancellationToken: cancellationToken)).Items).Id);
        Assert.EndsWith("/home.atom", (await madang.Feed.RenewTokenAsync(cancellationToken)).AtomUrl, StringComparison.Ordinal);
        await madang.Feed.DeleteTokenAsync(cancellationToken);

        var opml = "<opml><body><outline xmlUrl='http://10.0.0.1/feed'/><outline xmlUrl='http://10.0.0.1/feed'/></body></opml>"u8.ToArray();
        var taken = await madang.Sources.ImportAsync(opml, cancellationToken);
        Assert.Equal((1, 0, 1, 1), (taken.Rows, taken.Taken, taken.NotTaken, taken.Duplicates));
        Assert.Equal(("refused", "source_refused"), (taken.Items[0].Outcome, taken.Items[0].Code));
        Assert.Equal("source_refused", (await Assert.ThrowsAsync<MadangException>(() => madang.Sources.CreateAsync("http://10.0.0.1/", cancellationToken))).Code);
        Assert.Empty((await madang.Sources.All().PageAsync(cancellationToken: cancellationToken)).Items);
    }

    [Fact]
    public async Task The_client_reports_and_moderates()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await MadangHost.StartAsync();
        using var mina = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });
        var person = await mina.Accounts.RegisterAsync(new NewUser("joon", "courtyard with a pine"), cancellationToken);
        using var joon = new MadangClient(new() { BaseAddress = host.Address });
        await joon.Accounts.SignInAsync("joon", "courtyard with a pine", cancellationToken: cancellationToken);
        var post = await joon.Posts.PublishAsync(new NewPost("Buy pines, cheap", "one"), cancellationToken);

        var filed = await mina.Moderation.ReportAsync(new NewReport("spam", post.Id, Text: "again"), cancellationToken);
        var report = Assert.Single((await mina.Moderation.Reports().PageAsync(cancellationToken: cancellationToken)).Items);
        Assert.Equal((filed.Id, person.Id, "Buy pines, cheap", "open"), (report.Id, report.UserId, report.Excerpt, report.State));
        await mina.Moderation.HideAsync(post.Id, "advertising", cancellationToken);
        Assert.True((await joon.Posts.FindAsync(post.Id, cancellationToken)).Hidden);
        await mina.Moderation.RestoreAsync(post.Id, cancellationToken);
        await mina.Moderation.SuspendAsync(person.Id, cancellationToken: cancellationToken);
        Assert.Equal(401, (await Assert.ThrowsAsync<MadangException>(() => joon.Accounts.MeAsync(cancellationToken))).Status);
        await mina.Moderation.ReadmitAsync(person.Id, cancellationToken);
        Assert.Equal("resolved", (await mina.Moderation.CloseAsync(report.Id, "resolved", cancellationToken: cancellationToken)).State);
        Assert.Equal(report.Id, Assert.Single((await mina.Moderation.Reports("closed").PageAsync(cancellationToken: cancellationToken)).Items).Id);
        var acts = (await mina.Moderation.Log().PageAsync(cancellationToken: cancellationToken)).Items.Select(entry => entry.Act);
        Assert.Equal(["resolve_report", "restore_user", "suspend_user", "restore_post", "hide_post"], acts);
    }
}
