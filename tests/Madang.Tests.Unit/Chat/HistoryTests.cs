using Madang.Chat;

namespace Madang.Tests.Unit.Chat;

public sealed class HistoryTests
{
    [Fact]
    public void Every_window_is_what_a_naive_list_would_give()
    {
        for (var head = 0; head <= 9; head++)
        {
            var all = Enumerable.Range(1, head).Select(seq => (long)seq).ToList();
            for (var limit = 1; limit <= 5; limit++)
            {
                Assert.Equal(all.TakeLast(limit), Seqs(new(null, null, null, limit), head));
                for (var at = 0L; at <= 12; at++)
                {
                    Assert.Equal(all.Where(seq => seq < at).TakeLast(limit), Seqs(new(at, null, null, limit), head));
                    Assert.Equal(all.Where(seq => seq > at).Take(limit), Seqs(new(null, at, null, limit), head));
                    var around = Seqs(new(null, null, at, limit), head).ToList();
                    Assert.Equal(Math.Min(limit, head), around.Count);
                    if (head > 0)
                    {
                        Assert.Contains(Math.Clamp(at, 1, head), around);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(0L, null, null)]
    [InlineData(1L, null, null)]
    [InlineData(long.MaxValue, null, null)]
    [InlineData(null, 0L, null)]
    [InlineData(null, long.MaxValue, null)]
    [InlineData(null, null, 0L)]
    [InlineData(null, null, long.MaxValue)]
    public void The_cursors_of_a_page_lead_to_its_neighbours_without_gap_or_overlap(long? before, long? after, long? around)
    {
        var window = new HistoryQuery(before, after, around, 4).In(10);
        if (window.Prev is not null)
        {
            Assert.Equal(window.First - 1, new HistoryQuery(Seq(window.Prev), null, null, 4).In(10).Last);
        }

        if (window.Next is not null)
        {
            Assert.Equal(window.Last + 1, new HistoryQuery(null, Seq(window.Next), null, 4).In(10).First);
        }

        Assert.Equal(window.First > 1, window.Prev is not null);
        Assert.Equal(window.Last < 10, window.Next is not null);
    }

    [Theory]
    [InlineData("1", "2", null, null, "before")]
    [InlineData(null, "2", "3", null, "after")]
    [InlineData("1", null, "3", null, "before")]
    [InlineData("-1", null, null, null, "before")]
    [InlineData(null, "x", null, null, "after")]
    [InlineData(null, null, "", null, "around")]
    [InlineData(null, null, "1.5", null, "around")]
    [InlineData("１", null, null, null, "before")]
    [InlineData(null, null, null, "0", "limit")]
    [InlineData(null, null, null, "101", "limit")]
    [InlineData(null, null, null, "99999999999999999999", "limit")]
    public void A_query_that_makes_no_sense_is_refused_by_field(string? before, string? after, string? around, string? limit, string field)
    {
        var query = HistoryQuery.Parse(before, after, around, limit);
        Assert.Equal("invalid_fields", query.Error?.Code);
        Assert.Contains(query.Error!.Fields, fault => fault.Field == field);
    }

    [Fact]
    public void A_seq_beyond_64_bits_is_as_far_as_one_can_go()
    {
        Assert.Equal(new HistoryQuery(long.MaxValue, null, null, 50), HistoryQuery.Parse("99999999999999999999", null, null, null).Value);
        Assert.Equal([8L, 9L, 10L], Seqs(new(long.MaxValue, null, null, 3), 10));
        Assert.Empty(Seqs(new(null, long.MaxValue, null, 3), 10));
    }

    private static IEnumerable<long> Seqs(HistoryQuery query, long head)
    {
        var window = query.In(head);
        return window.IsEmpty ? [] : Enumerable.Range((int)window.First, (int)(window.Last - window.First + 1)).Select(seq => (long)seq);
    }

    private static long Seq(string seq) => long.Parse(seq, System.Globalization.CultureInfo.InvariantCulture);
}
