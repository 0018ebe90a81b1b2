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
/// a feed is what one SQL statement says that it is. <c>MADANG_FEED_READS</c> sets how many reads are checked; the seed is in the name of what fails.
/// </summary>
public abstract class TimelineModelFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private const int People = 14;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_happens_a_feed_is_what_the_rows_say()
    {
        var reads = int.TryParse(Environment.GetEnvironmentVariable("MADANG_FEED_READS"), out var asked) ? asked : 120;
        for (var seed = 1; reads > 0; seed++)
        {
            try
            {
                reads -= await HistoryAsync(new Random(seed), Math.Min(reads, 2_000));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                throw new InvalidOperationException($"Seed {seed}: {fault.Message}", fault);
            }
        }
    }

    private async Task<int> HistoryAsync(Random random, int reads)
    {
        await using var world = await TimelineWorld.OpenAsync(fresh);
        var people = new List<UserId>();
        for (var i = 0; i < People; i++)
        {
            people.Add(await world.Posts.PersonAsync($"p{i}"));
        }

        var written = new List<(UserId Author, PostId Id)>();
        for (var read = 0; read < reads; read++)
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

            await LookAsync(world, people[random.Next(People)], random);
        }

        return reads;
    }

    private static async Task LookAsync(TimelineWorld world, UserId viewer, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                await world.CheckAsync(viewer, 1 + random.Next(30));
                break;
            case 1:
                var up = await world.ReadAsync(viewer, FeedQuery.Newest(FeedName.Home, 100) with { Up = true, OldestFirst = true });
                var oldest = (await world.NaiveAsync(viewer)).Select(one => one.Id).Reverse();
                Assert.Subset(oldest.ToHashSet(), up.Posts.Select(post => post.Facts.Id.Value).ToHashSet());
                Assert.Equal(oldest.Take(1), up.Posts.Take(1).Select(post => post.Facts.Id.Value));
                break;
            default:
                // Most read the top only.
                var expected = await world.NaiveAsync(viewer);
                var page = await world.NewestAsync(viewer, 1 + random.Next(20));
                var (shown, lowest) = (page.Posts.Select(post => post.Facts.Id.Value).ToList(), page.Next is null ? 0 : page.Posts[^1].Facts.Id.Value);
                var said = expected.Where(one => shown.Contains(one.Id)).Select(one => one.Said).ToHashSet();
                Assert.Equal(shown, expected.Where(one => one.Id >= lowest && shown.Contains(one.Id)).Select(one => one.Id));
                Assert.All(expected.Where(one => one.Id >= lowest), one => Assert.True(said.Contains(one.Said), $"{viewer} lacks {one.Id}"));
                break;
        }
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
                Keep(one, await world.Posts.TryShareAsync(one, written[random.Next(written.Count)].Id));
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
        switch (random.Next(6))
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
}
