using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;
using Madang.Storage;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqliteTimelineModelFacts() : TimelineModelFacts(TestDatabase.SqliteAsync);

public sealed class PostgresTimelineModelFacts() : TimelineModelFacts(TestDatabase.PostgresAsync);

/// <summary>
/// Random histories against an oracle that knows nothing of rings, logs and cursors: whatever people do in whatever order, and wherever the fan-out stands,
/// a feed is what one SQL statement says that it is. <c>MADANG_FEED_READS</c> sets how many pages are compared; the seed is told with what fails.
/// </summary>
public abstract class TimelineModelFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private const int People = 14;

    /// <summary>After so many pages a history begins anew: the longer it is, the dearer the naive statement.</summary>
    private const int ReadsOfHistory = 15_000;

    /// <summary>Between two bursts of deeds, so many people look at so many pages, some at once.</summary>
    private const int Viewers = 5;
    private const int Pages = 30;
    private const int AtOnce = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_happens_a_feed_is_what_the_rows_say()
    {
        var reads = int.TryParse(Environment.GetEnvironmentVariable("MADANG_FEED_READS"), out var asked) ? asked : 1_500;
        var (seed, left) = (0, reads);
        // A short run is one history; a long one has one a processor at a time.
        await Task.WhenAll(Enumerable.Range(0, reads > ReadsOfHistory ? Environment.ProcessorCount : 1).Select(_ => Task.Run(
            async () =>
            {
                while (Volatile.Read(ref left) > 0)
                {
                    var own = Interlocked.Increment(ref seed);
                    try
                    {
                        Interlocked.Add(ref left, -await HistoryAsync(new Random(own), Math.Min(Volatile.Read(ref left), ReadsOfHistory)));
                    }
                    catch (Exception fault) when (fault is not OperationCanceledException)
                    {
                        throw new InvalidOperationException($"Seed {own}: {fault.Message}", fault);
                    }
                }
            },
            Token)));
        TestContext.Current.SendDiagnosticMessage($"{reads - left:N0} pages of {seed} histories were compared.");
    }

    /// <summary>
    /// The same with nodes that are stopped and started again and find what their rings held: the fan-out stands anywhere when they stop, others write and
    /// change how they stand to each other before they are back, and now and then the file is an old one, or another's, or torn.
    /// </summary>
    [Fact]
    public async Task Whatever_happens_around_a_restart_a_feed_is_what_the_rows_say()
    {
        using var folder = new KeptFolder();
        var restarts = new Restarts(folder);
        var reads = int.TryParse(Environment.GetEnvironmentVariable("MADANG_FEED_READS"), out var asked) ? asked : 6_000;
        for (var (seed, left) = (1_000, reads); left > 0; seed++)
        {
            try
            {
                left -= await HistoryAsync(new Random(seed), Math.Min(left, ReadsOfHistory), restarts);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                throw new InvalidOperationException($"Seed {seed}: {fault.Message}", fault);
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{restarts.Count} restarts, {restarts.Revived} timelines came back.");
        Assert.True(restarts.Revived > restarts.Count / 2, $"{restarts.Revived} timelines came back in {restarts.Count} restarts.");
    }

    private async Task<int> HistoryAsync(Random random, int reads, Restarts? restarts = null)
    {
        await using var world = await TimelineWorld.OpenAsync(fresh, restarts is null ? null : options => options.KeepTimelinesMegabytes = 1, restarts is null ? null : restarts.Folder.Use);
        var people = new List<UserId>();
        for (var i = 0; i < People; i++)
        {
            people.Add(await world.Posts.PersonAsync($"p{i}"));
        }

        if (restarts is not null)
        {
            await world.FollowLogAsync();
        }

        var (written, done) = (new List<(UserId Author, PostId Id)>(), 0);
        while (done < reads)
        {
            for (var i = random.Next(8); i >= 0; i--)
            {
                world.Test.Time.Advance(TimeSpan.FromMilliseconds(random.Next(50)));
                await ActAsync(world, people, written, random);
            }

            if (random.Next(3) > 0)
            {
                await world.ServeAsync(random.Next(2) == 0 ? int.MaxValue : 1);
            }

            if (restarts is not null)
            {
                await restarts.MaybeAsync(world, random, () => ActAsync(world, people, written, random));
            }

            if (random.Next(8) == 0)
            {
                await world.CheckAsync(people[random.Next(People)], 1 + random.Next(30));
            }

            for (var i = 0; i < Viewers; i++)
            {
                await LookAsync(world, people[random.Next(People)], random);
            }

            done += Viewers * Pages;
        }

        return done;
    }

    /// <summary>Pages from anywhere in somebody's feed, either way, each exactly what the rows say.</summary>
    private static async Task LookAsync(TimelineWorld world, UserId viewer, Random random)
    {
        var (feed, done) = (await world.NaiveAsync(viewer), await world.DoneAsync(viewer));
        FeedQuery[] queries = [.. Enumerable.Range(0, Pages).Select(_ => Ask(feed, random))];
        foreach (var some in queries.Chunk(AtOnce))
        {
            var pages = await Task.WhenAll(some.Select(query => world.ReadAsync(viewer, query)));
            for (var i = 0; i < some.Length; i++)
            {
                Compare(viewer, feed, some[i], pages[i]);
                Assert.All(pages[i].Posts, post => Assert.Equal(done.GetValueOrDefault(post.Facts.Id), post.Overlay));
            }
        }
    }

    private static FeedQuery Ask(List<(long Id, long Said)> feed, Random random)
    {
        var query = FeedQuery.Newest(FeedName.Home, 1 + random.Next(random.Next(4) == 0 ? 100 : 25));
        long Somewhere() => feed.Count == 0 ? 0 : feed[random.Next(feed.Count)].Id - random.Next(2);
        return random.Next(8) switch
        {
            0 or 1 => query with { Below = Somewhere() },
            2 => query with { Above = Somewhere() },
            3 => query with { Above = Somewhere(), Below = Somewhere() },
            4 => query with { Above = Somewhere(), Up = true, OldestFirst = random.Next(2) == 0 },
            5 => query with { Up = true, OldestFirst = true },
            _ => query,
        };
    }

    private static void Compare(UserId viewer, List<(long Id, long Said)> feed, in FeedQuery query, FeedPage page)
    {
        var (expected, said, more) = (new List<long>(), new HashSet<long>(), false);
        foreach (var one in query.Up ? Enumerable.Reverse(feed) : feed)
        {
            // What the page says already it does not say again.
            if (one.Id > query.Above && one.Id < query.Below && !said.Contains(one.Said))
            {
                more = expected.Count == query.Limit;
                if (more)
                {
                    break;
                }

                said.Add(one.Said);
                expected.Add(one.Id);
            }
        }

        var shown = page.Posts.Select(post => post.Facts.Id.Value).ToList();
        if (query.Up != query.OldestFirst)
        {
            shown.Reverse();
        }

        Assert.True(expected.SequenceEqual(shown), $"{viewer} asked {query}: expected {string.Join(' ', expected)}, got {string.Join(' ', shown)}");
        Assert.True(!more || page.Next is not null, $"{viewer} asked {query}: the feed goes on, and there is no way on.");
    }

    private static async Task ActAsync(TimelineWorld world, List<UserId> people, List<(UserId Author, PostId Id)> written, Random random)
    {
        var (one, other) = (people[random.Next(People)], people[random.Next(People)]);
        var relations = world.Posts.Relations;
        switch (random.Next(20))
        {
            case < 8:
                var text = $"{(random.Next(4) == 0 ? $"@p{random.Next(People)} " : "")}{(random.Next(3) == 0 ? $"#t{random.Next(3)} " : "")}{random.Next(1000)}";
                Keep(one, await world.Posts.TryPostAsync(one, text, audience: (Audience)(random.Next(3) == 0 ? 1 + random.Next(5) : 1)));
                break;
            case 8 when written.Count > 0:
                Keep(one, await world.Posts.TryShareAsync(one, written[random.Next(written.Count)].Id, random.Next(3) == 0 ? "words of one's own" : null));
                break;
            case 9 when written.Count > 0:
                var (author, id) = written[random.Next(written.Count)];
                await world.Posts.Posts.EditAsync(author, id, new($"#t{random.Next(3)} @p{random.Next(People)} edited", (Audience)(1 + random.Next(5)), null, null), Token);
                break;
            case 10 when written.Count > 0:
                var gone = written[random.Next(written.Count)];
                await world.Posts.DeleteAsync(gone.Author, gone.Id);
                break;
            case 11 when written.Count > 0:
                await world.Posts.TryCommentAsync(one, written[random.Next(written.Count)].Id, "a comment");
                break;
            case < 15:
                await relations.FollowAsync(one, other, Token);
                break;
            case 15:
                await relations.RemoveAsync(one, random.Next(3) switch { 0 => RelationKind.Follow, 1 => RelationKind.Mute, _ => RelationKind.Block }, other, Token);
                break;
            case 16:
                await relations.BefriendAsync(one, other, Token);
                await relations.BefriendAsync(other, one, Token);
                break;
            case 17:
                await relations.UnfriendAsync(one, other, Token);
                break;
            case 18 when random.Next(3) == 0:
                await relations.BlockAsync(one, other, Token);
                break;
            case 19 when random.Next(2) == 0:
                await relations.MuteAsync(one, other, Token);
                break;
            default:
                await ArrangeAsync(world, one, other, written, random);
                break;
        }

        void Keep(UserId author, Result<Published> published)
        {
            if (published.IsOk)
            {
                written.Add((author, published.Value.Post.Id));
            }
        }
    }

    /// <summary>Lists, posts for a list, followed tags, who is hidden or disabled.</summary>
    private static async Task ArrangeAsync(TimelineWorld world, UserId one, UserId other, List<(UserId Author, PostId Id)> written, Random random)
    {
        var (lists, tags) = (world.Test.Store<PeopleLists>(), world.Test.Store<TagFollows>());
        var list = PostWorld.Ok(await lists.CreateAsync(one, $"list {random.Next(2)}", random.Next(2) == 0, Token)).List;
        switch (random.Next(9))
        {
            case 0:
                await lists.AddAsync(one, list.Id, [other], Lane.Interactive, Token);
                break;
            case 1:
                await lists.RemoveAsync(one, list.Id, other, Token);
                break;
            case 2:
                var post = await world.Posts.TryPostAsync(one, "for a list", audience: Audience.List, list: list.Id.Value);
                if (post.IsOk)
                {
                    written.Add((one, post.Value.Post.Id));
                }

                break;
            case 3:
                PostWorld.Ok(await tags.FollowAsync(one, $"t{random.Next(3)}", Token));
                break;
            case 4:
                await tags.UnfollowAsync(one, $"t{random.Next(3)}", Token);
                break;
            case 5 when random.Next(8) == 0:
                await world.Posts.DisableAsync(other, random.Next(2) == 0);
                break;
            case < 8 when written.Count > 0:
                await DoAsync(world, one, written[random.Next(written.Count)].Id, random);
                break;
            default:
                if (written.Count > 0)
                {
                    var id = written[random.Next(written.Count)].Id;
                    var hide = random.Next(3) > 0;
                    await world.Test.WriteAsync(tx => world.Posts.Posts.Hide(tx, id, hide));
                }

                break;
        }
    }

    /// <summary>What people do with posts, and take back.</summary>
    private static async Task DoAsync(TimelineWorld world, UserId one, PostId post, Random random)
    {
        var (actions, kind) = (world.Test.Store<PostActions>(), (ReactionKind)(1 + random.Next(3)));
        switch (random.Next(5))
        {
            case < 2:
                await actions.ReactAsync(one, post, kind, Token);
                break;
            case 2:
                await actions.UnreactAsync(one, post, kind, Token);
                break;
            case 3:
                await actions.BookmarkAsync(one, post, Token);
                break;
            default:
                await actions.UnbookmarkAsync(one, post, Token);
                break;
        }
    }
}
