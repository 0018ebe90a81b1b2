using System.Globalization;
using System.Text;
using System.Text.Json;
using Madang.Crawler.Extraction;
using Madang.Crawler.Parsing;
using Madang.Crawler.Urls;

namespace Madang.Commands.Crawling;

/// <summary>
/// {html|html_base64,url,content_type?} → {charset,title,canonical?,robots,links:[{href,rel,text}],text,simhash}. Links are resolved against the page's base, and left
/// out when they are no URLs; without a URL they stay as they are written.
/// </summary>
/// <param name="withTokens">Whether the list of HTML tokens is added.</param>
/// <param name="withExtracts">Whether article and metadata are added.</param>
internal sealed class PageTool(bool withTokens, bool withExtracts) : IDisposable
{
    private static readonly IExtractor[] Extractors = [new ArticleExtractor(), new MetadataExtractor()];

    private readonly ParsedPage _page = new();
    private readonly Url _url = new();
    private readonly Url _base = new();
    private readonly Url _link = new();

    public void Dispose() => _page.Dispose();

    public void Answer(ReadOnlyMemory<byte> line, Utf8JsonWriter writer)
    {
        var asked = JsonSerializer.Deserialize(line.Span, ToolJson.Default.PageLine) ?? throw new JsonException();
        var body = ToolJson.Bytes(asked.Html, asked.HtmlBase64, "html");
        if (asked.HtmlBase64 is null && !Ascii.IsValid(body))
        {
            // Text is not in the encoding that it may declare: a byte order mark says so, above all else.
            body = [0xEF, 0xBB, 0xBF, .. body];
        }

        Write(body, asked.Url, new PageHeaders { ContentType = asked.ContentType }, writer);
    }

    public async Task<int> OnceAsync(ToolSource source, string? url, string? type, CancellationToken cancellation)
    {
        var fetched = await source.ReadAsync(null, cancellation);
        if (fetched.Status != 200)
        {
            Say.Line($"The page was answered with {fetched.Status}.");
        }

        var headers = new PageHeaders { ContentType = type ?? fetched.ContentType, RobotsTags = fetched.RobotsTags };
        ToolSource.Print(writer => Write(fetched.Body, url ?? fetched.Url, headers, writer));
        return fetched.Status == 200 ? Cli.Done : Cli.Failed;
    }

    private void Write(byte[] body, string? url, in PageHeaders headers, Utf8JsonWriter writer)
    {
        Url? against = url is null ? null : _url;
        if (against is not null && !Url.TryParse(Encoding.UTF8.GetBytes(url!), null, against))
        {
            throw new LineException("bad_url", "\"url\" is no URL.");
        }

        PageParser.Default.Parse(body, headers, _page);
        against = !_page.BaseHref.IsEmpty && Url.TryParse(_page.BaseHref, against, _base) ? _base : against;
        writer.WriteStartObject();
        writer.WriteString("charset", _page.Charset.Name);
        writer.WriteString("title", _page.Title);
        if (_page.Language is { } language)
        {
            writer.WriteString("language", language);
        }

        if (!_page.CanonicalHref.IsEmpty && Resolve(_page.CanonicalHref, against) is { IsEmpty: false } canonical)
        {
            writer.WriteString("canonical", canonical);
        }

        WriteRobots(_page.Robots, writer);
        WriteLinks(against, writer);
        writer.WriteString("text", _page.Text);
        writer.WriteString("simhash", _page.SimHash.ToString("x16", CultureInfo.InvariantCulture));
        if (withExtracts)
        {
            WriteExtracts(body, headers.ContentType, url, writer);
        }

        if (withTokens)
        {
            WriteTokens(body, headers.ContentType, writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>The href against the base; empty when it is no URL, as it stands when there is no base.</summary>
    private ReadOnlySpan<byte> Resolve(ReadOnlySpan<byte> href, Url? against) =>
        Url.TryParse(href, against, _link, _page.Charset.QueryEncoding) ? _link.Href : against is null ? href : default;

    private void WriteLinks(Url? against, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("links");
        foreach (ref readonly var link in _page.Links)
        {
            var href = Resolve(_page.Href(link), against);
            if (href.IsEmpty)
            {
                continue;
            }

            writer.WriteStartObject();
            writer.WriteString("href", href);
            writer.WriteString("rel", Rel(link.Rel));
            writer.WriteString("text", _page.Anchor(link));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteRobots(RobotsTags robots, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("robots");
        foreach (var directive in Enum.GetValues<RobotsDirectives>())
        {
            if ((robots.Directives & directive) != 0)
            {
                writer.WriteStringValue(directive.ToString().ToLowerInvariant());
            }
        }

        writer.WriteEndArray();
    }

    private static string Rel(LinkRel rel) =>
        rel == LinkRel.None ? "" : string.Join(' ', Enum.GetValues<LinkRel>().Where(one => (rel & one) != 0).Select(one => one.ToString().ToLowerInvariant()));

    /// <summary>What the extractors take from it, by their names; instead, why no document could be made of it.</summary>
    private static void WriteExtracts(byte[] body, string? contentType, string? url, Utf8JsonWriter writer)
    {
        using var document = PageDocument.Open(body, contentType, new Uri(url ?? "about:blank"), out var refusal);
        if (document is null)
        {
            writer.WriteString("extraction_refused", JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.ToString()));
            return;
        }

        writer.WriteStartObject("extracted");
        foreach (var extractor in Extractors)
        {
            if (extractor.Extract(document) is { } extract)
            {
                writer.WritePropertyName(extractor.Name);
                extract.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteTokens(byte[] body, string? contentType, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("tokens");
        foreach (var token in TokenList.Read(body, contentType))
        {
            writer.WriteStartObject();
            writer.WriteString("type", token.Type);
            WriteOptional("name", token.Name, writer);
            WriteOptional("text", token.Text, writer);
            if (token.Attributes is { Count: > 0 } attributes)
            {
                writer.WriteStartObject("attributes");
                foreach (var (name, value) in attributes)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
            }

            WriteOptional("public_id", token.PublicId, writer);
            WriteOptional("system_id", token.SystemId, writer);
            WriteFlag("self_closing", token.SelfClosing, writer);
            WriteFlag("force_quirks", token.ForceQuirks, writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteOptional(string name, string? value, Utf8JsonWriter writer)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteFlag(string name, bool isSet, Utf8JsonWriter writer)
    {
        if (isSet)
        {
            writer.WriteBoolean(name, true);
        }
    }
}
