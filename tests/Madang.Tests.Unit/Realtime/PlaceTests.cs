using Madang.Realtime.Delivery;
using Madang.Realtime.Reading;

namespace Madang.Tests.Unit.Realtime;

/// <summary>Where a reader stands: whatever order hints and pages come in, it takes every position once, in order.</summary>
public sealed class PlaceTests
{
    private static readonly ReadOnlyMemory<byte> Tail = new byte[] { 1 };

    [Fact]
    public void It_begins_behind_and_goes_live_with_the_last_page()
    {
        var place = new Place(5);
        Assert.True(place.IsBehind);
        Assert.False(place.TryPass(new ReadEntry(6, Tail)));
        place.TakePage(new ReadPage(false, 8, true, []), 0);
        Assert.True(place.IsBehind);
        place.TakePage(new ReadPage(false, 9, false, []), 0);
        Assert.False(place.IsBehind);
        Assert.True(place.TryPass(new ReadEntry(10, Tail)));
        Assert.False(place.TryPass(new ReadEntry(10, Tail)));
        Assert.Equal(11, place.Next);
    }

    [Fact]
    public void What_came_while_a_page_was_read_is_taken_after_it_and_once()
    {
        var place = new Place(0);
        place.Hint(new ReadEntry(3, Tail));
        place.Hint(new ReadEntry(2, Tail));
        place.Hint(new ReadEntry(3, Tail));
        place.TakePage(new ReadPage(false, 2, false, []), 0);
        Assert.False(place.IsBehind);
        Assert.Equal([3], Take(ref place));
        Assert.Empty(Take(ref place));
    }

    [Fact]
    public void A_hole_is_watched_from_when_it_opens_until_it_closes_or_is_given_up()
    {
        var place = Live(0);
        place.Hint(new ReadEntry(2, Tail));
        Assert.Empty(Take(ref place));
        Assert.True(place.WatchHole(1000));
        Assert.False(place.WatchHole(1100));
        Assert.False(place.PassHole(1299));
        place.Hint(new ReadEntry(1, Tail));
        Assert.Equal([1, 2], Take(ref place));
        Assert.False(place.WatchHole(1299));
        Assert.Equal(long.MaxValue, place.HoleSince);

        place.Hint(new ReadEntry(4, Tail));
        Assert.Empty(Take(ref place));
        Assert.True(place.WatchHole(2000));
        Assert.True(place.PassHole(2300));
        Assert.True(place.IsBehind);
    }

    [Fact]
    public void An_entry_that_may_not_be_shown_live_sends_the_reader_to_the_store()
    {
        var place = Live(0);
        place.Hint(new ReadEntry(1, default));
        Assert.Empty(Take(ref place));
        Assert.True(place.IsBehind);
        place.TakePage(new ReadPage(false, 1, false, []), place.Hinted);
        Assert.False(place.IsBehind);
    }

    [Fact]
    public void More_than_it_holds_sends_the_reader_to_the_store()
    {
        var place = Live(0);
        for (var pos = 2; pos < 2 + Place.MostHeld; pos++)
        {
            place.Hint(new ReadEntry(pos, Tail));
        }

        Assert.Empty(Take(ref place));
        Assert.True(place.IsBehind);
    }

    [Fact]
    public void A_hint_of_what_the_store_does_not_have_does_not_keep_it_reading_for_ever()
    {
        var place = new Place(0);
        place.HintHead(100);
        Assert.True(place.IsBehind);
        place.TakePage(new ReadPage(false, 7, false, []), place.Hinted);
        Assert.False(place.IsBehind);
        Assert.False(place.WatchHole(0));
    }

    /// <summary>Random orders, losses and repetitions of hints against the simple truth that everything up to the head is taken once, in order.</summary>
    [Fact]
    public void Any_order_of_hints_and_pages_takes_every_position_once()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var place = new Place(0);
            var head = 0L;
            var taken = new List<long>();
            var late = new List<long>();
            for (var step = 0; step < 200 || taken.Count < head; step++)
            {
                if (step < 200 && random.Next(3) > 0)
                {
                    head++;
                    if (random.Next(10) > 0)
                    {
                        late.Add(head);
                    }
                    else
                    {
                        place.HintHead(random.Next(2) == 0 ? head : 0);
                    }
                }

                if (late.Count > 0 && random.Next(2) == 0)
                {
                    var which = random.Next(late.Count);
                    var entry = new ReadEntry(late[which], random.Next(8) == 0 ? default : Tail);
                    late.RemoveAt(which);
                    if (place.TryPass(entry))
                    {
                        taken.Add(entry.Pos);
                    }
                    else
                    {
                        place.Hint(entry);
                    }
                }

                taken.AddRange(Take(ref place));
                place.WatchHole(step * 100);
                place.PassHole(step * 100);
                if (place.IsBehind || (step >= 200 && late.Count == 0))
                {
                    var hinted = place.Hinted;
                    var from = place.Next!.Value;
                    var through = Math.Min(head, from - 1 + random.Next(0, 10));
                    taken.AddRange(Enumerable.Range(0, (int)(through - from + 1)).Select(i => from + i));
                    place.TakePage(new ReadPage(false, through, through < head, []), hinted);
                    taken.AddRange(Take(ref place));
                }
            }

            Assert.Equal(Enumerable.Range(1, (int)head).Select(pos => (long)pos), taken);
        }
    }

    private static Place Live(long since)
    {
        var place = new Place(since);
        place.TakePage(new ReadPage(false, since, false, []), 0);
        return place;
    }

    private static List<long> Take(ref Place place)
    {
        var taken = new List<long>();
        while (place.TryTake(out var entry))
        {
            taken.Add(entry.Pos);
        }

        return taken;
    }
}
