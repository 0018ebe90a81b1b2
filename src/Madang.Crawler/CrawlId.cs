using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Crawler;

/// <summary>A crawl: its seeds, its scope and everything that came of them.</summary>
[JsonConverter(typeof(IdJson<CrawlId>))]
public readonly record struct CrawlId(long Value) : IId<CrawlId>
{
    public static CrawlId From(long value) => new(value);

    public static CrawlId Parse(string s, IFormatProvider? provider) => Id.Parse<CrawlId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out CrawlId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}
