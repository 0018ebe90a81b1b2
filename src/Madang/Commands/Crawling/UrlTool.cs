using System.Text;
using System.Text.Json;
using Madang.Crawler.Urls;

namespace Madang.Commands.Crawling;

/// <summary>{input,base?} → {href?,normalized?,host?,registrable_domain?}; an empty object when the input is no URL.</summary>
internal sealed class UrlTool
{
    private readonly Url _url = new();
    private readonly Url _base = new();

    public void Answer(ReadOnlyMemory<byte> line, Utf8JsonWriter writer)
    {
        var asked = JsonSerializer.Deserialize(line.Span, ToolJson.Default.UrlLine) ?? throw new JsonException();
        Write(asked.Input ?? throw new LineException("missing_field", "\"input\" is missing."), asked.Base, writer);
    }

    /// <summary>Exit code 1 when it is no URL.</summary>
    public static int Once(string input, string? against)
    {
        var tool = new UrlTool();
        ToolSource.Print(writer => tool.Write(input, against, writer));
        return tool._url.IsValid ? Cli.Done : Cli.Failed;
    }

    private void Write(string input, string? against, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        var isGood = against is null || Url.TryParse(Encoding.UTF8.GetBytes(against), null, _base);
        if (isGood && Url.TryParse(Encoding.UTF8.GetBytes(input), against is null ? null : _base, _url))
        {
            writer.WriteString("href", _url.Href);
            UrlNormalizer.Normalize(_url);
            writer.WriteString("normalized", _url.Href);
            if (_url.HasHost)
            {
                writer.WriteString("host", _url.Host);
                if (_url.HostKind is HostKind.Domain or HostKind.Ipv4 or HostKind.Ipv6)
                {
                    writer.WriteString("registrable_domain", PublicSuffixes.RegistrableDomain(_url.Host));
                }
            }
        }

        writer.WriteEndObject();
    }
}
