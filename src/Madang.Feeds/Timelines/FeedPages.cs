using System.Buffers;
using System.Text;
using Madang.Api;
using Madang.Feeds.Posts;

namespace Madang.Feeds.Timelines;

/// <summary>Feeds as they go out.</summary>
internal sealed class FeedPages(FeedReader reader, PostPages pages)
{
    /// <summary>How often a page is read again because a post of it changed between the question who may see it and the reading of its text.</summary>
    private const int Tries = 4;

    /// <summary>
    /// <c>{"items":[…],"gap"?:CURSOR,"also_shared"?:{POST_ID:[USER_ID,…]},"next":CURSOR|null,"prev":CURSOR}</c>. <c>gap</c> is there when not everything fitted
    /// between the page and what the client holds, and reads it; <c>also_shared</c> names who else shared a post of the page.
    /// Whoever asks gives it back when it has gone out.
    /// </summary>
    public async Task<Result<PooledJson>> ReadAsync(UserId viewer, FeedQuery query, CancellationToken cancellationToken)
    {
        for (var i = 1; ; i++)
        {
            var read = await reader.ReadAsync(viewer, query, cancellationToken);
            if (!read.IsOk)
            {
                return read.Error;
            }

            var page = read.Value;
            var output = new PooledJson(256 + (page.Posts.Count * 640));
            output.Write("{\"items\":["u8);
            var written = await pages.WriteItemsAsync(output, page.Posts, cancellationToken);
            if (written == page.Posts.Count || i == Tries)
            {
                WriteEnd(output, page);
                return output;
            }

            output.Dispose();
        }
    }

    private static void WriteEnd(PooledJson output, FeedPage page)
    {
        output.Write("]"u8);
        if (page.Gap is not null)
        {
            output.Write(",\"gap\":"u8);
            WriteCursor(output, page.Gap);
        }

        if (page.Also.Count > 0)
        {
            output.Write(",\"also_shared\":{"u8);
            var first = true;
            foreach (var (post, others) in page.Also)
            {
                WriteText(output, $"{(first ? "" : ",")}\"{post}\":[{string.Join(',', others.Select(user => $"\"{user}\""))}]");
                first = false;
            }

            output.Write("}"u8);
        }

        output.Write(",\"next\":"u8);
        WriteCursor(output, page.Next);
        output.Write(",\"prev\":"u8);
        WriteCursor(output, page.Prev);
        output.Write("}"u8);
    }

    private static void WriteCursor(PooledJson output, string? cursor) =>
        // Base64url needs no escaping.
        WriteText(output, cursor is null ? "null" : $"\"{cursor}\"");

    private static void WriteText(PooledJson output, string ascii) =>
        output.Advance(Encoding.ASCII.GetBytes(ascii, output.GetSpan(ascii.Length)));
}
