using System.Text.Json.Nodes;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Feeds.Searching;
using Madang.Storage.Searching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqlitePostSearchFacts() : PostSearchFacts(TestDatabase.SqliteAsync);

public sealed class PostgresPostSearchFacts() : PostSearchFacts(TestDatabase.PostgresAsync);

/// <summary>Search of posts, on every engine.</summary>
public abstract class PostSearchFacts(Func<Task<TestDatabase>> fresh)
{
    [Theory]
    [InlineData("마당")]
    [InlineData("마당*")]
    [InlineData("우리 마당")]
    [InlineData("우리마당")]
    [InlineData("\"마당에서 고기\"")]
    [InlineData("GRILL")]
    [InlineData("gri*")]
    [InlineData("ｇｒｉｌｌ 고기")]
    public async Task Words_of_two_syllables_are_found_whatever_follows_them(string q)
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var post = await world.PostAsync(mina, "오늘 우리 마당에서 고기를 구워요! Grill-Party");
        _ = await world.PostAsync(mina, "아버지가 방에 들어가신다, 마지막 당부");
        await IndexAsync(world, 2);

        Assert.Equal([post.Id], await FindAsync(world, mina, q));
    }

    [Fact]
    public async Task The_newest_stands_first_and_pages_miss_and_double_nothing()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var posts = new List<PostId>();
        for (var n = 0; n < 7; n++)
        {
            posts.Add((await world.PostAsync(mina, $"마당 {n}")).Id);
            _ = await world.PostAsync(mina, $"딴 이야기 {n}");
        }

        await IndexAsync(world, 14);
        var (found, pages, cursor) = (new List<PostId>(), 0, (string?)null);
        do
        {
            var page = await PageAsync(world, mina, "마당", 3, cursor);
            found.AddRange(Ids(page));
            (cursor, pages) = ((string?)page["next"], pages + 1);
        }
        while (cursor is not null);

        Assert.Equal(posts.AsEnumerable().Reverse(), found);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task What_was_edited_is_found_by_what_it_says_now_and_what_was_deleted_by_nothing()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var (edited, deleted) = (await world.PostAsync(mina, "감자 이야기"), await world.PostAsync(mina, "감자 노래"));
        var pump = await IndexAsync(world, 2);
        Assert.Equal([deleted.Id, edited.Id], await FindAsync(world, mina, "감자"));

        _ = await world.EditAsync(mina, edited.Id, "고구마 이야기");
        await world.DeleteAsync(mina, deleted.Id);
        // Gone at once, whatever the index knows.
        Assert.Equal([edited.Id], await FindAsync(world, mina, "감자"));
        await IndexAsync(world, 4, pump);

        Assert.Empty(await FindAsync(world, mina, "감자"));
        Assert.Equal([edited.Id], await FindAsync(world, mina, "고구마"));
        Assert.Empty(await world.Test.Store<IPostSearchStore>().FindAsync(SearchQuery.Parse("감자").Value, null, 10, PostWorld.Token));
    }

    [Fact]
    public async Task Who_may_not_see_a_post_does_not_find_it_from_the_commit_on()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var (open, friends) = (await world.PostAsync(mina, "비밀 하나"), await world.PostAsync(mina, "비밀 둘", Audience.Friends));
        var comment = await world.CommentAsync(mina, friends.Id, "비밀 셋");
        _ = await world.ShareAsync(jun, open.Id);
        await IndexAsync(world, 4);
        Assert.Equal([open.Id], await FindAsync(world, jun, "비밀"));
        Assert.Equal([comment.Id, friends.Id, open.Id], await FindAsync(world, mina, "비밀"));

        PostWorld.Ok(await world.Relations.BefriendAsync(mina, jun, PostWorld.Token));
        PostWorld.Ok(await world.Relations.BefriendAsync(jun, mina, PostWorld.Token));
        Assert.Equal([comment.Id, friends.Id, open.Id], await FindAsync(world, jun, "비밀"));
        PostWorld.Ok(await world.Relations.BlockAsync(mina, jun, PostWorld.Token));
        Assert.Empty(await FindAsync(world, jun, "비밀"));
        await world.DisableAsync(mina);
        Assert.Empty(await FindAsync(world, await world.PersonAsync(), "비밀"));
    }

    [Fact]
    public async Task A_cursor_does_not_tell_that_what_may_not_be_seen_is_there()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        _ = await world.PostAsync(mina, "비밀 하나", Audience.Friends);
        var open = await world.PostAsync(mina, "비밀 둘");
        _ = await world.PostAsync(mina, "비밀 셋", Audience.Friends);
        await IndexAsync(world, 3);

        var page = await PageAsync(world, jun, "비밀", 1, null);

        Assert.Equal([open.Id], Ids(page));
        Assert.Null((string?)page["next"]);
    }

    [Fact]
    public async Task Whoever_may_see_little_of_much_pages_on_to_the_end()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (mina, jun) = (await world.PersonAsync(), await world.PersonAsync());
        var open = await world.PostAsync(mina, "비밀");
        var store = world.Test.Store<IPostSearchStore>();
        await world.Test.WriteAsync(tx =>
        {
            // Terms of posts that are nobody's to see: there are none.
            store.Put(tx, [.. Enumerable.Range(1, 1_200).Select(n => new IndexedPost(new(open.Id.Value + n), "비밀"))]);
            store.Put(tx, [new(open.Id, "비밀")]);
            return 0;
        });

        var first = await PageAsync(world, jun, "비밀", 5, null);
        Assert.Empty(Ids(first));
        var second = await PageAsync(world, jun, "비밀", 5, (string)first["next"]!);

        Assert.Equal([open.Id], Ids(second));
        Assert.Null((string?)second["next"]);
    }

    [Fact]
    public async Task The_longest_text_and_the_oddest_are_indexed()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var mina = await world.PersonAsync();
        var words = await world.PostAsync(mina, string.Join(' ', Enumerable.Range(0, 2_700).Select(n => $"w{n:x4}")));
        var syllables = await world.PostAsync(mina, string.Concat(Enumerable.Range(0, 5_400).Select(n => (char)('가' + n))));
        var odd = await world.PostAsync(mina, "it's \\ \" OR NEAR( : ' -- 'x' & | ! <-> 끝");
        await IndexAsync(world, 3);

        Assert.Equal([words.Id], await FindAsync(world, mina, "w0a8b"));
        Assert.Equal([syllables.Id], await FindAsync(world, mina, $"{(char)('가' + 5_398)}{(char)('가' + 5_399)}"));
        Assert.Equal([odd.Id], await FindAsync(world, mina, "near \"x\" 끝"));
    }

    private static async Task<PostLogPump> IndexAsync(PostWorld world, int entries, PostLogPump? pump = null)
    {
        _ = await world.LogAsync(entries);
        var reader = world.Test.Services.GetServices<IPostLogReader>().OfType<PostIndexing>().Single();
        pump ??= new PostLogPump([reader], world.Test.Store<IPostLogStore>(), world.Test.Database, world.Test.Time, null, NullLogger<PostLogPump>.Instance);
        await pump.RunAsync(PostWorld.Token);
        return pump;
    }

    private static async Task<IEnumerable<PostId>> FindAsync(PostWorld world, UserId viewer, string q) => Ids(await PageAsync(world, viewer, q, 50, null));

    private static async Task<JsonNode> PageAsync(PostWorld world, UserId viewer, string q, int limit, string? cursor) => JsonNode.Parse(
        (await world.Test.Store<PostSearch>().FindAsync(viewer, SearchQuery.Parse(q).Value, PageQuery.Parse(cursor, $"{limit}").Value, PostWorld.Token)).Span)!;

    private static IEnumerable<PostId> Ids(JsonNode page) => page["items"]!.AsArray().Select(item => PostId.Parse((string)item!["id"]!, null));
}
