using System.Text.Json.Serialization;
using Madang.Api;
using Madang.Crawler;

namespace Madang.Feeds.Sources;

[JsonConverter(typeof(IdJson<SourceId>))]
public readonly record struct SourceId(long Value) : IId<SourceId>
{
    public static SourceId From(long value) => new(value);

    public static SourceId Parse(string s, IFormatProvider? provider) => Id.Parse<SourceId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out SourceId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

/// <summary>What becomes a post. The numbers are stored.</summary>
internal enum SourceKind
{
    /// <summary>The items of an RSS, Atom or JSON feed.</summary>
    Feed = 1,

    /// <summary>Pages that a page begins to link to.</summary>
    Pages = 2,
}

/// <summary>A feed or page of the web as somebody to follow: an account that nobody signs in to, and posts of what a crawl finds new at the address.</summary>
/// <param name="Id">The author's id as well.</param>
/// <param name="Url">Normalised; unique.</param>
/// <param name="At">Where it answers now: what <paramref name="Url"/> redirects to, in the end.</param>
/// <param name="Crawl">All sources of one kind share a crawl.</param>
/// <param name="Primed">What was there at first has been seen: whatever comes now is new.</param>
internal sealed record Source(
    SourceId Id, string Url, string At, SourceKind Kind, CrawlId Crawl, UserId? CreatedBy, bool Primed, DateTimeOffset CreatedAt, DateTimeOffset? LastItemAt)
{
    public UserId User => new(Id.Value);
}

/// <summary>What a look at an address found.</summary>
/// <param name="Url">Of the feed itself, where a page named one.</param>
internal sealed record FoundSource(string Url, SourceKind Kind, string Title);
