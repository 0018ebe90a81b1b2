using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Madang.Crawler.Sitemaps;
using Madang.Feeds.Sources;

namespace Madang.Tests.Unit.Feeds;

/// <summary>
/// What others' feeds look like: 426 samples of RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0 and JSON Feed, with what another reader (gofeed) finds in them. What becomes of sources is read the
/// same, but for what <see cref="Differently"/> names.
/// </summary>
public sealed partial class FeedSampleTests
{
    private static readonly string[] NoFeeds = ["universal/empty_feed.xml", "universal/unknown_feed.xml", "universal/invalid.json"];

    [Fact]
    public void Every_sample_says_to_us_what_it_says_to_another_reader()
    {
        var faults = new List<string>();
        var count = 0;
        foreach (var sample in Samples())
        {
            count++;
            var read = SitemapReader.Read(Encoding.UTF8.GetBytes(sample.Feed));
            if (Version().IsMatch(sample.Feed))
            {
                // A JSON Feed names its version by an address, or anything with a version and a title would be one. With it the sample is read.
                Check(faults, sample.Name, "kind without the address of a version", SitemapKind.Unknown, read.Kind);
                read = SitemapReader.Read(Encoding.UTF8.GetBytes(Version().Replace(sample.Feed, "\"version\": \"https://jsonfeed.org/version/$1\"")));
            }

            if (NoFeeds.Contains(sample.Name))
            {
                Check(faults, sample.Name, "kind", "no feed", read.Kind is SitemapKind.Unknown || read.Items.Count == 0 ? "no feed" : $"{read.Kind}");
                continue;
            }

            Check(faults, sample.Name, "kind", "a feed", read.Kind is SitemapKind.Rss or SitemapKind.Atom or SitemapKind.JsonFeed ? "a feed" : $"{read.Kind}");
            if (sample.Items is null || Differently(sample.Name))
            {
                continue;
            }

            Check(faults, sample.Name, "title", Plain(sample.Title), Plain(read.Title));
            var items = sample.Items.Where(item => (item.Title ?? item.Link ?? item.Id ?? item.Summary) is not null).ToList();
            Check(faults, sample.Name, "items", $"{items.Count}", $"{read.Items.Count}");
            foreach (var (expected, item) in items.Zip(read.Items))
            {
                Check(faults, sample.Name, "item title", Plain(expected.Title), Plain(item.Title));
                Check(faults, sample.Name, "item link", expected.Link ?? (expected.Id?.Contains("://", StringComparison.Ordinal) == true ? item.Url : null), item.Url);
                Check(faults, sample.Name, "item id", expected.Id ?? item.Url, item.Id);
                Check(faults, sample.Name, "item summary", Plain(expected.Summary ?? item.Summary), Plain(item.Summary));
                Check(faults, sample.Name, "item time", expected.Published ?? item.PublishedAt, item.PublishedAt);
                // Whatever it says can be a post, or is nothing.
                Check(faults, sample.Name, "text", true, ItemText.Of(item, "https://feeds.example/") is not { Length: 0 });
            }
        }

        Assert.True(count > 400, $"{count} samples");
        Assert.True(faults.Count == 0, $"{faults.Count}:\n" + string.Join('\n', faults));
    }

    /// <summary>
    /// Texts in base64 (Atom 0.3, which nobody writes any more) stay as they are; a guid is text, so that markup in it is none; an atom:id names something and leads nowhere, so that it is
    /// compared as it stands (RFC 4287 §4.2.6.1); and of a title that another element's end closes nothing is kept.
    /// </summary>
    private static bool Differently(string name) =>
        name.Contains("base64", StringComparison.Ordinal)
        || name is "rss/rss_channel_item_guid_naked_markup" or "atom/entry_id_xml_base" or "atom/atom10_feed_title_xhtml_inline_markup" or "atom/atom10_feed_title_xhtml_escaped_markup";

    private static void Check<T>(List<string> faults, string name, string what, T expected, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            faults.Add($"{name}: {what} is '{found}' and not '{expected}'");
        }
    }

    /// <summary>We keep words and no markup.</summary>
    private static string Plain(string? text) => WebUtility.HtmlDecode(Markup().Replace(WebUtility.HtmlDecode(text ?? ""), "")).Trim();

    private static IEnumerable<Sample> Samples()
    {
        using var reader = new StreamReader(typeof(FeedSampleTests).Assembly.GetManifestResourceStream("feed-samples.jsonl")!);
        while (reader.ReadLine() is { } line)
        {
            yield return JsonSerializer.Deserialize<Sample>(line, JsonSerializerOptions.Web)!;
        }
    }

    [GeneratedRegex("\"version\": *\"(1\\.[01])\"", RegexOptions.NonBacktracking)]
    private static partial Regex Version();

    [GeneratedRegex("<[^>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Markup();

    private sealed record Sample(string Name, string Feed, string? Title, List<SampleItem>? Items);

    private sealed record SampleItem(string? Title, string? Link, string? Id, string? Summary, DateTimeOffset? Published);
}
