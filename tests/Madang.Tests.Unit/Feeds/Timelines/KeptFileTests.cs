using System.Buffers.Binary;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Madang.Api;
using Madang.Feeds.Timelines;
using Madang.Feeds.Timelines.Keeping;

namespace Madang.Tests.Unit.Feeds.Timelines;

public sealed class KeptFileTests
{
    private const int HeaderBytes = 40;
    private const int EntryBytes = 28;
    private static readonly byte[] Token = [.. Enumerable.Range(1, KeptFile.TokenBytes).Select(i => (byte)i)];

    [Fact]
    public void What_is_written_is_read_whatever_the_ids() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<(long User, long[] Ids, long[] Pulled, NonNegativeInt Below)[]>(),
        some =>
        {
            KeptRing[] rings =
            [
                .. some.DistinctBy(one => one.User).Select(one =>
                {
                    var ids = Ascending(one.Ids);
                    var floor = ids.Length == 0 ? one.Below.Get : Math.Max(0, ids[0] - one.Below.Get);
                    return new KeptRing(new UserId(one.User), KeptRing.DigestOf(one.Ids), Ascending(one.Pulled), floor, ids);
                }),
            ];
            var file = KeptFile.Parse(KeptFile.Write(Token, rings, int.MaxValue, out var count))!;
            Assert.Equal((rings.Length, rings.Length), (count, file.Count));
            Assert.Equal(Token, file.Token);
            foreach (var ring in rings)
            {
                var read = file.At(file.PlaceOf(ring.User))!;
                Assert.Equal((ring.User, ring.Sources, ring.Floor), (read.User, read.Sources, read.Floor));
                Assert.Equal(ring.Ids, read.Ids);
                Assert.Equal(ring.Pulled, read.Pulled);
            }

            return file.PlaceOf(new UserId(rings.Select(ring => ring.User.Value).DefaultIfEmpty().Max() - 1)) is var place
                && (place < 0 || rings.Any(ring => ring.User == file.At(place)!.User));
        }));

    [Fact]
    public void A_file_torn_at_any_length_or_with_any_bit_turned_is_none()
    {
        var whole = Small();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Null(KeptFile.Parse(whole[..length]));
        }

        Assert.Null(KeptFile.Parse([.. whole, 0]));
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var turned = whole.ToArray();
            turned[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(KeptFile.Parse(turned));
        }

        Assert.NotNull(KeptFile.Parse(whole));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(1)]
    [InlineData(0)]
    public void A_count_that_is_not_the_files_makes_it_none_even_under_a_digest_that_fits(int count) =>
        Assert.Null(KeptFile.Parse(Signed(bytes => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), count))));

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void An_end_outside_of_the_file_makes_it_none(int end)
    {
        Assert.Null(KeptFile.Parse(Signed(bytes => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(HeaderBytes + 24), end))));
        Assert.Null(KeptFile.Parse(Signed(bytes => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(HeaderBytes + EntryBytes + 24), end))));
    }

    [Fact]
    public void A_file_of_another_version_or_with_a_user_twice_is_none()
    {
        Assert.NotNull(KeptFile.Parse(Signed(_ => { })));
        Assert.Null(KeptFile.Parse(Signed(bytes => bytes[8]++)));
        Assert.Null(KeptFile.Parse(Signed(bytes => bytes.AsSpan(HeaderBytes, 8).CopyTo(bytes.AsSpan(HeaderBytes + EntryBytes)))));
    }

    [Fact]
    public void Whatever_stands_in_a_ring_under_a_digest_that_fits_nothing_larger_is_made_of_it()
    {
        var random = new Random(7);
        var bodies = HeaderBytes + (2 * EntryBytes);
        var (rings, others) = (0, 0);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = Signed(all =>
            {
                for (var turns = 1 + random.Next(4); turns > 0; turns--)
                {
                    // Often what a large number begins with.
                    all[bodies + random.Next(all.Length - SHA256.HashSizeInBytes - bodies)] = random.Next(2) == 0 ? (byte)0xff : (byte)random.Next(256);
                }
            });
            var file = KeptFile.Parse(bytes)!;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var place = 0; place < file.Count; place++)
            {
                if (file.At(place) is not { } ring)
                {
                    others++;
                    continue;
                }

                rings++;
                Assert.Equal(Ascending(ring.Ids), ring.Ids);
                Assert.True(ring.Floor >= 0 && (ring.Ids.Length == 0 || ring.Ids[0] >= ring.Floor));
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16_384);
        }

        Assert.True(rings > 100 && others > 100, $"{rings} rings, {others} none");
    }

    [Fact]
    public void As_many_have_room_as_fit_and_the_first_ones_go_first()
    {
        KeptRing[] rings = [.. Enumerable.Range(1, 100).Select(i => new KeptRing(new UserId(1000 - i), 0, [], 0, [.. Enumerable.Range(1, 50).Select(id => (long)id << 40)]))];
        var bytes = KeptFile.Write(Token, rings, 4_096, out var count);
        Assert.InRange(bytes.Length, 3_500, 4_096);
        Assert.InRange(count, 5, 99);
        var file = KeptFile.Parse(bytes)!;
        Assert.All(rings.Take(count), ring => Assert.True(file.PlaceOf(ring.User) >= 0));
        Assert.All(rings.Skip(count), ring => Assert.True(file.PlaceOf(ring.User) < 0));
        Assert.Empty(KeptFile.Parse(KeptFile.Write(Token, rings, 0, out count))!.Token.Except(Token));
        Assert.Equal(0, count);
    }

    [Fact]
    public void A_ring_is_handed_out_once_with_what_its_people_did_since_and_to_nobody_who_reads_others()
    {
        var (aim, others) = (new Aim([3, 5, 9], 1, [9], 0), new Aim([3, 5], 1, [], 0));
        KeptRing Of(long user) => new(new UserId(user), KeptRing.DigestOf(aim.Sources), [5, 9], 20, [20, 30]);
        var kept = new KeptTimelines();
        kept.Heard(5, 40, false);
        Assert.Null(kept.Take(new UserId(1), aim));
        kept.Open(KeptFile.Parse(KeptFile.Write(Token, [Of(1), Of(2)], int.MaxValue, out _))!);
        kept.Heard(4, 41, false);
        kept.Heard(3, 42, false);
        Assert.Null(kept.Take(new UserId(7), aim));
        Assert.Null(kept.Take(new UserId(2), others));
        var timeline = kept.Take(new UserId(1), aim)!;
        Assert.Equal([20, 30, 40, 42], timeline.Ids);
        Assert.Equal((20, false), (timeline.CompleteTo, timeline.MayLackDirect));
        Assert.Equal([5], timeline.Lacking);
        Assert.Equal(0, kept.Count);
        Assert.Null(kept.Take(new UserId(1), aim));
        Assert.Null(kept.Take(new UserId(2), aim));
    }

    [Fact]
    public void What_is_noted_is_bounded_and_beyond_the_bound_nothing_is_handed_out()
    {
        var kept = new KeptTimelines();
        for (var i = 0; i < KeptTimelines.MostSince; i++)
        {
            kept.Heard(1, i, false);
        }

        Assert.False(kept.IsClosed);
        kept.Heard(1, 0, false);
        Assert.True(kept.IsClosed);
        kept.Open(KeptFile.Parse(Small())!);
        Assert.Equal(0, kept.Count);
    }

    private static long[] Ascending(IEnumerable<long> ids) => [.. ids.Where(id => id > 0).Distinct().Order()];

    private static byte[] Small() => KeptFile.Write(
        Token,
        [
            new(new UserId(77), 7, [], 500, [1L << 40, (1L << 40) + 1, 1L << 50]),
            new(new UserId(12), UInt128.MaxValue, [4, 9, long.MaxValue], 0, [1, 2, 300, 70_000, long.MaxValue]),
        ],
        int.MaxValue,
        out _);

    /// <summary>A small file that somebody changed who knows how it is sealed.</summary>
    private static byte[] Signed(Action<byte[]> change)
    {
        var bytes = Small();
        change(bytes);
        var whole = bytes.Length - SHA256.HashSizeInBytes;
        SHA256.HashData(bytes.AsSpan(0, whole), bytes.AsSpan(whole));
        return bytes;
    }
}
