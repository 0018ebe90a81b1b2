using System.Diagnostics;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Dedupe;
using Madang.Crawler.Frontier;

namespace Madang.Tests.Unit.Crawler;

/// <summary>Which page repeats which.</summary>
public sealed class FingerprintTests(ITestOutputHelper output)
{
    private static readonly UrlKey Nobody = new(-1, -1);

    [Fact]
    public void The_nearest_page_is_what_comparing_with_all_of_them_says() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var prints = new Fingerprints(10_000);
        var pages = new List<(UrlKey Key, long Sim)>();
        for (var i = 1; i <= 300; i++)
        {
            // A third of the pages stands a few bits from an earlier one.
            var sim = pages.Count > 0 && random.Next(3) == 0 ? Flip(pages[random.Next(pages.Count)].Sim, random.Next(6), random) : random.NextInt64();
            var self = new UrlKey(1, i);
            var nearest = pages.Select(p => Bits(p.Sim, sim)).Append(64).Min();
            var found = prints.FindNear(sim, self);
            if (nearest <= 3 != found is not null || (found is { } key && Bits(pages.Single(p => p.Key == key).Sim, sim) != nearest))
            {
                return false;
            }
            prints.Add(self, i, sim);
            pages.Add((self, sim));
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_body_is_found_by_its_hash_and_never_as_its_own_copy()
    {
        var prints = new Fingerprints(100);
        prints.Add(new UrlKey(1, 1), 77, 0);
        Assert.Equal(new UrlKey(1, 1), prints.FindBody(77, new UrlKey(1, 2)));
        Assert.Null(prints.FindBody(77, new UrlKey(1, 1)));
        Assert.Null(prints.FindBody(78, Nobody));
    }

    [Fact]
    public void An_empty_body_and_a_text_too_short_have_no_copies()
    {
        var prints = new Fingerprints(100);
        prints.Add(new UrlKey(1, 1), 0, 0);
        prints.Add(new UrlKey(1, 2), 5, 0);
        Assert.Equal(1, prints.Count);
        Assert.Null(prints.FindBody(0, Nobody));
        Assert.Null(prints.FindNear(0, Nobody));
        Assert.Null(prints.FindNear(1, Nobody));
    }

    [Fact]
    public void A_page_that_changed_stands_for_its_old_text_no_more()
    {
        var prints = new Fingerprints(100);
        prints.Add(new UrlKey(1, 1), 5, 0b1111);
        prints.Add(new UrlKey(1, 2), 0, 0b1111L << 32);
        prints.Forget(new UrlKey(1, 1), 5, 0b1111);
        prints.Forget(new UrlKey(1, 2), 0, 0b1111L << 32);
        prints.Forget(new UrlKey(1, 3), 9, 9);
        Assert.Null(prints.FindBody(5, Nobody));
        Assert.Null(prints.FindNear(0b1111, Nobody));
        Assert.Null(prints.FindNear(0b1111L << 32, Nobody));
    }

    [Fact]
    public void The_oldest_leave_when_there_is_no_room()
    {
        var prints = new Fingerprints(1_000);
        var random = new Random(2);
        var sims = Enumerable.Range(1, 5_000).Select(i => (Key: new UrlKey(1, i), Sim: random.NextInt64())).ToList();
        foreach (var (key, sim) in sims)
        {
            prints.Add(key, key.Hash, sim);
            Assert.InRange(prints.Count, 1, 1_000);
        }
        Assert.All(sims.TakeLast(500), p => Assert.Equal(p.Key, prints.FindNear(p.Sim, Nobody)));
        Assert.All(sims.TakeLast(500), p => Assert.Equal(p.Key, prints.FindBody(p.Key.Hash, Nobody)));
        Assert.All(sims.Take(4_000), p => Assert.Null(prints.FindBody(p.Key.Hash, Nobody)));
    }

    [Fact]
    public void Pages_written_to_share_a_band_neither_slow_a_look_up_nor_hide_the_others()
    {
        var prints = new Fingerprints(200_000);
        var random = new Random(3);
        var honest = random.NextInt64();
        prints.Add(new UrlKey(1, 1), 1, honest);
        for (var i = 2; i < 100_000; i++)
        {
            // The same first band as the honest page, all else at random.
            prints.Add(new UrlKey(1, i), i, (random.NextInt64() & ~0xFFFFL) | (honest & 0xFFFF));
        }
        Assert.Equal(new UrlKey(1, 1), prints.FindNear(Flip(honest, 3, random), Nobody));
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 10_000; i++)
        {
            prints.FindNear((random.NextInt64() & ~0xFFFFL) | (honest & 0xFFFF), Nobody);
        }
        var each = Stopwatch.GetElapsedTime(began).TotalMicroseconds / 10_000;
        Assert.True(each < 100, $"{each:0.0} µs");
    }

    [Fact]
    public async Task Readers_see_whole_pages_while_one_thread_adds()
    {
        var prints = new Fingerprints(60_000);
        using var done = new CancellationTokenSource();
        var cancellation = done.Token;
        var readers = Enumerable.Range(0, 3).Select(r => Task.Run(() =>
        {
            var random = new Random(r);
            long found = 0;
            while (!cancellation.IsCancellationRequested || found == 0)
            {
                var number = random.Next(1, 50_000);
                if (prints.FindNear(Sim(number), Nobody) is { } near)
                {
                    Assert.Equal(new UrlKey(number, number), near);
                    found++;
                }
                if (prints.FindBody(number, Nobody) is { } same)
                {
                    Assert.Equal(new UrlKey(number, number), same);
                }
            }
            return found;
        })).ToList();
        for (var number = 1; number < 50_000; number++)
        {
            prints.Add(new UrlKey(number, number), number, Sim(number));
        }
        Assert.All(Enumerable.Range(1, 49_999).TakeLast(30_000), n => Assert.Equal(new UrlKey(n, n), prints.FindNear(Sim(n), Nobody)));
        await done.CancelAsync();
        Assert.True((await Task.WhenAll(readers)).Sum() > 0);

        static long Sim(int number) => (long)(BigInteger.ModPow(number, 5, 0xFFFFFFFFFFFFFFC5) & long.MaxValue) * -7046029254386353131;
    }

    /// <summary>The figure of the module's README: run with <c>MADANG_MEASURE=1</c>.</summary>
    [Fact]
    public void A_look_up_among_many_pages_is_quick_and_a_page_small()
    {
        var pages = Environment.GetEnvironmentVariable("MADANG_MEASURE") == "1" ? 1_000_000 : 50_000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var prints = new Fingerprints();
        var random = new Random(4);
        var began = Stopwatch.GetTimestamp();
        for (var i = 1; i <= pages; i++)
        {
            prints.Add(new UrlKey(1, i), random.NextInt64(), random.NextInt64());
        }
        var add = Stopwatch.GetElapsedTime(began).TotalNanoseconds / pages;
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / pages;
        began = Stopwatch.GetTimestamp();
        for (var i = 0; i < pages; i++)
        {
            prints.FindNear(random.NextInt64(), Nobody);
        }
        var near = Stopwatch.GetElapsedTime(began).TotalNanoseconds / pages;
        began = Stopwatch.GetTimestamp();
        for (var i = 0; i < pages; i++)
        {
            prints.FindBody(random.NextInt64(), Nobody);
        }
        var body = Stopwatch.GetElapsedTime(began).TotalNanoseconds / pages;
        output.WriteLine($"{pages} pages: {bytes} bytes a page, add {add:0} ns, near {near:0} ns, body {body:0} ns");
        Assert.True(near < 20_000, $"{near:0} ns");
        Assert.Equal(pages, prints.Count);
    }

    private static int Bits(long one, long other) => BitOperations.PopCount((ulong)(one ^ other));

    private static long Flip(long hash, int bits, Random random)
    {
        for (var i = 0; i < bits; i++)
        {
            hash ^= 1L << random.Next(64);
        }
        return hash;
    }
}
