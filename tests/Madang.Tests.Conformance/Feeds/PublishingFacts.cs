using System.Collections.Concurrent;
using System.Text;
using Madang.Feeds;
using Madang.Feeds.Posts;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqlitePublishingFacts() : PublishingFacts(TestDatabase.SqliteAsync);

public sealed class PostgresPublishingFacts() : PublishingFacts(TestDatabase.PostgresAsync);

/// <summary>Publishing, retrying and seeing posts, on every engine.</summary>
public abstract class PublishingFacts(Func<Task<TestDatabase>> fresh)
{
    [Fact]
    public async Task A_post_is_read_back_as_it_was_written()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync("mina");
        var jun = await world.PersonAsync("준");
        var post = await world.PostAsync(mina, "안녕 @준, #마당 #Madang 보세요: https://example.org/a?b=1.");
        var seen = (await world.SeeAsync(jun, post.Id))!;
        Assert.Equal(
            ["id", "author_id", "text", "audience", "media", "tags", "mentions", "link", "version", "created_at", "counts", "viewer"],
            seen.AsObject().Select(field => field.Key));
        Assert.Equal((post.Id.ToString(), mina.ToString(), post.Text, "public"), ((string)seen["id"]!, (string)seen["author_id"]!, (string)seen["text"]!, (string)seen["audience"]!));
        Assert.Equal(["마당", "madang"], seen["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.Equal($$"""[{"user_id":"{{jun}}","name":"준"}]""", seen["mentions"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal("https://example.org/a?b=1", (string)seen["link"]!);
        Assert.Equal("""{"comments":0,"likes":0,"shares":0}""", seen["counts"]!.ToJsonString());
        Assert.Equal("""{"liked":false,"bookmarked":false,"shared":false}""", seen["viewer"]!.ToJsonString());
    }

    [Fact]
    public async Task Fifty_retries_at_once_make_one_post()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => world.TryPostAsync(mina, "한 번만", "once")));
        Assert.All(results, result => Assert.True(result.IsOk));
        Assert.Single(results.Select(result => result.Value.Post.Id).Distinct());
        Assert.Single(results, result => !result.Value.Repeated);
        Assert.Single(await world.ProfileAsync(mina, mina));
    }

    [Fact]
    public async Task A_retry_answers_the_first_post_and_other_content_is_a_conflict()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var first = PostWorld.Ok(await world.TryPostAsync(mina, "한글".Normalize(NormalizationForm.FormD), "k"));
        _ = await world.PostAsync(mina, "between");
        var again = PostWorld.Ok(await world.TryPostAsync(mina, "한글", "k"));
        Assert.True(again.Repeated);
        Assert.Equal(first.Post.Id, again.Post.Id);
        Assert.Equal("idempotency_conflict", (await world.TryPostAsync(mina, "another", "k")).Error?.Code);
        Assert.Equal("idempotency_conflict", (await world.TryPostAsync(mina, "한글", "k", Audience.Friends)).Error?.Code);
        Assert.Equal("idempotency_conflict", (await world.TryCommentAsync(mina, first.Post.Id, "한글", "k")).Error?.Code);
        // Another person may use the same id.
        Assert.False(PostWorld.Ok(await world.TryPostAsync(jun, "한글", "k")).Repeated);
        world.Test.Time.Advance(TimeSpan.FromDays(7));
        Assert.True(PostWorld.Ok(await world.TryPostAsync(mina, "한글", "k")).Repeated);
    }

    [Fact]
    public async Task Who_sees_a_post_is_decided_when_it_is_read()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun, sora) = (await world.PersonAsync("mina"), await world.PersonAsync("jun"), await world.PersonAsync("sora"));
        var open = await world.PostAsync(mina, "all");
        var followers = await world.PostAsync(mina, "followers", Audience.Followers);
        var friends = await world.PostAsync(mina, "friends", Audience.Friends);
        var direct = await world.PostAsync(mina, "@jun only you", Audience.Direct);
        Assert.Equal((Sight.Visible, Sight.NotFollower), (await world.SightAsync(sora, open.Id), await world.SightAsync(sora, followers.Id)));
        Assert.Equal((Sight.NotFriend, Sight.NotAddressed), (await world.SightAsync(sora, friends.Id), await world.SightAsync(sora, direct.Id)));
        Assert.Equal((Sight.Visible, Sight.NotFollower), (await world.SightAsync(null, open.Id), await world.SightAsync(null, direct.Id)));
        Assert.Equal((Sight.Visible, Sight.Visible), (await world.SightAsync(jun, direct.Id), await world.SightAsync(mina, direct.Id)));
        _ = PostWorld.Ok(await world.Relations.FollowAsync(sora, mina, PostWorld.Token));
        _ = PostWorld.Ok(await world.Relations.BefriendAsync(sora, mina, PostWorld.Token));
        _ = PostWorld.Ok(await world.Relations.BefriendAsync(mina, sora, PostWorld.Token));
        Assert.Equal((Sight.Visible, Sight.Visible), (await world.SightAsync(sora, followers.Id), await world.SightAsync(sora, friends.Id)));
        Assert.Equal(["friends", "followers", "all"], await world.ProfileAsync(sora, mina));
        Assert.Equal(["@jun only you", "all"], await world.ProfileAsync(jun, mina));
        _ = PostWorld.Ok(await world.Relations.BlockAsync(mina, sora, PostWorld.Token));
        Assert.Equal(Sight.Blocked, await world.SightAsync(sora, open.Id));
        Assert.Empty(await world.ProfileAsync(sora, mina));
        await world.DisableAsync(mina);
        Assert.Equal(Sight.AuthorGone, await world.SightAsync(jun, open.Id));
        Assert.Null(await world.SeeAsync(jun, open.Id));
    }

    [Fact]
    public async Task Facts_are_one_for_each_id_in_order_and_null_where_nothing_is()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var one = await world.PostAsync(mina, "one");
        var two = await world.PostAsync(jun, "two");
        var page = await world.Facts.OfAsync(jun, [two.Id, new(7), one.Id, two.Id], PostWorld.Token);
        Assert.Equal([two.Facts, null, one.Facts, two.Facts], page.Posts);
        Assert.Equal(0, page.Epoch);
        _ = PostWorld.Ok(await world.Relations.FollowAsync(jun, mina, PostWorld.Token));
        Assert.Equal(1, (await world.Facts.OfAsync(jun, [one.Id], PostWorld.Token)).Epoch);
        Assert.Equal(1, (await world.Facts.OfAsync(jun, [], PostWorld.Token)).Epoch);
        Assert.Equal(0, (await world.Facts.OfAsync(null, [one.Id], PostWorld.Token)).Epoch);
    }

    [Fact]
    public async Task Nobody_is_named_who_is_blocked_gone_or_the_author()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync("mina");
        var (blocked, blocking, gone, dotted) = (await world.PersonAsync("b1"), await world.PersonAsync("b2"), await world.PersonAsync("gone"), await world.PersonAsync("dot."));
        _ = PostWorld.Ok(await world.Relations.BlockAsync(mina, blocked, PostWorld.Token));
        _ = PostWorld.Ok(await world.Relations.BlockAsync(blocking, mina, PostWorld.Token));
        await world.DisableAsync(gone);
        var post = await world.PostAsync(mina, "@b1 @b2 @gone @mina @DOT. @dot. a@dot. @nobody");
        Assert.Equal([new(dotted, "DOT.")], post.Mentions);
    }

    [Fact]
    public async Task Every_commit_is_told_once_with_its_facts()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var told = new ConcurrentQueue<PostChanged>();
        world.Test.Database.OnCommit<PostChanged>(told.Enqueue);
        var mina = await world.PersonAsync();
        var post = await world.PostAsync(mina, "one");
        _ = await world.TryPostAsync(mina, "", "refused");
        var comment = await world.CommentAsync(mina, post.Id, "two");
        Assert.Equal([(post.Facts, PostOp.Created), (comment.Facts, PostOp.Created)], told.Select(one => (one.Facts, one.Op)));
    }

    [Fact]
    public async Task Many_authors_at_once_lose_and_double_nothing()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var people = new List<Madang.Api.UserId>();
        for (var i = 0; i < 8; i++)
        {
            people.Add(await world.PersonAsync());
        }

        var drafts = Enumerable.Range(0, 400).Select(n => (people[n % 8], new PostDraft($"n-{n}", $"#tag{n % 5} {n}"))).ToList();
        var twice = await Task.WhenAll(world.Posts.PublishManyAsync(drafts, PostWorld.Token), world.Posts.PublishManyAsync(drafts, PostWorld.Token));
        Assert.Equal(400, twice.SelectMany(all => all).Count(one => !PostWorld.Ok(one).Repeated));
        Assert.Equal(400, twice.SelectMany(all => all).Select(one => one.Value.Post.Id).Distinct().Count());
        foreach (var person in people)
        {
            Assert.Equal(50, (await world.ProfileAsync(person, person, limit: 100)).Count);
        }
    }
}
