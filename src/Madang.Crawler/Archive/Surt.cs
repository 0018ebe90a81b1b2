namespace Madang.Crawler.Archive;

/// <summary>
/// The sort key of a URL in an archive's index: <c>com,example)/path?a=1&amp;b=2</c>, as Python's surt makes it: host reversed without www, lower case, parameters in order,
/// no slash at the end. Session ids are not looked for: the URL is normalised.
/// </summary>
internal static class Surt
{
    public static void Write(ReadOnlySpan<byte> url, PooledOutput output)
    {
        var scheme = url.IndexOf("://"u8);
        var isHttps = scheme == 5;
        url = scheme < 0 ? url : url[(scheme + 3)..];
        var fragment = url.IndexOf((byte)'#');
        url = fragment < 0 ? url : url[..fragment];
        var end = url.IndexOfAny("/?"u8);
        var authority = end < 0 ? url : url[..end];
        var rest = end < 0 ? "/"u8 : url[end..];
        Host(authority[(authority.LastIndexOf((byte)'@') + 1)..], isHttps, output);
        output.WriteByte((byte)')');
        var query = rest.IndexOf((byte)'?');
        Path(query < 0 ? rest : rest[..query], output);
        if (query >= 0 && query + 1 < rest.Length)
        {
            output.WriteByte((byte)'?');
            Query(rest[(query + 1)..], output);
        }
    }

    private static void Host(ReadOnlySpan<byte> host, bool isHttps, PooledOutput output)
    {
        var colon = host.LastIndexOf((byte)':');
        var port = colon > host.LastIndexOf((byte)']') ? host[(colon + 1)..] : default;
        host = WithoutWww(port.IsEmpty && colon != host.Length - 1 ? host : host[..colon]);
        if (host is [(byte)'[', ..])
        {
            Lower(host, output);
        }
        else
        {
            for (int dot; (dot = host.LastIndexOf((byte)'.')) >= 0; host = host[..dot])
            {
                Lower(host[(dot + 1)..], output);
                output.WriteByte((byte)',');
            }

            Lower(host, output);
        }

        if (!port.IsEmpty && !port.SequenceEqual(isHttps ? "443"u8 : "80"u8))
        {
            output.WriteByte((byte)':');
            output.Write(port);
        }
    }

    private static ReadOnlySpan<byte> WithoutWww(ReadOnlySpan<byte> host)
    {
        if (!HttpHead.Is(host, "www"u8))
        {
            return host;
        }

        var rest = host[3..].TrimStart("0123456789"u8);
        return rest is [(byte)'.', _, ..] ? rest[1..] : host;
    }

    private static void Path(ReadOnlySpan<byte> path, PooledOutput output)
    {
        path = path is [_, .., (byte)'/'] ? path[..^1] : path;
        Lower(path.IsEmpty ? "/"u8 : path, output);
    }

    private static void Query(ReadOnlySpan<byte> query, PooledOutput output)
    {
        if (!query.Contains((byte)'&'))
        {
            Lower(query, output);
            return;
        }

        using var lower = new PooledOutput(query.Length * 3);
        Lower(query, lower);
        var text = lower.Written.ToArray();
        var parts = new List<Range>();
        foreach (var part in text.AsSpan().Split((byte)'&'))
        {
            parts.Add(part);
        }

        parts.Sort((a, b) => Compare(text.AsSpan(a), text.AsSpan(b)));
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0)
            {
                output.WriteByte((byte)'&');
            }

            output.Write(text.AsSpan(parts[i]));
        }
    }

    /// <summary>By name, then by value.</summary>
    private static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var nameA = a.IndexOf((byte)'=');
        var nameB = b.IndexOf((byte)'=');
        var byName = (nameA < 0 ? a : a[..nameA]).SequenceCompareTo(nameB < 0 ? b : b[..nameB]);
        return byName != 0 ? byName : a.SequenceCompareTo(b);
    }

    /// <summary>ASCII letters in lower case; what may not stand in a line of the index is percent-encoded.</summary>
    private static void Lower(ReadOnlySpan<byte> text, PooledOutput output)
    {
        var room = output.Room(text.Length * 3);
        var at = 0;
        foreach (var letter in text)
        {
            if (letter is <= 0x20 or 0x7F)
            {
                _ = letter.TryFormat(room[(at + 1)..], out _, "x2", System.Globalization.CultureInfo.InvariantCulture);
                room[at] = (byte)'%';
                at += 3;
            }
            else
            {
                room[at++] = letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter;
            }
        }

        output.Advance(at);
    }
}
