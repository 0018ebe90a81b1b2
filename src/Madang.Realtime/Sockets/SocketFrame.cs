using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Madang.Api;
using Madang.Realtime.Delivery;

namespace Madang.Realtime.Sockets;

/// <summary>A frame of a client as JSON, over the buffer it came in.</summary>
internal sealed class SocketFrame : IDisposable
{
    /// <summary>Beyond it a client in JavaScript could not tell one number from the next.</summary>
    private const long MaxId = 9_007_199_254_740_991;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ApiJson.MaxDepth };

    private readonly PooledBuffer _text;
    private readonly JsonDocument _document;

    private SocketFrame(PooledBuffer text, JsonDocument document)
    {
        (_text, _document) = (text, document);
        HasId = Root.TryGetProperty("id"u8, out var id);
        Id = HasId && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number) && number is > 0 and <= MaxId ? number : null;
    }

    public JsonElement Root => _document.RootElement;

    /// <summary>The client's number for the answer; null when there is none that could be one.</summary>
    public long? Id { get; }

    public bool HasId { get; }

    /// <summary>
    /// Whether a string is escaped to half of a surrogate pair: it is JSON by the grammar but no text (RFC 8259 section 8.2), and reading it would throw.
    /// </summary>
    public bool HasLoneSurrogate
    {
        get
        {
            var text = _text.Written.Span;
            return (text.IndexOf("\\ud"u8) >= 0 || text.IndexOf("\\uD"u8) >= 0) && !AllTextsAreReadable(text);
        }
    }

    /// <summary>Null for what is no JSON object.</summary>
    public static SocketFrame? Parse(PooledBuffer text)
    {
        try
        {
            var document = JsonDocument.Parse(text.Written, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new SocketFrame(text, document);
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public bool TryOp(out JsonElement op) => Root.TryGetProperty("op"u8, out op) && op.ValueKind == JsonValueKind.String;

    public bool TryText(ReadOnlySpan<byte> name, [NotNullWhen(true)] out string? text)
    {
        text = Root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }

    public void Dispose()
    {
        _document.Dispose();
        _text.Dispose();
    }

    private static bool AllTextsAreReadable(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = ApiJson.MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
