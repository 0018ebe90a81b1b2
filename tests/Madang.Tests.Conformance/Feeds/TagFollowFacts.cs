using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Tests.Conformance.Accounts;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Conformance.Feeds;

public abstract class TagFollowFacts
{
    private protected abstract Task<AccountsWorld> FreshAsync();

    [Fact]
    public async Task A_followed_tag_is_in_the_graph_until_it_is_followed_no_longer()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        var tags = new TagFollows(
            world.Database.Store<ITagFollowStore>(), world.Database.Database, world.Database.Store<Epochs>(), Options.Create(new FeedsOptions { MaxFollowedTags = 3 }));
        var graphs = world.Database.Store<Graphs>();
        foreach (var tag in new[] { "마당", "Zoo", "álamo" })
        {
            Assert.True((await tags.FollowAsync(mina, tag, AccountsWorld.Cancel)).IsOk);
        }

        Assert.Equal("too_many_tags", (await tags.FollowAsync(mina, "one_more", AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("zoo", (await tags.FollowAsync(mina, "ZOO", AccountsWorld.Cancel)).Value);
        var graph = await graphs.OfAsync(mina, AccountsWorld.Cancel);
        Assert.Equal((3L, "zoo álamo 마당"), (graph.Epoch, string.Join(' ', graph.Tags)));
        Assert.Equal(graph.Tags, await tags.OfAsync(mina, AccountsWorld.Cancel));
        await tags.UnfollowAsync(mina, "zoo", AccountsWorld.Cancel);
        await tags.UnfollowAsync(mina, "zoo", AccountsWorld.Cancel);
        await tags.UnfollowAsync(mina, "# no tag", AccountsWorld.Cancel);
        graph = await graphs.OfAsync(mina, AccountsWorld.Cancel);
        Assert.Equal((4L, "álamo 마당"), (graph.Epoch, string.Join(' ', graph.Tags)));
    }
}

public sealed class SqliteTagFollowTests : TagFollowFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.SqliteAsync();
}

public sealed class PostgresTagFollowTests : TagFollowFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.PostgresAsync();
}
