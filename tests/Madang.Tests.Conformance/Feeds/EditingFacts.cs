using Madang.Feeds;
using Madang.Feeds.Posts;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqliteEditingFacts() : EditingFacts(TestDatabase.SqliteAsync);

public sealed class PostgresEditingFacts() : EditingFacts(TestDatabase.PostgresAsync);

/// <summary>Changing, narrowing and deleting what was published, on every engine.</summary>
public abstract class EditingFacts(Func<Task<TestDatabase>> fresh)
{
    [Fact]
    public async Task An_edit_keeps_what_was_said_before_and_moves_tags_and_mentions()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun, sora) = (await world.PersonAsync("mina"), await world.PersonAsync("jun"), await world.PersonAsync("sora"));
        var post = await world.PostAsync(mina, "#하나 @jun");
        world.Test.Time.Advance(TimeSpan.FromMinutes(1));
        var edited = await world.EditAsync(mina, post.Id, "#둘 @sora");
        Assert.Equal((2, "#둘 @sora"), (edited.Version, edited.Text));
        Assert.Equal([sora], edited.Mentions.Select(mention => mention.User));
        var seen = (await world.SeeAsync(jun, post.Id))!;
        Assert.Equal(("#둘 @sora", 2), ((string)seen["text"]!, (int)seen["version"]!));
        Assert.NotNull(seen["edited_at"]);
        Assert.Equal("둘", (string)Assert.Single(seen["tags"]!.AsArray())!);
        var versions = await world.Reading.VersionsAsync(jun, post.Id, PostWorld.Token);
        Assert.Equal([(2, "#둘 @sora", false), (1, "#하나 @jun", true)], versions!.Select(version => (version.Version, version.Text, version.EndedAt is not null)));

        // The same text again changes nothing, and so does a retry.
        Assert.Equal(2, (await world.EditAsync(mina, post.Id, "#둘 @sora")).Version);
    }

    [Fact]
    public async Task Only_the_author_edits_and_not_from_an_old_version()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var post = await world.PostAsync(mina, "one");
        Assert.Equal("not_found", (await world.Posts.EditAsync(jun, post.Id, new("mine", null, null, null), PostWorld.Token)).Error?.Code);
        _ = await world.EditAsync(mina, post.Id, "two", version: 1);
        Assert.Equal("version_conflict", (await world.Posts.EditAsync(mina, post.Id, new("three", null, null, 1), PostWorld.Token)).Error?.Code);
        Assert.Equal("not_found", (await world.Posts.EditAsync(mina, new(5), new("x", null, null, null), PostWorld.Token)).Error?.Code);
        Assert.Equal("list_id", (await world.Posts.EditAsync(mina, post.Id, new(null, Audience.List, 7, null), PostWorld.Token)).Error?.Fields[0].Field);
        var comment = await world.CommentAsync(jun, post.Id, "c");
        Assert.Equal("audience", (await world.Posts.EditAsync(jun, comment.Id, new(null, Audience.Friends, null, null), PostWorld.Token)).Error?.Fields[0].Field);
        var share = await world.ShareAsync(jun, post.Id);
        Assert.Equal("text", (await world.Posts.EditAsync(jun, share.Id, new("words", null, null, null), PostWorld.Token)).Error?.Fields[0].Field);
    }

    [Fact]
    public async Task After_as_many_edits_as_there_may_be_there_are_no_more()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var post = await world.PostAsync(mina, "0");
        for (var n = 1; n <= 100; n++)
        {
            _ = await world.EditAsync(mina, post.Id, $"{n}");
        }

        Assert.Equal("too_many_edits", (await world.Posts.EditAsync(mina, post.Id, new("101", null, null, null), PostWorld.Token)).Error?.Code);
    }

    [Fact]
    public async Task Narrowing_is_told_as_a_removal_and_widening_takes_the_history_along()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var told = new List<PostOp>();
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var post = await world.PostAsync(mina, "for all");
        world.Test.Database.OnCommit<PostChanged>(changed => told.Add(changed.Op));
        _ = await world.EditAsync(mina, post.Id, "for friends", Audience.Friends);
        Assert.Null(await world.SeeAsync(jun, post.Id));
        Assert.Null(await world.Reading.VersionsAsync(jun, post.Id, PostWorld.Token));
        _ = await world.EditAsync(mina, post.Id, "for all again", Audience.Public);
        Assert.Equal([PostOp.Removed, PostOp.Updated], told);
        Assert.Equal("for all again", (string)(await world.SeeAsync(jun, post.Id))!["text"]!);
        // What was said to friends in between, nobody else gets to read.
        Assert.Equal(["for all again"], (await world.Reading.VersionsAsync(jun, post.Id, PostWorld.Token))!.Select(version => version.Text));
    }

    [Fact]
    public async Task A_deleted_post_says_nothing_any_more_anywhere()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync("mina"), await world.PersonAsync("jun"));
        var post = await world.PostAsync(mina, "#비밀 @jun one");
        _ = await world.EditAsync(mina, post.Id, "#비밀 @jun two");
        Assert.Equal("not_found", (await world.Posts.DeleteAsync(jun, post.Id, PostWorld.Token)).Error?.Code);
        await world.DeleteAsync(mina, post.Id);
        await world.DeleteAsync(mina, post.Id);
        Assert.Null(await world.SeeAsync(mina, post.Id));
        Assert.Null(await world.Reading.VersionsAsync(mina, post.Id, PostWorld.Token));
        Assert.Empty(await world.ProfileAsync(mina, mina));
        var row = (await world.Test.Store<IPostStore>().FindAsync([post.Id], PostWorld.Token))[0]!;
        Assert.Equal(("", 0, PostState.Deleted), (row.Text, row.Mentions.Count, row.State));
        Assert.Empty(await world.Test.Store<IPostStore>().VersionsAsync(post.Id, PostWorld.Token));
        Assert.Equal("not_found", (await world.Posts.EditAsync(mina, post.Id, new("x", null, null, null), PostWorld.Token)).Error?.Code);
        Assert.Equal("not_found", (await world.TryCommentAsync(jun, post.Id, "x")).Error?.Code);
        Assert.Equal("not_found", (await world.TryShareAsync(jun, post.Id)).Error?.Code);
    }

    [Fact]
    public async Task Hiding_takes_a_post_out_of_everybody_elses_sight()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var post = await world.PostAsync(mina, "one");
        Assert.True(await world.Test.WriteAsync(tx => world.Posts.Hide(tx, post.Id, hidden: true)));
        Assert.Equal((Sight.Hidden, Sight.Visible), (await world.SightAsync(jun, post.Id), await world.SightAsync(mina, post.Id)));
        Assert.True((bool)(await world.SeeAsync(mina, post.Id))!["hidden"]!);
        Assert.True(await world.Test.WriteAsync(tx => world.Posts.Hide(tx, post.Id, hidden: false)));
        Assert.Equal(Sight.Visible, await world.SightAsync(jun, post.Id));
        await world.DeleteAsync(mina, post.Id);
        Assert.Equal(Sight.Deleted, await world.SightAsync(mina, post.Id));
        Assert.False(await world.Test.WriteAsync(tx => world.Posts.Hide(tx, post.Id, hidden: true)));
    }

    [Fact]
    public async Task What_was_asked_about_under_another_version_is_not_handed_out()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var post = await world.PostAsync(mina, "for all");
        var contents = world.Test.Store<PostContents>();
        Assert.False((await contents.OfAsync([(post.Id, 1)], PostWorld.Token))[0].IsEmpty);
        _ = await world.EditAsync(mina, post.Id, "secret", Audience.Direct);
        // A page that read the facts before the change must not show the words of after it.
        Assert.True((await contents.OfAsync([(post.Id, 1)], PostWorld.Token))[0].IsEmpty);
        contents.Forget(post.Id);
        Assert.True((await contents.OfAsync([(post.Id, 1)], PostWorld.Token))[0].IsEmpty);
        Assert.False((await contents.OfAsync([(post.Id, 2)], PostWorld.Token))[0].IsEmpty);
    }
}
