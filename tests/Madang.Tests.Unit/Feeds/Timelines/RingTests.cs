using FsCheck;
using FsCheck.Fluent;
using Madang.Feeds.Timelines;

namespace Madang.Tests.Unit.Feeds.Timelines;

public sealed class RingTests
{
    [Fact]
    public void It_keeps_the_newest_ascending_and_says_where_it_begins()
    {
        var ring = new Ring(64);
        for (var id = 1; id <= 100; id++)
        {
            Assert.True(ring.Insert(id));
        }

        Assert.Equal((64, 37), (ring.Count, ring.Floor));
        Assert.Equal([100, 99, 98], Newest(ring, long.MaxValue, 3, out var completeTo));
        Assert.Equal(98, completeTo);
        Assert.Equal([39, 38, 37], Newest(ring, 40, 10, out completeTo));
        Assert.Equal(37, completeTo);
        Assert.Empty(Newest(ring, 37, 10, out completeTo));
        Assert.Equal(37, completeTo);
    }

    [Fact]
    public void What_is_there_already_or_lies_below_the_floor_is_not_put_in_again()
    {
        var ring = new Ring(4);
        Assert.All(new long[] { 10, 30, 20, 40 }, id => Assert.True(ring.Insert(id)));
        Assert.All(new long[] { 10, 20, 30, 40 }, id => Assert.False(ring.Insert(id)));
        Assert.False(ring.Insert(5));
        Assert.Equal(6, ring.Floor);
        Assert.True(ring.Insert(25));
        Assert.Equal([40, 30, 25, 20], Newest(ring, long.MaxValue, 9, out var completeTo));
        Assert.Equal(11, completeTo);
        Assert.False(ring.Insert(10));
    }

    [Fact]
    public void A_pull_is_merged_with_what_came_meanwhile_and_no_lower_than_it_is_complete()
    {
        var ring = new Ring(8);
        ring.Insert(50);
        ring.Merge([40, 50, 30, 20], 20);
        Assert.Equal([50, 40, 30, 20], Newest(ring, long.MaxValue, 9, out var completeTo));
        Assert.Equal(20, completeTo);
        ring.Merge([45, 25, 10], 24);
        Assert.Equal([50, 45, 40, 30, 25], Newest(ring, long.MaxValue, 9, out completeTo));
        Assert.Equal(24, completeTo);
        ring.Merge([1, 2, 3, 41, 42, 43, 44, 46], 0);
        Assert.Equal([50, 46, 45, 44, 43, 42, 41, 40], Newest(ring, long.MaxValue, 9, out completeTo));
        Assert.Equal(31, completeTo);
    }

    [Fact]
    public void In_whatever_order_ids_come_it_holds_the_newest_of_them() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        order =>
        {
            var (ring, all) = (new Ring(16), new SortedSet<long>());
            foreach (var id in order ?? [])
            {
                var isNew = ring.Insert(id);
                Assert.False(isNew && !all.Add(id));
                all.Add(id);
            }

            return Newest(ring, long.MaxValue, 64, out _).SequenceEqual(all.Reverse().Take(16)) && all.Count(id => id >= ring.Floor) == ring.Count;
        }));

    [Fact]
    public async Task A_reader_beside_the_writer_never_sees_a_hole()
    {
        var ring = new Ring(64);
        const int Last = 200_000;
        var writer = Task.Run(
            () =>
            {
                for (var id = 2; id <= Last; id += 2)
                {
                    // Every third pair comes the wrong way round.
                    ring.Insert(id % 3 == 0 ? id : id - 1);
                    ring.Insert(id % 3 == 0 ? id - 1 : id);
                }
            },
            TestContext.Current.CancellationToken);
        var ids = new long[24];
        while (!writer.IsCompleted)
        {
            foreach (var below in new[] { long.MaxValue, ring.Floor + 40 })
            {
                var count = ring.CopyBelow(below, ids, out var completeTo);
                for (var i = 1; i < count; i++)
                {
                    // The one that comes late may be missing at the very top, and nowhere else. The ring is young when its top lies below what was asked for.
                    Assert.True(ids[i] == ids[i - 1] - 1 || (i == 1 && ids[0] < below - 1 && ids[i] == ids[i - 1] - 2), $"{ids[i - 1]} {ids[i]}");
                }

                Assert.True(count == 0 || completeTo <= ids[0]);
            }
        }

        await writer;
        Assert.Equal(Last, Newest(ring, long.MaxValue, 1, out _)[0]);
    }

    private static long[] Newest(Ring ring, long below, int count, out long completeTo)
    {
        var ids = new long[count];
        return ids[..ring.CopyBelow(below, ids, out completeTo)];
    }
}
