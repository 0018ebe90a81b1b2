using FsCheck;
using FsCheck.Fluent;
using Madang.Feeds.Timelines;

namespace Madang.Tests.Unit.Feeds.Timelines;

public sealed class FeedRulesTests
{
    [Theory]
    [InlineData(5_001, 0, 0, 0, true)]
    [InlineData(5_000, 0, 0, 0, false)]
    [InlineData(1_001, 101, 0, 0, true)]
    [InlineData(1_000, 101, 0, 0, false)]
    [InlineData(63, 0, 100, 50, false)]
    [InlineData(64, 0, 100, 50, true)]
    [InlineData(64, 0, 15, 50, false)]
    public void An_author_is_pulled_for_followers_for_waiting_or_for_writing_more_than_is_read(int followers, int waitMs, double posts, double perView, bool pulls)
    {
        var policy = new HybridPolicy(5_000, TimeSpan.FromMilliseconds(100), 20);
        var load = new AuthorLoad(followers, TimeSpan.FromMilliseconds(waitMs), posts, perView);
        Assert.Equal(pulls, policy.Pulls(false, load));
        // Who is pulled stays so until well below.
        Assert.Equal(pulls || followers > 2_500, policy.Pulls(true, load) && (pulls || followers > 2_500));
    }

    [Fact]
    public void What_happened_a_day_ago_counts_half()
    {
        var frequency = default(Frequency);
        frequency.Add(0);
        frequency.Add(0);
        Assert.Equal(1, frequency.At((long)TimeSpan.FromDays(1).TotalMilliseconds), 3);
        frequency.Add((long)TimeSpan.FromDays(1).TotalMilliseconds);
        Assert.Equal(2, frequency.At((long)TimeSpan.FromDays(1).TotalMilliseconds), 3);
    }

    [Fact]
    public void A_cursor_is_read_back_as_it_was_written() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<(uint Feed, long From, long Bound, bool Up, bool Oldest)>(),
        drawn =>
        {
            var cursor = new FeedCursor(drawn.Feed, drawn.From & long.MaxValue, drawn.Bound & long.MaxValue, drawn.Up, drawn.Oldest);
            return FeedCursor.TryRead(cursor.ToString(), out var back) && back == cursor;
        }));

    [Theory]
    [InlineData("")]
    [InlineData("AQ")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AQ8AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AQD_____gAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AQAAAAAAgAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("한글한글한글한글한글한글한글한글한글한글한글한글한글한글한글")]
    [InlineData("AQAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    public void What_we_did_not_write_is_no_cursor(string text)
    {
        var query = FeedQuery.Parse(FeedName.Home, text, null, null, null, null);
        Assert.True(text.Length == 0 ? query.IsOk : !FeedCursor.TryRead(text, out var read) || read.From >= 0);
        Assert.True(text.Length == 0 || !query.IsOk || text.StartsWith("AQD", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cursor_of_another_feed_or_with_another_order_is_refused()
    {
        var cursor = FeedQuery.Newest(FeedName.OfList(7), 20).After(100);
        Assert.True(FeedQuery.Parse(FeedName.OfList(7), cursor, "5", null, null, null).IsOk);
        Assert.Equal("cursor", Assert.Single(FeedQuery.Parse(FeedName.Home, cursor, null, null, null, null).Error!.Fields).Field);
        Assert.False(FeedQuery.Parse(FeedName.OfTag("7"), cursor, null, null, null, null).IsOk);
        Assert.False(FeedQuery.Parse(FeedName.OfList(7), cursor, null, "oldest", null, null).IsOk);
        Assert.False(FeedQuery.Parse(FeedName.OfList(7), cursor, null, null, "5", null).IsOk);
    }

    [Theory]
    [InlineData("limit", "0", null, null, null)]
    [InlineData("limit", "101", null, null, null)]
    [InlineData("order", null, "best", null, null)]
    [InlineData("since", null, null, "-1", null)]
    [InlineData("since", null, null, "", null)]
    [InlineData("seen", null, null, null, "99999999999999999999")]
    public void Each_part_of_a_query_is_checked(string field, string? limit, string? order, string? since, string? seen) =>
        Assert.Equal(field, Assert.Single(FeedQuery.Parse(FeedName.Home, null, limit, order, since, seen).Error!.Fields).Field);

    [Fact]
    public void Gathering_finds_what_sorting_everything_would() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<(byte[] Authors, byte[] Writers, byte From, byte Count, bool Up)>(),
        drawn => Gather(drawn.Authors ?? [], drawn.Writers ?? [], drawn.From, drawn.Count, drawn.Up)));

    private static void Gather(byte[] authors, byte[] writers, byte from, byte count, bool up)
    {
        long[] wanted = [.. authors.Select(author => (long)(author % 16)).Distinct().Order()];
        var posts = writers.Select((writer, i) => (Id: i + 1L, Author: (long)(writer % 16))).ToList();
        var reach = new Reach(from, up, 1 + (count % 20));
        var gathering = new Gathering(wanted, reach);
        var ordered = (up ? posts.Where(post => post.Id > from) : posts.Where(post => post.Id < from).Reverse()).ToList();
        var (along, more) = (0, true);
        // A small budget, so that both parts have their turn.
        while (along < ordered.Count && along < 5 && (more = gathering.Along(ordered[along].Id, ordered[along].Author)))
        {
            along++;
        }

        Slice found;
        if (more && along == ordered.Count)
        {
            found = gathering.AtEnd();
        }
        else
        {
            foreach (var author in gathering.IsDone ? [] : wanted)
            {
                foreach (var (id, _) in ordered.Where(post => post.Author == author && (up ? post.Id > gathering.From : post.Id < gathering.From)))
                {
                    if (!gathering.Take(id))
                    {
                        break;
                    }
                }
            }

            found = gathering.Finish();
        }

        long[] expected = [.. ordered.Where(post => wanted.Contains(post.Author)).Select(post => post.Id).Take(reach.Count)];
        Assert.Equal(expected, found.Ids);
        Assert.Equal(expected.Length == reach.Count ? expected[^1] : up ? long.MaxValue : 0, found.CompleteTo);
    }
}
