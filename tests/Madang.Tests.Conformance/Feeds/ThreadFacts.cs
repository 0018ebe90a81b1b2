using System.Text.Json.Nodes;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqliteThreadFacts() : ThreadFacts(TestDatabase.SqliteAsync);

public sealed class PostgresThreadFacts() : ThreadFacts(TestDatabase.PostgresAsync);

/// <summary>Comments, shares, reactions, bookmarks and what they add up to, on every engine.</summary>
public abstract class ThreadFacts(Func<Task<TestDatabase>> fresh)
{
    [Fact]
    public async Task A_thread_is_read_level_by_level_in_small_pages()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var post = await world.PostAsync(mina, "root");
        var first = await world.CommentAsync(jun, post.Id, "1");
        var second = await world.CommentAsync(mina, post.Id, "2");
        var answer = await world.CommentAsync(mina, first.Id, "1.1");
        var deep = await world.CommentAsync(jun, answer.Id, "1.1.1");
        Assert.Equal((post.Id, answer.Id), (deep.Root, deep.Parent));
        for (var n = 3; n <= 7; n++)
        {
            _ = await world.CommentAsync(jun, post.Id, $"{n}");
        }

        await CountAsync(world);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7"], await TextsAsync(world, mina, post.Id));
        Assert.Equal(["1.1"], await TextsAsync(world, mina, first.Id));
        Assert.Empty(await TextsAsync(world, mina, second.Id));
        Assert.Equal(9, Counts(await world.SeeAsync(mina, post.Id)).Comments);
        Assert.Equal(1, Counts(await world.SeeAsync(mina, first.Id)).Comments);
        Assert.Equal(["root"], await world.ProfileAsync(jun, mina));
        var shown = (await world.SeeAsync(jun, deep.Id))!;
        Assert.Equal((post.Id.ToString(), answer.Id.ToString()), ((string)shown["root_id"]!, (string)shown["parent_id"]!));
        Assert.Null(shown["audience"]);
    }

    [Fact]
    public async Task A_comment_is_seen_by_whoever_sees_its_root_and_answers_may_be_refused()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun, sora) = (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        _ = PostWorld.Ok(await world.Relations.FollowAsync(jun, mina, PostWorld.Token));
        var post = await world.PostAsync(mina, "for followers", Audience.Followers);
        var comment = await world.CommentAsync(jun, post.Id, "hello");
        // Mina does not follow jun, and sees it all the same; sora does not see the root.
        Assert.Equal((Sight.Visible, Sight.NotFollower), (await world.SightAsync(mina, comment.Id), await world.SightAsync(sora, comment.Id)));
        Assert.Equal("not_found", (await world.TryCommentAsync(sora, post.Id, "me too")).Error?.Code);
        Assert.Equal("not_found", (await world.TryCommentAsync(sora, comment.Id, "me too")).Error?.Code);
        Assert.Null(await world.Reading.CommentsAsync(sora, post.Id, new(null, 10), PostWorld.Token));
        _ = PostWorld.Ok(await world.Relations.FollowAsync(sora, mina, PostWorld.Token));
        Assert.Equal(["hello"], await TextsAsync(world, sora, post.Id));
        _ = PostWorld.Ok(await world.Relations.BlockAsync(jun, sora, PostWorld.Token));
        Assert.Empty(await TextsAsync(world, sora, post.Id));
        Assert.Equal(Sight.Blocked, await world.SightAsync(sora, comment.Id));
        Assert.Equal("not_found", (await world.TryCommentAsync(sora, comment.Id, "x")).Error?.Code);
        // Whose post it is decides who stays: who is blocked sees nothing under it, not even their own.
        _ = PostWorld.Ok(await world.Relations.BlockAsync(mina, jun, PostWorld.Token));
        Assert.Equal(Sight.Blocked, await world.SightAsync(jun, comment.Id));
    }

    [Fact]
    public async Task What_was_answered_leaves_a_stub_that_says_nothing()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun, sora) = (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        var post = await world.PostAsync(mina, "#root", Audience.Followers);
        _ = PostWorld.Ok(await world.Relations.FollowAsync(jun, mina, PostWorld.Token));
        var comment = await world.CommentAsync(jun, post.Id, "1");
        _ = await world.CommentAsync(mina, comment.Id, "1.1");
        var lonely = await world.CommentAsync(jun, post.Id, "2");
        await world.DeleteAsync(mina, post.Id);
        await world.DeleteAsync(jun, comment.Id);
        await world.DeleteAsync(jun, lonely.Id);
        await CountAsync(world);
        var stub = (await world.SeeAsync(jun, post.Id))!;
        Assert.Equal(["id", "deleted", "created_at", "counts", "viewer"], stub.AsObject().Select(field => field.Key));
        Assert.Equal(1, Counts(stub).Comments);
        var page = await PageAsync(world, jun, post.Id, null);
        var item = Assert.Single(page["items"]!.AsArray())!;
        Assert.Equal((comment.Id.ToString(), true, null), ((string)item["id"]!, (bool)item["deleted"]!, (string?)item["text"]));
        Assert.Equal(["1.1"], await TextsAsync(world, jun, comment.Id));
        // Who never saw the post is not told that it was there.
        Assert.Null(await world.SeeAsync(sora, post.Id));
        Assert.Null(await world.Reading.CommentsAsync(sora, post.Id, new(null, 10), PostWorld.Token));
    }

    [Fact]
    public async Task Sharing_again_within_the_window_answers_the_first_share()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var post = await world.PostAsync(mina, "worth it");
        var shares = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.TryShareAsync(jun, post.Id)));
        Assert.Single(shares, share => !PostWorld.Ok(share).Repeated);
        var first = shares[0].Value.Post;
        Assert.All(shares, share => Assert.Equal(first.Id, share.Value.Post.Id));
        // With words it is another thing, and a share of the share is a share of the original.
        var quote = await world.ShareAsync(jun, post.Id, "read this");
        Assert.Equal(post.Id, quote.ShareOf);
        Assert.Equal(first.Id, (await world.ShareAsync(jun, first.Id)).Id);
        await CountAsync(world);
        var seen = (await world.SeeAsync(jun, first.Id))!;
        Assert.Equal(("worth it", post.Id.ToString()), ((string)seen["shared"]!["text"]!, (string)seen["share_of"]!));
        Assert.True((bool)seen["shared"]!["viewer"]!["shared"]!);
        Assert.Equal(2, Counts(seen["shared"]).Shares);
        world.Test.Time.Advance(TimeSpan.FromHours(25));
        Assert.NotEqual(first.Id, (await world.ShareAsync(jun, post.Id)).Id);
    }

    [Fact]
    public async Task A_share_taken_back_may_be_made_again_and_goes_with_its_original()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun, sora) = (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        var post = await world.PostAsync(mina, "worth it");
        var share = await world.ShareAsync(jun, post.Id);
        await world.DeleteAsync(jun, share.Id);
        Assert.False((bool)(await world.SeeAsync(jun, post.Id))!["viewer"]!["shared"]!);
        share = await world.ShareAsync(jun, post.Id);
        await world.Posts.UnshareAsync(jun, post.Id, PostWorld.Token);
        Assert.Equal(Sight.Deleted, await world.SightAsync(jun, share.Id));
        await world.Posts.UnshareAsync(jun, post.Id, PostWorld.Token);
        share = await world.ShareAsync(jun, post.Id);

        // By the share it is the same thing, and what is said with one stays.
        var quote = await world.ShareAsync(jun, post.Id, "read this");
        await world.Posts.UnshareAsync(jun, share.Id, PostWorld.Token);
        Assert.False((bool)(await world.SeeAsync(jun, post.Id))!["viewer"]!["shared"]!);
        Assert.Equal("read this", (string)(await world.SeeAsync(jun, quote.Id))!["text"]!);
        await world.DeleteAsync(jun, quote.Id);
        share = await world.ShareAsync(jun, post.Id);
        await CountAsync(world);
        Assert.Equal(1, Counts(await world.SeeAsync(jun, post.Id)).Shares);
        Assert.Equal(Sight.Visible, await world.SightAsync(sora, share.Id));
        _ = PostWorld.Ok(await world.Relations.BlockAsync(mina, sora, PostWorld.Token));
        Assert.Equal(Sight.Blocked, await world.SightAsync(sora, share.Id));
        Assert.Empty(await world.ProfileAsync(sora, jun));
        await world.DeleteAsync(mina, post.Id);
        Assert.Equal(Sight.Deleted, await world.SightAsync(jun, share.Id));
        Assert.Null(await world.SeeAsync(jun, share.Id));
    }

    [Fact]
    public async Task Only_public_posts_are_shared_and_not_by_the_blocked()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        _ = PostWorld.Ok(await world.Relations.FollowAsync(jun, mina, PostWorld.Token));
        var followers = await world.PostAsync(mina, "f", Audience.Followers);
        var open = await world.PostAsync(mina, "p");
        var comment = await world.CommentAsync(mina, open.Id, "c");
        Assert.Equal("not_shareable", (await world.TryShareAsync(jun, followers.Id)).Error?.Code);
        Assert.Equal("not_shareable", (await world.TryShareAsync(jun, comment.Id)).Error?.Code);
        _ = PostWorld.Ok(await world.Relations.BlockAsync(mina, jun, PostWorld.Token));
        Assert.Equal("not_found", (await world.TryShareAsync(jun, open.Id)).Error?.Code);
        // A block that commits between the look and the write is met in the write.
        Assert.Equal(
            "blocked",
            (await world.Test.Store<IPostStore>().PublishAsync(new(jun, "k", "", Audience.Public, 0, default, default, open.Id, [], []), PostWorld.Token)).Error?.Code);
        Assert.Equal(
            "blocked",
            (await world.Test.Store<IPostStore>().PublishAsync(new(jun, "k", "c", Audience.Public, 0, open.Id, comment.Id, default, [], []), PostWorld.Token)).Error?.Code);
    }

    [Fact]
    public async Task Reactions_count_once_however_often_they_are_set()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var people = new List<UserId>();
        for (var i = 0; i < 6; i++)
        {
            people.Add(await world.PersonAsync());
        }

        var post = await world.PostAsync(mina, "like me");
        var share = await world.ShareAsync(people[0], post.Id);
        var actions = world.Test.Store<PostActions>();
        await Task.WhenAll(people.SelectMany(person => Enumerable.Range(0, 5).Select(_ => actions.ReactAsync(person, share.Id, ReactionKind.Like, PostWorld.Token))));
        _ = await actions.ReactAsync(people[0], post.Id, ReactionKind.Love, PostWorld.Token);
        await actions.UnreactAsync(people[1], post.Id, ReactionKind.Like, PostWorld.Token);
        await actions.UnreactAsync(people[1], post.Id, ReactionKind.Like, PostWorld.Token);
        await actions.UnreactAsync(mina, post.Id, ReactionKind.Like, PostWorld.Token);
        await CountAsync(world);
        var seen = (await world.SeeAsync(people[0], post.Id))!;
        Assert.Equal("""{"comments":0,"likes":5,"shares":1,"reactions":{"love":1}}""", seen["counts"]!.ToJsonString());
        Assert.Equal("""{"liked":true,"bookmarked":false,"shared":true,"reactions":["love"]}""", seen["viewer"]!.ToJsonString());
        var reactors = (await world.Reading.ReactorsAsync(mina, post.Id, new(null, 3), PostWorld.Token))!;
        var rest = (await world.Reading.ReactorsAsync(mina, post.Id, PageQuery.Parse(reactors.Next, null).Value, PostWorld.Token))!;
        Assert.Equal([people[0], .. people[2..]], reactors.Items.Concat(rest.Items).Select(row => row.User));
        _ = PostWorld.Ok(await world.Relations.BlockAsync(mina, people[2], PostWorld.Token));
        Assert.DoesNotContain((await world.Reading.ReactorsAsync(mina, post.Id, new(null, 50), PostWorld.Token))!.Items, row => row.User == people[2]);
        Assert.Equal("not_found", (await actions.ReactAsync(people[2], post.Id, ReactionKind.Wow, PostWorld.Token)).Error?.Code);
        Assert.Equal("not_found", (await actions.ReactAsync(people[0], new(9), ReactionKind.Wow, PostWorld.Token)).Error?.Code);
    }

    [Fact]
    public async Task Bookmarks_are_listed_by_when_they_were_set_and_only_what_is_still_seen()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var posts = new List<Post>();
        for (var n = 0; n < 7; n++)
        {
            posts.Add(await world.PostAsync(mina, $"{n}"));
        }

        var actions = world.Test.Store<PostActions>();
        foreach (var n in new[] { 3, 1, 6, 0, 5, 3 })
        {
            _ = PostWorld.Ok(await actions.BookmarkAsync(jun, posts[n].Id, PostWorld.Token));
        }

        await actions.UnbookmarkAsync(jun, posts[6].Id, PostWorld.Token);
        await world.DeleteAsync(mina, posts[0].Id);
        Assert.Equal(["5", "1", "3"], await BookmarksAsync());
        Assert.True((bool)(await world.SeeAsync(jun, posts[5].Id))!["viewer"]!["bookmarked"]!);
        _ = await world.EditAsync(mina, posts[1].Id, audience: Audience.Friends);
        Assert.Equal(["5", "3"], await BookmarksAsync());

        async Task<IReadOnlyList<string>> BookmarksAsync()
        {
            var (texts, after) = (new List<string>(), (string?)null);
            do
            {
                var page = JsonNode.Parse((await world.Reading.BookmarksAsync(jun, PageQuery.Parse(after, "1").Value, PostWorld.Token)).Span)!;
                texts.AddRange(page["items"]!.AsArray().Select(item => (string)item!["text"]!));
                after = (string?)page["next"];
            }
            while (after is not null);
            return texts;
        }
    }

    private static Task CountAsync(PostWorld world) => world.Test.Store<DeedCounting>().RunAsync(PostWorld.Token);

    private static (int Comments, int Likes, int Shares) Counts(JsonNode? post) =>
        ((int)post!["counts"]!["comments"]!, (int)post["counts"]!["likes"]!, (int)post["counts"]!["shares"]!);

    private static async Task<JsonNode> PageAsync(PostWorld world, UserId viewer, PostId parent, string? cursor) =>
        JsonNode.Parse((await world.Reading.CommentsAsync(viewer, parent, PageQuery.Parse(cursor, "2").Value, PostWorld.Token))!.Value.Span)!;

    private static async Task<IReadOnlyList<string>> TextsAsync(PostWorld world, UserId viewer, PostId parent)
    {
        var (texts, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await PageAsync(world, viewer, parent, after);
            texts.AddRange(page["items"]!.AsArray().Select(item => (string?)item!["text"] ?? "-"));
            after = (string?)page["next"];
        }
        while (after is not null);
        return texts;
    }
}
