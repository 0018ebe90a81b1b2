using System.Buffers;
using System.Buffers.Text;

namespace Madang.Feeds.Posts;

/// <summary>Ends what <see cref="PostContents"/> begins: counts, and what the viewer did.</summary>
internal static class PostJson
{
    private const int MostDigits = 11;

    /// <summary>A whole post: <paramref name="fragment"/>, counts and viewer, and the closing brace.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> fragment, PostCounts counts, in Overlay overlay)
    {
        WriteOpen(output, fragment, counts, overlay);
        output.Write("}"u8);
    }

    /// <summary>A share, with the post that it passes on under <c>shared</c>.</summary>
    public static void Write(
        IBufferWriter<byte> output, ReadOnlySpan<byte> fragment, PostCounts counts, in Overlay overlay,
        ReadOnlySpan<byte> shared, PostCounts sharedCounts, in Overlay sharedOverlay)
    {
        WriteOpen(output, fragment, counts, overlay);
        output.Write(",\"shared\":"u8);
        Write(output, shared, sharedCounts, sharedOverlay);
        output.Write("}"u8);
    }

    private static void WriteOpen(IBufferWriter<byte> output, ReadOnlySpan<byte> fragment, PostCounts counts, in Overlay overlay)
    {
        output.Write(fragment);
        output.Write(",\"counts\":{\"comments\":"u8);
        Write(output, counts.Comments);
        output.Write(",\"likes\":"u8);
        Write(output, counts.Likes);
        output.Write(",\"shares\":"u8);
        Write(output, counts.Shares);
        WriteReactions(output, counts);
        output.Write("},\"viewer\":{\"liked\":"u8);
        output.Write(overlay.Liked ? "true"u8 : "false"u8);
        output.Write(",\"bookmarked\":"u8);
        output.Write(overlay.Bookmarked ? "true"u8 : "false"u8);
        output.Write(",\"shared\":"u8);
        output.Write(overlay.Shared ? "true"u8 : "false"u8);
        WriteReactions(output, overlay);
        output.Write("}"u8);
    }

    /// <summary><c>,"reactions":{"love":2}</c>, where there are any beside likes.</summary>
    private static void WriteReactions(IBufferWriter<byte> output, PostCounts counts)
    {
        var any = false;
        for (var kind = ReactionKind.Love; kind <= ReactionKind.Angry; kind++)
        {
            if (counts.Of(kind) is > 0 and var count)
            {
                output.Write(any ? ",\""u8 : ",\"reactions\":{\""u8);
                output.Write(NameOf(kind));
                output.Write("\":"u8);
                Write(output, count);
                any = true;
            }
        }

        if (any)
        {
            output.Write("}"u8);
        }
    }

    /// <summary><c>,"reactions":["love"]</c>, where there are any beside a like.</summary>
    private static void WriteReactions(IBufferWriter<byte> output, in Overlay overlay)
    {
        var any = false;
        for (var kind = ReactionKind.Love; kind <= ReactionKind.Angry; kind++)
        {
            if (ReactionBits.Holds(overlay.Reactions, kind))
            {
                output.Write(any ? ",\""u8 : ",\"reactions\":[\""u8);
                output.Write(NameOf(kind));
                output.Write("\""u8);
                any = true;
            }
        }

        if (any)
        {
            output.Write("]"u8);
        }
    }

    private static ReadOnlySpan<byte> NameOf(ReactionKind kind) => kind switch
    {
        ReactionKind.Like => "like"u8,
        ReactionKind.Love => "love"u8,
        ReactionKind.Laugh => "laugh"u8,
        ReactionKind.Wow => "wow"u8,
        ReactionKind.Sad => "sad"u8,
        _ => "angry"u8,
    };

    private static void Write(IBufferWriter<byte> output, int number)
    {
        _ = Utf8Formatter.TryFormat(number, output.GetSpan(MostDigits), out var written);
        output.Advance(written);
    }
}
