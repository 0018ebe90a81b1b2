using System.Globalization;
using System.Text;
using Madang.Crawler.Extraction;
using Madang.Crawler.Parsing;
using Madang.Outbound;

namespace Madang.Crawler.Previews;

/// <summary>Makes a preview of an answer.</summary>
internal static class PreviewReading
{
    private const int MaxTitle = 300;
    private const int MaxDescription = 1000;
    private const int MaxSiteName = 100;

    /// <summary>Whether the body of an answer is worth reading; images and files are shown by their address alone.</summary>
    public static bool IsPage(OutboundResponse response) => response.Status is >= 200 and < 300 && MediaType(response) is "text/html" or "application/xhtml+xml" or "";

    /// <summary>What the answer shows. Not for answers without a page (status, fault).</summary>
    public static async Task<Preview> OfAsync(OutboundResponse response, DateTimeOffset now, TimeProvider time, CancellationToken cancellationToken)
    {
        var url = new Uri(response.Url);
        if (!IsPage(response))
        {
            return OfFile(response, url, now);
        }

        using var parsed = new ParsedPage();
        PageParser.Default.Parse(response.Body.Span, new PageHeaders { ContentType = response.ContentType, RobotsTags = response.HeaderValues("x-robots-tag") }, parsed);
        var title = parsed.TitleText;
        var description = Encoding.UTF8.GetString(parsed.Description);
        var robots = parsed.Robots.Directives;

        // A page that no DOM can be made of still has its title.
        var (document, _) = await PageDocument.OpenAsync(response.Body, response.ContentType, url, time, cancellationToken);
        using (document)
        {
            var metadata = document is null ? null : MetadataExtractor.Read(document);
            return new Preview
            {
                Url = response.Url,
                Title = Clean(metadata?.Title ?? title, MaxTitle) ?? url.Host,
                Description = robots.HasFlag(RobotsDirectives.NoSnippet) ? null : Clean(metadata?.Description ?? description, MaxDescription),
                Image = robots.HasFlag(RobotsDirectives.NoImageIndex) ? null : Short(metadata?.Image),
                SiteName = Clean(metadata?.OpenGraph.GetValueOrDefault("site_name"), MaxSiteName),
                Kind = Kind(metadata?.OpenGraph.GetValueOrDefault("type")),
                Icon = Short(metadata?.Icon),
                FetchedAt = now,
            };
        }
    }

    private static Preview OfFile(OutboundResponse response, Uri url, DateTimeOffset now)
    {
        var name = Uri.UnescapeDataString(url.Segments[^1].Trim('/'));
        var kind = MediaType(response).Split('/')[0] switch { "image" => "image", "video" => "video", "audio" => "audio", _ => "file" };
        return new Preview
        {
            Url = response.Url,
            Title = Clean(name, MaxTitle) ?? url.Host,
            Image = kind == "image" ? Short(response.Url) : null,
            Kind = kind,
            FetchedAt = now,
        };
    }

    private static string MediaType(OutboundResponse response) => (response.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();

    private static string Kind(string? type) => type?.Split('.')[0] switch
    {
        "article" or "blog" => "article",
        "video" => "video",
        "music" or "audio" => "audio",
        "profile" => "profile",
        "product" => "product",
        _ => "website",
    };

    private static string? Short(string? address) => address is { Length: <= PreviewAddress.MaxLength } ? address : null;

    /// <summary>One line of NFC without control and format characters, cut at a whole character; null where nothing is left.</summary>
    private static string? Clean(string? text, int max)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var clean = new StringBuilder();
        var gap = false;
        foreach (var rune in text.AsSpan(0, Math.Min(text.Length, max * 8)).EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                gap = clean.Length > 0;
            }
            else if (rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse))
            {
                if (clean.Length + rune.Utf16SequenceLength + (gap ? 1 : 0) > max)
                {
                    break;
                }

                clean.Append(gap ? " " : "").Append(rune.ToString());
                gap = false;
            }
        }

        return clean.Length == 0 ? null : clean.ToString().Normalize(NormalizationForm.FormC);
    }
}
