using System.Buffers.Binary;

namespace Madang.Notifications.Limits;

/// <summary>At most so many within any hour and any day; null for no limit.</summary>
internal readonly record struct Allowance(int? PerHour, int? PerDay)
{
    public bool IsNone => PerHour is null && PerDay is null;
}

/// <summary>
/// How often somebody was disturbed lately: a sliding window, kept as counts of five minutes (for the hour) and of one hour (for the day). What a bucket holds is
/// counted until all of it is older than the window, so the limit is never exceeded and opens again at most one bucket late. Immutable.
/// </summary>
internal sealed class Tally
{
    public const int Size = (2 * sizeof(long)) + (sizeof(ushort) * (HourBuckets + DayBuckets));
    private const int HourBuckets = 13;
    private const int DayBuckets = 25;
    private const long HourWidth = 5 * 60 * 1_000;
    private const long DayWidth = 60 * 60 * 1_000;

    // The newest bucket's number, then its count and those before it.
    private readonly long _hour;
    private readonly ushort[] _hours;
    private readonly long _day;
    private readonly ushort[] _days;

    private Tally(long hour, ushort[] hours, long day, ushort[] days) => (_hour, _hours, _day, _days) = (hour, hours, day, days);

    public static Tally Empty { get; } = new(0, new ushort[HourBuckets], 0, new ushort[DayBuckets]);

    public int InHour(DateTimeOffset now) => Count(_hours, _hour, Bucket(now, HourWidth));

    public int InDay(DateTimeOffset now) => Count(_days, _day, Bucket(now, DayWidth));

    /// <summary>One more.</summary>
    public Tally Add(DateTimeOffset now)
    {
        var (hours, hour) = Add(_hours, _hour, Bucket(now, HourWidth));
        var (days, day) = Add(_days, _day, Bucket(now, DayWidth));
        return new(hour, hours, day, days);
    }

    public bool Allows(Allowance allowance, DateTimeOffset now) => !(InHour(now) >= allowance.PerHour) && !(InDay(now) >= allowance.PerDay);

    /// <summary>When one more is allowed, if none comes before: now, or the end of a bucket. Never, which is a day on, for a limit of none at all.</summary>
    public DateTimeOffset FreeAt(Allowance allowance, DateTimeOffset now)
    {
        var at = now;
        for (var i = 0; i < HourBuckets + DayBuckets && !Allows(allowance, at); i++)
        {
            at = NextBucket(at, InDay(at) >= allowance.PerDay ? DayWidth : HourWidth);
        }

        return at;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        var rest = Write(bytes, _hour, _hours);
        Write(rest, _day, _days);
        return bytes;
    }

    /// <summary>As it was stored; empty for bytes that are none of ours.</summary>
    public static Tally Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            return Empty;
        }

        var (hours, days) = (new ushort[HourBuckets], new ushort[DayBuckets]);
        var rest = Read(bytes, out var hour, hours);
        Read(rest, out var day, days);
        return new(hour, hours, day, days);
    }

    private static long Bucket(DateTimeOffset now, long width) => now.ToUnixTimeMilliseconds() / width;

    private static DateTimeOffset NextBucket(DateTimeOffset at, long width) => DateTimeOffset.FromUnixTimeMilliseconds((Bucket(at, width) + 1) * width);

    private static int Count(ushort[] counts, long newest, long bucket)
    {
        // A clock that was set back counts from the newest that was seen.
        var age = Math.Max(0, bucket - newest);
        var sum = 0;
        for (var i = 0; i < counts.Length - age; i++)
        {
            sum += counts[i];
        }

        return sum;
    }

    private static (ushort[] Counts, long Newest) Add(ushort[] counts, long newest, long bucket)
    {
        var moved = new ushort[counts.Length];
        var age = Math.Max(0, bucket - newest);
        for (var i = age; i < counts.Length; i++)
        {
            moved[i] = counts[i - age];
        }

        moved[0] = moved[0] == ushort.MaxValue ? moved[0] : (ushort)(moved[0] + 1);
        return (moved, Math.Max(newest, bucket));
    }

    private static Span<byte> Write(Span<byte> bytes, long newest, ushort[] counts)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, newest);
        for (var i = 0; i < counts.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[(sizeof(long) + (i * sizeof(ushort)))..], counts[i]);
        }

        return bytes[(sizeof(long) + (counts.Length * sizeof(ushort)))..];
    }

    private static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes, out long newest, ushort[] counts)
    {
        newest = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(sizeof(long) + (i * sizeof(ushort)))..]);
        }

        return bytes[(sizeof(long) + (counts.Length * sizeof(ushort)))..];
    }
}
