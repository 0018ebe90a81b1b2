namespace Madang.Crawler.Archive;

/// <summary>The head of a response as an archive keeps it: Transfer-Encoding renamed since the body is no longer chunked, HTTP/2 told as HTTP/1.1.</summary>
internal ref struct HttpHead
{
    /// <summary>0 when the status line has none.</summary>
    public int Status { get; private set; }

    /// <summary>The media type without parameters, as sent; empty when there is none.</summary>
    public ReadOnlySpan<byte> Type { get; private set; }

    public bool IsEncoded { get; private set; }

    /// <summary><c>h2</c> or <c>h3</c> where the wire did not speak HTTP/1; empty as a rule.</summary>
    public ReadOnlySpan<byte> Protocol { get; private set; }

    /// <summary>Copies a head and remembers what it says.</summary>
    public static HttpHead Copy(ReadOnlySpan<byte> head, PooledOutput output)
    {
        var result = default(HttpHead);
        var line = NextLine(ref head);
        result.StatusLine(line, output);
        while (!(line = NextLine(ref head)).IsEmpty)
        {
            if (Is(line, "transfer-encoding:"u8))
            {
                output.Write("X-Archive-Orig-"u8);
            }
            else if (Is(line, "content-encoding:"u8))
            {
                result.IsEncoded = true;
            }
            else if (result.Type.IsEmpty && Is(line, "content-type:"u8))
            {
                result.Type = MediaType(line["content-type:"u8.Length..]);
            }

            output.Write(line);
            output.Write("\r\n"u8);
        }

        output.Write("\r\n"u8);
        return result;
    }

    /// <summary>The media type of a Content-Type's value without parameters.</summary>
    public static ReadOnlySpan<byte> MediaType(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)';');
        return (end < 0 ? value : value[..end]).Trim(" \t"u8);
    }

    /// <summary>Takes one line; empty at the end of the head.</summary>
    public static ReadOnlySpan<byte> NextLine(scoped ref ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf((byte)'\n');
        var line = end < 0 ? head : head[..end];
        head = end < 0 ? default : head[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    /// <param name="name">Lower case, with its colon.</param>
    public static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        if (line.Length < name.Length)
        {
            return false;
        }

        for (var i = 0; i < name.Length; i++)
        {
            var letter = line[i];
            if ((letter is >= (byte)'A' and <= (byte)'Z' ? letter | 0x20 : letter) != name[i])
            {
                return false;
            }
        }

        return true;
    }

    private void StatusLine(scoped ReadOnlySpan<byte> line, PooledOutput output)
    {
        // Readers of archives know HTTP/1 alone.
        if (line.StartsWith("HTTP/2"u8) || line.StartsWith("HTTP/3"u8))
        {
            Protocol = line[5] == '2' ? "h2"u8 : "h3"u8;
            output.Write("HTTP/1.1"u8);
            var space = line.IndexOf((byte)' ');
            line = space < 0 ? default : line[space..];
            output.Write(line);
        }
        else
        {
            output.Write(line);
        }

        output.Write("\r\n"u8);
        var at = line.IndexOf((byte)' ');
        Status = at >= 0 && line.Length >= at + 4 && System.Buffers.Text.Utf8Parser.TryParse(line.Slice(at + 1, 3), out int status, out var used) && used == 3 ? status : 0;
    }
}
