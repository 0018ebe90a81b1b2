using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Jobs;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqliteDraftFacts() : DraftFacts(TestDatabase.SqliteAsync);

public sealed class PostgresDraftFacts() : DraftFacts(TestDatabase.PostgresAsync);

/// <summary>Drafts, and posts with a time, on every engine.</summary>
public abstract class DraftFacts(Func<Task<TestDatabase>> fresh)
{
    [Fact]
    public async Task A_draft_is_ones_own_until_it_is_published_once()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var drafts = world.Test.Store<Drafts>();
        var draft = PostWorld.Ok(await drafts.AddAsync(mina, new("", null, null, null), PostWorld.Token));
        draft = PostWorld.Ok(await drafts.ReplaceAsync(mina, draft.Id, new("#글 now", Audience.Followers, null, null), PostWorld.Token));
        Assert.Equal(draft, await drafts.FindAsync(mina, draft.Id, PostWorld.Token));
        Assert.Null(await drafts.FindAsync(jun, draft.Id, PostWorld.Token));
        Assert.Equal("not_found", (await drafts.ReplaceAsync(jun, draft.Id, new("mine", null, null, null), PostWorld.Token)).Error?.Code);
        Assert.False(await drafts.DeleteAsync(jun, draft.Id, PostWorld.Token));
        Assert.Equal("not_found", (await drafts.PublishAsync(jun, draft.Id, PostWorld.Token)).Error?.Code);
        var published = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => drafts.PublishAsync(mina, draft.Id, PostWorld.Token)));
        var post = Assert.Single(published.Where(one => one.IsOk).Select(one => one.Value.Post.Id).Distinct());
        Assert.All(published.Where(one => !one.IsOk), one => Assert.Equal("not_found", one.Error!.Code));
        Assert.Null(await drafts.FindAsync(mina, draft.Id, PostWorld.Token));
        Assert.Equal("followers", (string)(await world.SeeAsync(mina, post))!["audience"]!);
    }

    [Fact]
    public async Task A_post_with_a_time_is_published_then_and_once()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var drafts = world.Test.Store<Drafts>();
        var at = world.Test.Time.GetUtcNow().AddHours(1);
        var draft = PostWorld.Ok(await drafts.AddAsync(mina, new("later", null, null, at), PostWorld.Token));
        Assert.Equal(at, await world.Test.WriteAsync(tx => world.Test.Store<IJobStore>().NextRunAt(tx, Drafts.Queue)));

        // Moved: the job of the first time finds another one and does nothing.
        var moved = at.AddHours(1);
        _ = PostWorld.Ok(await drafts.ReplaceAsync(mina, draft.Id, new("later still", null, null, moved), PostWorld.Token));
        await drafts.PublishDueAsync(draft.Id, at, PostWorld.Token);
        Assert.Empty(await world.ProfileAsync(mina, mina));
        await drafts.PublishDueAsync(draft.Id, moved, PostWorld.Token);
        await drafts.PublishDueAsync(draft.Id, moved, PostWorld.Token);
        Assert.Equal(["later still"], await world.ProfileAsync(mina, mina));
    }

    [Fact]
    public async Task A_crash_between_publishing_and_letting_go_doubles_nothing()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var drafts = world.Test.Store<Drafts>();
        var at = world.Test.Time.GetUtcNow().AddHours(1);
        var draft = PostWorld.Ok(await drafts.AddAsync(mina, new("later", null, null, at), PostWorld.Token));
        // As far as the first attempt came.
        _ = PostWorld.Ok(await world.Posts.PublishAsync(mina, draft.Words, PostWorld.Token));
        await drafts.PublishDueAsync(draft.Id, at, PostWorld.Token);
        Assert.Equal(["later"], await world.ProfileAsync(mina, mina));
        Assert.Null(await drafts.FindAsync(mina, draft.Id, PostWorld.Token));
    }

    [Fact]
    public async Task What_cannot_be_published_at_its_time_is_kept_with_the_reason()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var drafts = world.Test.Store<Drafts>();
        var at = world.Test.Time.GetUtcNow().AddHours(1);
        var draft = PostWorld.Ok(await drafts.AddAsync(mina, new("later", null, null, at), PostWorld.Token));
        // Its list has gone meanwhile.
        await world.Test.WriteAsync(tx => world.Test.Store<IDraftStore>().Put(tx, draft with { Audience = Audience.List, List = 77 }, isNew: false, 100));
        await drafts.PublishDueAsync(draft.Id, at, PostWorld.Token);
        var kept = (await drafts.FindAsync(mina, draft.Id, PostWorld.Token))!;
        Assert.Equal(("invalid_fields", null), (kept.Refused, kept.PublishAt));
        Assert.Empty(await world.ProfileAsync(mina, mina));
    }

    [Fact]
    public async Task Drafts_are_bounded_and_their_times_lie_ahead()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var drafts = world.Test.Store<Drafts>();
        var now = world.Test.Time.GetUtcNow();
        Assert.Equal("publish_at", await FaultAsync(new("x", null, null, now)));
        Assert.Equal("publish_at", await FaultAsync(new("x", null, null, now.AddDays(366))));
        Assert.Equal("text", await FaultAsync(new(" ", null, null, now.AddDays(1))));
        Assert.Equal("list_id", await FaultAsync(new("x", Audience.List, null, null)));
        Assert.Equal("list_id", await FaultAsync(new("x", Audience.List, 7, null)));
        Assert.Equal("media", await FaultAsync(new("x", null, null, null, HasMedia: true)));
        for (var n = 0; n < 100; n++)
        {
            _ = PostWorld.Ok(await drafts.AddAsync(mina, new($"{n}", null, null, null), PostWorld.Token));
        }

        Assert.Equal("too_many_drafts", (await drafts.AddAsync(mina, new("101", null, null, null), PostWorld.Token)).Error?.Code);
        var first = await drafts.ListAsync(mina, new(null, 60), PostWorld.Token);
        var rest = await drafts.ListAsync(mina, PageQuery.Parse(first.Next, "100").Value, PostWorld.Token);
        Assert.Equal(Enumerable.Range(0, 100).Reverse().Select(n => $"{n}"), first.Items.Concat(rest.Items).Select(draft => draft.Text));
        Assert.Null(rest.Next);

        async Task<string?> FaultAsync(DraftWords words) => (await drafts.AddAsync(mina, words, PostWorld.Token)).Error?.Fields[0].Field;
    }
}
