using System.Buffers;

namespace Madang.Feeds.Posts;

/// <summary>Turns what a viewer may see into what goes out.</summary>
internal sealed class PostPages(PostContents contents, PostCounters counters)
{
    /// <summary>The post, or null when it changed in the very moment between asking and reading.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> WriteAsync(SeenPost post, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        return await WriteItemsAsync(output, [post], cancellationToken) == 1 ? output.WrittenMemory : null;
    }

    /// <summary><c>{"items":[…],"next":CURSOR|null,"prev":null}</c>.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> WriteAsync(IReadOnlyList<SeenPost> posts, string? next, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>(64 + (posts.Count * 512));
        output.Write("{\"items\":["u8);
        _ = await WriteItemsAsync(output, posts, cancellationToken);
        output.Write("],\"next\":"u8);
        if (next is null)
        {
            output.Write("null"u8);
        }
        else
        {
            output.Write("\""u8);
            // base64url needs no escaping.
            output.Write(System.Text.Encoding.ASCII.GetBytes(next));
            output.Write("\""u8);
        }

        output.Write(",\"prev\":null}"u8);
        return output.WrittenMemory;
    }

    /// <summary>With commas between; how many were written. What changed meanwhile is left out: its facts no longer answer for what its row says.</summary>
    public async ValueTask<int> WriteItemsAsync(IBufferWriter<byte> output, IReadOnlyList<SeenPost> posts, CancellationToken cancellationToken)
    {
        var asked = new List<(PostId, int)>(posts.Count);
        foreach (var post in posts)
        {
            asked.Add((post.Facts.Id, post.Facts.Version));
            if (post.Shared is { } shared)
            {
                asked.Add((shared.Facts.Id, shared.Facts.Version));
            }
        }

        var fragments = await contents.OfAsync(asked, cancellationToken);
        var counts = await counters.OfAsync([.. asked.Select(one => one.Item1)], cancellationToken);
        var (written, at) = (0, 0);
        foreach (var post in posts)
        {
            var own = at++;
            var shared = post.Shared is null ? -1 : at++;
            if (fragments[own].IsEmpty || (shared >= 0 && fragments[shared].IsEmpty))
            {
                continue;
            }

            if (written++ > 0)
            {
                output.Write(","u8);
            }

            if (shared < 0)
            {
                PostJson.Write(output, fragments[own].Span, counts[own], post.Overlay);
            }
            else
            {
                PostJson.Write(
                    output, fragments[own].Span, counts[own], post.Overlay, fragments[shared].Span, counts[shared], post.Shared!.Overlay);
            }
        }

        return written;
    }
}
