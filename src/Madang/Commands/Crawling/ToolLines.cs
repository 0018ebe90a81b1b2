using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Madang.Commands.Crawling;

/// <summary>What a line may ask; unknown fields are ignored.</summary>
internal sealed record RobotsLine(string? Robots, string? RobotsBase64, string? Agent, string? Url);

internal sealed record UrlLine(string? Input, string? Base);

internal sealed record PageLine(string? Html, string? HtmlBase64, string? Url, string? ContentType);

internal sealed record SitemapLine(string? Sitemap, string? SitemapBase64, string? Url);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(LenientText)])]
[JsonSerializable(typeof(RobotsLine))]
[JsonSerializable(typeof(UrlLine))]
[JsonSerializable(typeof(PageLine))]
[JsonSerializable(typeof(SitemapLine))]
internal sealed partial class ToolJson : JsonSerializerContext
{
    /// <summary>The document that a line brings: as text or as bytes in base64; one of both.</summary>
    public static byte[] Bytes(string? text, string? base64, string name)
    {
        if (base64 is null)
        {
            return text is not null ? Encoding.UTF8.GetBytes(text) : throw new LineException("missing_field", $"\"{name}\" or \"{name}_base64\" is missing.");
        }

        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw new LineException("bad_base64", $"\"{name}_base64\" is no base64.");
        }
    }
}

/// <summary>Strings in which half of a surrogate pair was escaped, as tests of URL parsers do: the half becomes U+FFFD.</summary>
internal sealed class LenientText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException();
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return Unescape(Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    private static string Unescape(string raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var at = 0; at < raw.Length; at++)
        {
            if (raw[at] != '\\')
            {
                text.Append(raw[at]);
                continue;
            }

            at++;
            text.Append(raw[at] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                'u' => (char)Convert.ToUInt16(raw.Substring(at + 1, 4), 16),
                var other => other,
            });
            at += raw[at] == 'u' ? 4 : 0;
        }

        return text.ToString();
    }
}
