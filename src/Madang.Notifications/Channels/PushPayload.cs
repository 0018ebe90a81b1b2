using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Madang.Notifications.Channels;

/// <summary>What of a push still fits: its words, perhaps cut, and its data unless they had to stay behind.</summary>
/// <param name="Data">A JSON object; null when it was left out.</param>
internal readonly record struct PushWords(string Title, string Body, string? Url, string? Data);

/// <summary>
/// Makes a push fit its provider's limit. The text of the body is cut first, between two graphemes and with an ellipsis; when too little of it would be left, the
/// data stay behind (the app finds them by the notification's id), then the title is cut, and at last the link is left out.
/// </summary>
internal static class PushPayload
{
    private const string Ellipsis = "…";
    private const int EllipsisBytes = 3;

    /// <summary>Bytes of body text that are worth more than the data.</summary>
    private const int WorthKeeping = 240;
    private const int MaxTitleBytes = 512;

    /// <summary>Words go out as UTF-8 as they are: three bytes a Hangul syllable instead of six.</summary>
    private static readonly JavaScriptEncoder s_encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    private static readonly JsonWriterOptions s_options = new() { Encoder = s_encoder };

    /// <param name="max">Bytes.</param>
    /// <param name="write">Writes the whole payload with the words that it is given, the body once.</param>
    /// <returns>UTF-8 JSON of at most <paramref name="max"/> bytes; null when even the frame does not fit.</returns>
    public static byte[]? Fit(PushContent content, int max, Action<Utf8JsonWriter, PushWords> write)
    {
        var data = content.Data is "" or "{}" ? null : content.Data;
        var whole = new PushWords(content.Title, content.Body, content.Url, data);
        var payload = Write(whole, write);
        if (payload.Length <= max)
        {
            return payload;
        }

        whole = whole with { Title = Valid(whole.Title), Body = Valid(whole.Body) };
        var least = Math.Min(WorthKeeping, Bytes(whole.Body));
        Span<PushWords> tries =
        [
            whole,
            whole with { Data = null },
            whole with { Data = null, Title = Cut(whole.Title, MaxTitleBytes) },
            whole with { Data = null, Title = Cut(whole.Title, MaxTitleBytes), Url = null },
        ];
        foreach (var words in tries)
        {
            var room = max - Write(words with { Body = "" }, write).Length;
            if (room >= least)
            {
                return Write(words with { Body = Cut(words.Body, room) }, write);
            }
        }

        return null;
    }

    /// <summary>The longest beginning, by graphemes, whose JSON text has at most so many bytes, the ellipsis included.</summary>
    public static string Cut(string text, int maxBytes)
    {
        if (Bytes(text) <= maxBytes)
        {
            return text;
        }

        var used = EllipsisBytes;
        var at = 0;
        while (at < text.Length)
        {
            var length = StringInfo.GetNextTextElementLength(text, at);
            used += Bytes(text.AsSpan(at, length));
            if (used > maxBytes)
            {
                break;
            }

            at += length;
        }

        return maxBytes < EllipsisBytes ? "" : string.Concat(text.AsSpan(0, at).TrimEnd(), Ellipsis);
    }

    /// <summary>Half a surrogate pair becomes U+FFFD, as the writer would do.</summary>
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static int Bytes(ReadOnlySpan<char> text) => JsonEncodedText.Encode(text, s_encoder).EncodedUtf8Bytes.Length;

    private static byte[] Write(PushWords words, Action<Utf8JsonWriter, PushWords> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            write(json, words);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
