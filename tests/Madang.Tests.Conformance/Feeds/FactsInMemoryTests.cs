using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Feeds.Posts;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Conformance.Feeds;

/// <summary>
/// What is kept of facts is what the rows say, from the moment a write is answered on: for each kind of write one case, which fails when that write publishes
/// nothing. On SQLite, since elsewhere nothing is kept.
/// </summary>
public sealed class FactsInMemoryTests
{
    /// <summary>What may happen after a page was read, by what is said of it. Mina writes, Jun looks.</summary>
    private static readonly Dictionary<string, Func<Scene, Task>> Deeds = new()
    {
        ["an edit that names the viewer"] = scene => scene.World.EditAsync(scene.Mina, scene.Secret.Id, "for @jun"),
        ["an edit that names the viewer no more"] = scene => scene.World.EditAsync(scene.Mina, scene.ForJun.Id, "for nobody"),
        ["a narrower audience"] = scene => scene.World.EditAsync(scene.Mina, scene.Post.Id, audience: Audience.Friends),
        ["a deletion"] = scene => scene.World.DeleteAsync(scene.Mina, scene.Post.Id),
        ["a post that a moderator hides"] = scene => scene.HideAsync(scene.Post.Id, true),
        ["a post that comes back"] = scene => scene.HideAsync(scene.Hidden.Id, false),
        ["an author who is disabled"] = scene => scene.DisableAsync(scene.Mina, true),
        ["an author who is let in again"] = scene => scene.DisableAsync(scene.Sora, false),
        ["a like"] = scene => scene.ReactAsync(scene.Post.Id, on: true),
        ["a like that is taken back"] = scene => scene.ReactAsync(scene.Liked.Id, on: false),
        ["a bookmark"] = async scene => PostWorld.Ok(await scene.Actions.BookmarkAsync(scene.Jun, scene.Post.Id, PostWorld.Token)),
        ["a bookmark that is taken away"] = scene => scene.Actions.UnbookmarkAsync(scene.Jun, scene.Liked.Id, PostWorld.Token),
        ["a share"] = scene => scene.World.ShareAsync(scene.Jun, scene.Post.Id),
        ["a share that is taken back"] = scene => scene.World.DeleteAsync(scene.Jun, scene.Share.Id),
        ["a block"] = async scene => PostWorld.Ok(await scene.World.Relations.BlockAsync(scene.Mina, scene.Jun, PostWorld.Token)),
        ["a place on a list"] = scene => scene.Lists.AddAsync(scene.Mina, scene.List, [scene.Jun], Lane.Interactive, PostWorld.Token),
    };

    public static TheoryData<string> Names => [.. Deeds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_read_after_a_write_was_answered_shows_it(string deed)
    {
        await using var scene = await Scene.OpenAsync();
        var before = await scene.ReadAsync();
        Assert.Equal(before, await scene.RowsAsync());
        await Deeds[deed](scene);
        var after = await scene.ReadAsync();
        Assert.Equal(await scene.RowsAsync(), after);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task What_was_read_while_it_changed_is_not_kept()
    {
        await using var scene = await Scene.OpenAsync();
        var rows = new HeldRows(scene.World.Test.Store<IPostFactRows>());
        var memory = scene.Fresh(rows);

        // The rows are read, and before the answer arrives they change.
        var late = memory.OfAsync(scene.Jun, [scene.Post.Id], PostWorld.Token);
        await rows.Reached;
        await scene.World.DeleteAsync(scene.Mina, scene.Post.Id);
        await scene.ReactAsync(scene.Liked.Id, on: false);
        await scene.DisableAsync(scene.Mina, true);
        rows.Go();
        Assert.Equal(PostState.Live, (await late).Posts[0]!.Value.State);

        var now = await memory.OfAsync(scene.Jun, [scene.Post.Id, scene.Liked.Id], PostWorld.Token);
        Assert.Equal((PostState.Deleted, true), (now.Posts[0]!.Value.State, now.Posts[0]!.Value.AuthorGone));
        Assert.False(now.Overlays[1].Liked);
    }

    [Fact]
    public async Task Somebody_who_did_much_is_told_of_all_of_it()
    {
        await using var scene = await Scene.OpenAsync();
        var posts = new List<PostId> { scene.Liked.Id, scene.Post.Id };
        for (var i = 0; i < FactsInMemory.MostActions + 20; i++)
        {
            posts.Add((await scene.World.PostAsync(scene.Mina, $"{i}")).Id);
            await scene.ReactAsync(posts[^1], on: true);
        }

        var facts = scene.World.Facts;
        for (var i = 0; i < 2; i++)
        {
            var seen = await facts.OfAsync(scene.Jun, posts, PostWorld.Token);
            Assert.Equal(posts.Select(id => id != scene.Post.Id), seen.Overlays.Select(overlay => overlay.Liked));
            Assert.True(seen.Overlays[0].Bookmarked);
        }

        await scene.ReactAsync(scene.Post.Id, on: true);
        await scene.ReactAsync(scene.Liked.Id, on: false);
        Assert.Equal([false, true], (await facts.OfAsync(scene.Jun, [scene.Liked.Id, scene.Post.Id], PostWorld.Token)).Overlays.Select(overlay => overlay.Liked));
    }

    [Fact]
    public async Task More_changed_authors_than_are_remembered_leave_nothing_old_behind()
    {
        await using var scene = await Scene.OpenAsync();
        _ = await scene.ReadAsync();
        await scene.DisableAsync(scene.Mina, true);
        await scene.World.Test.WriteAsync(tx =>
        {
            for (var i = 0; i <= FactsInMemory.MostAuthors; i++)
            {
                tx.Publish(new AuthorChanged(new(i + 1)));
            }

            return 0;
        });
        Assert.Equal(await scene.RowsAsync(), await scene.ReadAsync());
        await scene.DisableAsync(scene.Mina, false);
        Assert.Equal(await scene.RowsAsync(), await scene.ReadAsync());
    }

    [Fact]
    public async Task Warm_pages_ask_the_rows_no_more_and_memory_stays_within_its_bounds()
    {
        await using var scene = await Scene.OpenAsync();
        var rows = new CountedRows(scene.World.Test.Store<IPostFactRows>());
        var memory = scene.Fresh(rows);
        _ = await memory.OfAsync(scene.Jun, scene.All, PostWorld.Token);
        Assert.Equal(2, rows.Asked);
        _ = await memory.OfAsync(scene.Jun, scene.All, PostWorld.Token);
        Assert.Equal(2, rows.Asked);
        Assert.InRange(memory.Bytes, scene.All.Count * 64, 4_000);

        // Nobody has this id yet: what is not there is asked for each time.
        Assert.Null((await memory.OfAsync(null, [new(5)], PostWorld.Token)).Posts[0]);
        Assert.Null((await memory.OfAsync(null, [new(5)], PostWorld.Token)).Posts[0]);
        Assert.Equal(4, rows.Asked);
    }

    private sealed class Scene : IAsyncDisposable
    {
        public required PostWorld World { get; init; }

        public required UserId Mina { get; init; }

        public required UserId Jun { get; init; }

        public required UserId Sora { get; init; }

        public required Post Post { get; init; }

        public required Post Secret { get; init; }

        public required Post ForJun { get; init; }

        public required Post Hidden { get; init; }

        public required Post Liked { get; init; }

        public required Post OfSora { get; init; }

        public required Post Share { get; init; }

        public required ListId List { get; init; }

        public PostActions Actions => World.Test.Store<PostActions>();

        public PeopleLists Lists => World.Test.Store<PeopleLists>();

        public IReadOnlyList<PostId> All => [Post.Id, Secret.Id, ForJun.Id, Hidden.Id, Liked.Id, OfSora.Id, Share.Id];

        /// <summary>Jun likes, keeps and shares one of Mina's posts; another one is hidden, and Sora is shut out.</summary>
        public static async Task<Scene> OpenAsync()
        {
            var world = await PostWorld.OpenAsync(TestDatabase.SqliteAsync);
            var (mina, jun, sora) = (await world.PersonAsync("mina"), await world.PersonAsync("jun"), await world.PersonAsync("sora"));
            var liked = await world.PostAsync(mina, "liked");
            var scene = new Scene
            {
                World = world,
                Mina = mina,
                Jun = jun,
                Sora = sora,
                Post = await world.PostAsync(mina, "a post"),
                Secret = await world.PostAsync(mina, "a secret", Audience.Direct),
                ForJun = await world.PostAsync(mina, "for @jun and @sora", Audience.Direct),
                Hidden = await world.PostAsync(mina, "hidden"),
                Liked = liked,
                OfSora = await world.PostAsync(sora, "by one who is shut out"),
                Share = await world.ShareAsync(jun, liked.Id),
                List = PostWorld.Ok(await world.Test.Store<PeopleLists>().CreateAsync(mina, "close", false, PostWorld.Token)).List.Id,
            };
            await scene.HideAsync(scene.Hidden.Id, true);
            await scene.DisableAsync(sora, true);
            await scene.ReactAsync(liked.Id, on: true);
            PostWorld.Ok(await scene.Actions.BookmarkAsync(jun, liked.Id, PostWorld.Token));
            return scene;
        }

        public FactsInMemory Fresh(IPostFactRows rows) => new(rows, World.Test.Database, World.Test.Store<IOptions<FeedsOptions>>());

        /// <summary>What Jun is told, by what the process keeps.</summary>
        public async Task<IReadOnlyList<string>> ReadAsync() => Write(await World.Facts.OfAsync(Jun, All, PostWorld.Token));

        /// <summary>The same by the rows, with nothing kept.</summary>
        public async Task<IReadOnlyList<string>> RowsAsync() =>
            Write(await Fresh(World.Test.Store<IPostFactRows>()).OfAsync(Jun, All, PostWorld.Token));

        public Task HideAsync(PostId post, bool hidden) => World.Test.WriteAsync(tx => World.Posts.Hide(tx, post, hidden));

        public Task DisableAsync(UserId person, bool disabled)
        {
            var users = World.Test.Store<IUserStore>();
            return World.Test.WriteAsync(tx =>
            {
                users.Update(tx, users.Lock(tx, person)[person] with { Disabled = disabled });
                return 0;
            });
        }

        public async Task ReactAsync(PostId post, bool on)
        {
            if (on)
            {
                PostWorld.Ok(await Actions.ReactAsync(Jun, post, ReactionKind.Like, PostWorld.Token));
            }
            else
            {
                await Actions.UnreactAsync(Jun, post, ReactionKind.Like, PostWorld.Token);
            }
        }

        public ValueTask DisposeAsync() => World.DisposeAsync();

        private static IReadOnlyList<string> Write(PageFacts page) => [$"{page.Epoch}", .. page.Posts.Select((post, i) => $"{post} {page.Overlays[i]}")];
    }

    /// <summary>The first answers arrive late: what they say was true when the rows were read.</summary>
    private sealed class HeldRows(IPostFactRows rows) : IPostFactRows
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Go() => _go.TrySetResult();

        public async Task<IReadOnlyList<PostRow?>> PostsAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
        {
            var found = await rows.PostsAsync(ids, cancellationToken);
            _reached.TrySetResult();
            await _go.Task;
            return found;
        }

        public Task<ViewerRows> ViewerAsync(UserId viewer, int limit, CancellationToken cancellationToken) => rows.ViewerAsync(viewer, limit, cancellationToken);

        public Task<IReadOnlyList<Overlay>> ActionsAsync(UserId viewer, IReadOnlyList<PostId> ids, CancellationToken cancellationToken) =>
            rows.ActionsAsync(viewer, ids, cancellationToken);
    }

    private sealed class CountedRows(IPostFactRows rows) : IPostFactRows
    {
        public int Asked { get; private set; }

        public Task<IReadOnlyList<PostRow?>> PostsAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
        {
            Asked++;
            return rows.PostsAsync(ids, cancellationToken);
        }

        public Task<ViewerRows> ViewerAsync(UserId viewer, int limit, CancellationToken cancellationToken)
        {
            Asked++;
            return rows.ViewerAsync(viewer, limit, cancellationToken);
        }

        public Task<IReadOnlyList<Overlay>> ActionsAsync(UserId viewer, IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
        {
            Asked++;
            return rows.ActionsAsync(viewer, ids, cancellationToken);
        }
    }
}
