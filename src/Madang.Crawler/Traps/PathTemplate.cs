using System.Buffers;

namespace Madang.Crawler.Traps;

/// <summary>
/// What a URL looks like when its numbers, dates, ids and long words are left out: <c>/shop/*/item-*?page&amp;sort</c>. Pages of one template tend to be of one kind, so that what came of some tells what
/// to expect of the rest.
/// </summary>
internal readonly ref struct PathTemplate
{
    /// <summary>Room for <see cref="Of"/>.</summary>
    public const int BufferLength = 640;

    private const int OddFree = 2;
    private const int MostSegments = 12;
    private const int MostNames = 12;
    private const int MostText = 240;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    private PathTemplate(ReadOnlySpan<byte> text, ReadOnlySpan<byte> group, int free)
    {
        Text = text;
        Group = group;
        Free = free;
    }

    /// <summary>The template.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>What it has in common with its siblings: the first segment, <c>/shop/**</c>, or with a query the path, <c>/shop/*?**</c>.</summary>
    public ReadOnlySpan<byte> Group { get; }

    /// <summary>How many repetitions are met with patience at first: fewer where the URL itself looks like a trap (a date, a session, many parameters, many numbers).</summary>
    public int Free { get; }

    /// <summary>Whether the URL itself looks like a trap.</summary>
    public bool IsOdd => Free <= OddFree;

    /// <param name="pathAndQuery">Normalised: begins with a slash.</param>
    /// <param name="buffer">At least <see cref="BufferLength"/>; the spans of the result lie in it.</param>
    public static PathTemplate Of(ReadOnlySpan<byte> pathAndQuery, Span<byte> buffer)
    {
        var mark = pathAndQuery.IndexOf((byte)'?');
        var path = mark < 0 ? pathAndQuery : pathAndQuery[..mark];
        var text = new Utf8Line(buffer[..(BufferLength / 2)]);
        var shape = WritePath(path, ref text, out var firstEnd);
        var group = new Utf8Line(buffer[(BufferLength / 2)..BufferLength]);
        var names = 0;
        if (mark >= 0 && mark + 1 < pathAndQuery.Length)
        {
            group.Add(text.Written);
            group.Add("?**"u8);
            names = WriteNames(pathAndQuery[(mark + 1)..], ref text);
        }
        else
        {
            group.Add(text.Written[..firstEnd]);
            group.Add("/**"u8);
        }
        var free = shape.IsOdd || shape.Wildcards >= 4 || names >= 3 ? OddFree : names >= 1 ? 3 : 6;
        return new PathTemplate(text.Written, group.Written, free);
    }

    /// <summary>The group of a template that was kept as text.</summary>
    public static string GroupOf(string template)
    {
        var mark = template.IndexOf('?', StringComparison.Ordinal);
        if (mark >= 0)
        {
            return template[..mark] + "?**";
        }
        var slash = template.Length > 1 ? template.IndexOf('/', 1) : -1;
        return (slash < 0 ? "" : template[..slash]) + "/**";
    }

    public static bool IsGroup(string template) => template.EndsWith("/**", StringComparison.Ordinal) || template.EndsWith("?**", StringComparison.Ordinal);

    /// <summary>FNV-1a, mixed: the same on every node, and no secret (a host can only confuse its own templates).</summary>
    public static long Hash(ReadOnlySpan<byte> text)
    {
        var hash = 14695981039346656037ul;
        foreach (var b in text)
        {
            hash = (hash ^ b) * 1099511628211ul;
        }
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93ul;
        return (long)(hash ^ (hash >> 32));
    }

    private static (int Wildcards, bool IsOdd) WritePath(ReadOnlySpan<byte> path, ref Utf8Line text, out int firstEnd)
    {
        var (wildcards, isOdd, isYear, segments) = (0, false, false, 0);
        firstEnd = 0;
        for (var rest = path.Length > 0 && path[0] == '/' ? path[1..] : path; ; segments++)
        {
            var slash = rest.IndexOf((byte)'/');
            var segment = slash < 0 ? rest : rest[..slash];
            if (segments == MostSegments || text.Length > MostText)
            {
                text.Add("/+"u8);
                break;
            }
            text.Add((byte)'/');
            var kind = SegmentShape.Of(segment);
            SegmentShape.Write(segment, kind, ref text);
            if (kind is not SegmentKind.Word)
            {
                wildcards++;
            }
            // A year that another number follows is a date cut by slashes.
            isOdd |= kind is SegmentKind.Token or SegmentKind.Date || (isYear && kind == SegmentKind.Number);
            isYear = kind == SegmentKind.Number && SegmentShape.IsYear(segment);
            if (segments == 0)
            {
                // The only segment of a path is the page itself.
                firstEnd = slash < 0 ? 0 : text.Length;
            }
            if (slash < 0)
            {
                break;
            }
            rest = rest[(slash + 1)..];
        }
        return (wildcards, isOdd);
    }

    /// <summary>Appends the distinct names of the parameters in byte order.</summary>
    private static int WriteNames(ReadOnlySpan<byte> query, ref Utf8Line text)
    {
        Span<Range> names = stackalloc Range[MostNames];
        var count = 0;
        for (var at = 0; at <= query.Length && count < MostNames;)
        {
            var end = query[at..].IndexOf((byte)'&');
            end = end < 0 ? query.Length : at + end;
            var equals = query[at..end].IndexOf((byte)'=');
            Insert(query, names, ref count, at..(equals < 0 ? end : at + equals));
            at = end + 1;
        }
        text.Add((byte)'?');
        for (var i = 0; i < count && text.Length <= MostText; i++)
        {
            if (i > 0)
            {
                text.Add((byte)'&');
            }
            var name = query[names[i]];
            SegmentShape.Write(name, name.ContainsAny(Digits) || name.Length > 24 ? SegmentShape.Of(name) : SegmentKind.Word, ref text);
        }
        return count;
    }

    private static void Insert(ReadOnlySpan<byte> query, Span<Range> names, ref int count, Range name)
    {
        var place = count;
        for (; place > 0; place--)
        {
            var order = query[names[place - 1]].SequenceCompareTo(query[name]);
            if (order == 0)
            {
                return;
            }
            if (order < 0)
            {
                break;
            }
        }
        names[place..count].CopyTo(names[(place + 1)..]);
        names[place] = name;
        count++;
    }
}
