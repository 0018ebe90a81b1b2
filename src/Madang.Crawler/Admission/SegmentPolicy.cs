using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>
/// Paths that go in circles, as relative links on a page that answers under any path make them: more than 32 segments, the same segment three times, or a sequence of two and more at once again
/// (<c>/a/b/a/b</c>). Numbers of up to four digits may repeat: <c>/2026/05/05/05</c> is no circle.
/// </summary>
internal sealed class SegmentPolicy : IUrlPolicy
{
    public const int Most = 32;
    public const int MostAlike = 2;

    private const int LongestNumber = 4;

    public RefusalReason Check(Url url, int depth)
    {
        var path = url.Path;
        Span<Range> segments = stackalloc Range[Most + 1];
        var count = Split(path, segments);
        if (count > Most)
        {
            return RefusalReason.TooManySegments;
        }
        segments = segments[..count];
        return IsSegmentRepeated(path, segments) || IsSequenceRepeated(path, segments) ? RefusalReason.RepeatedSegments : RefusalReason.None;
    }

    /// <summary>The segments that are not empty; one more than <see cref="Most"/> stands for any number more.</summary>
    private static int Split(ReadOnlySpan<byte> path, Span<Range> segments)
    {
        var count = 0;
        for (var at = 0; at < path.Length && count < segments.Length;)
        {
            var end = path[at..].IndexOf((byte)'/');
            end = end < 0 ? path.Length : at + end;
            if (end > at)
            {
                segments[count++] = at..end;
            }
            at = end + 1;
        }
        return count;
    }

    private static bool IsSegmentRepeated(ReadOnlySpan<byte> path, ReadOnlySpan<Range> segments)
    {
        for (var i = 0; i + MostAlike < segments.Length; i++)
        {
            var segment = path[segments[i]];
            var alike = 1;
            for (var j = i + 1; j < segments.Length; j++)
            {
                alike += path[segments[j]].SequenceEqual(segment) ? 1 : 0;
            }
            if (alike > MostAlike && !IsShortNumber(segment))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsSequenceRepeated(ReadOnlySpan<byte> path, ReadOnlySpan<Range> segments)
    {
        for (var length = 2; length * 2 <= segments.Length; length++)
        {
            // How many segments in a row equal the one "length" before them, and whether one of them is a name.
            var (run, hasName) = (0, false);
            for (var i = length; i < segments.Length; i++)
            {
                var segment = path[segments[i]];
                if (!segment.SequenceEqual(path[segments[i - length]]))
                {
                    (run, hasName) = (0, false);
                    continue;
                }
                hasName |= !IsShortNumber(segment);
                if (++run >= length && hasName)
                {
                    return true;
                }
            }
        }
        return false;
    }

    private static bool IsShortNumber(ReadOnlySpan<byte> segment) => segment.Length <= LongestNumber && !segment.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
