using System.Globalization;
using System.Text;
using Madang.Api;
using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Crawler.Endpoints;

/// <summary>What a crawl has found: its pages and its hosts.</summary>
internal static class FindingEndpoints
{
    private const int MaxPart = 2_000;

    public static void Map(RouteGroupBuilder crawls)
    {
        crawls.MapGet("{id}/pages", PagesAsync).WithName("list_crawled_pages").WithSummary("What was fetched, newest first: by status class, host, kind of duplicate, or a part of the URL");
        crawls.MapGet("{id}/hosts", HostsAsync).WithName("list_crawl_hosts").WithSummary("The hosts that a crawl has met, with their clocks; order=busiest gives those with most waiting URLs, one page of them");
    }

    private static async Task<Results<Ok<Page<CrawledPageJson>>, Refusal>> PagesAsync(
        string id, Findings findings, [FromQuery] string? status, [FromQuery] string? host, [FromQuery] string? duplicate, [FromQuery] string? q,
        [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        var faults = new List<FieldError>(page.Error?.Fields ?? []);
        var filter = Filter(status, host, duplicate, q, faults);
        if (faults.Count > 0)
        {
            return new Refusal(ApiErrors.InvalidFields with { Fields = faults });
        }

        return Answer(await findings.ReadAsync<Page<CrawledPageJson>>(
            id,
            async (_, pages) =>
            {
                var rows = await pages.PagesAsync(filter, page.Value.After, descending: true, page.Value.Fetch, cancellationToken);
                var cut = page.Value.Of(rows, row => row.Log);
                var repeated = cut.Items.Where(row => row.Page.Duplicate != DuplicateKind.None).Select(row => row.Page.Original).Distinct().ToList();
                var originals = repeated.Zip(await pages.UrlsAsync(repeated, cancellationToken)).ToDictionary(pair => pair.First, pair => pair.Second);
                return cut.Select(row => CrawledPageJson.Of(row, originals.GetValueOrDefault(row.Page.Original)));
            },
            cancellationToken));
    }

    private static async Task<Results<Ok<Page<CrawlHostJson>>, Refusal>> HostsAsync(
        string id, Findings findings, [FromQuery] string? q, [FromQuery] string? order, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        var faults = new List<FieldError>(page.Error?.Fields ?? []);
        var part = Part(q, faults);
        var busiest = order == "busiest";
        if (!busiest && order is not (null or "" or "id"))
        {
            faults.Add(new("order", "unknown_value", "order is id or busiest."));
        }

        if (faults.Count > 0)
        {
            return new Refusal(ApiErrors.InvalidFields with { Fields = faults });
        }

        return Answer(await findings.ReadAsync<Page<CrawlHostJson>>(
            id,
            async (crawl, pages) =>
            {
                var query = page.Value;
                var rows = await pages.HostsAsync(part is null ? null : HostPart(part), query.After, busiest, busiest ? query.Limit : query.Fetch, cancellationToken);
                // What changes its place while it is read has no cursor: the busiest are one page.
                var cut = busiest ? new Page<HostRow>(rows, null) : query.Of(rows, row => row.Id);
                var hosts = new List<CrawlHostJson>(cut.Items.Count);
                foreach (var row in cut.Items)
                {
                    // Lists come without the bodies of robots.txt, which say what delay they ask for.
                    var whole = row.RobotsStatus is >= 200 and < 300 ? await pages.HostAsync(row.Id, cancellationToken) : null;
                    hosts.Add(CrawlHostJson.Of(whole ?? row, crawl.Settings.Agent));
                }

                return new Page<CrawlHostJson>(hosts, cut.Next);
            },
            cancellationToken));
    }

    private static PageFilter Filter(string? status, string? host, string? duplicate, string? q, List<FieldError> faults)
    {
        var of = status switch
        {
            null or "" => (int?)null,
            "none" => 0,
            ['1' or '2' or '3' or '4' or '5', 'x', 'x'] => status[0] - '0',
            _ => -1,
        };
        if (of == -1)
        {
            faults.Add(new("status", "unknown_value", "status is 1xx to 5xx, or none."));
        }

        long? hostId = null;
        if (!string.IsNullOrEmpty(host))
        {
            if (CrawlHostJson.TryRead(host, out var read))
            {
                hostId = read;
            }
            else
            {
                faults.Add(new("host", "invalid", "host is the id of a host."));
            }
        }

        var kind = duplicate switch
        {
            null or "" => (DuplicateKind?)null,
            "canonical" => DuplicateKind.Canonical,
            "body" => DuplicateKind.Body,
            "near" => DuplicateKind.Near,
            _ => DuplicateKind.None,
        };
        if (kind == DuplicateKind.None)
        {
            faults.Add(new("duplicate", "unknown_value", "duplicate is canonical, body or near."));
        }

        return new PageFilter(of, hostId, kind, Part(q, faults) is { } part ? Escaped(part) : null);
    }

    private static string? Part(string? q, List<FieldError> faults)
    {
        if (string.IsNullOrWhiteSpace(q))
        {
            return null;
        }

        if (q.Length > MaxPart)
        {
            faults.Add(new("q", "too_long", string.Create(CultureInfo.InvariantCulture, $"q holds at most {MaxPart} characters.")));
        }

        return q.Trim();
    }

    /// <summary>As URLs are kept: 「뜰」 stands in them as <c>%EB%9C%B0</c>.</summary>
    private static string Escaped(string part)
    {
        var escaped = new StringBuilder();
        foreach (var octet in Encoding.UTF8.GetBytes(part))
        {
            _ = octet is > 0x20 and < 0x7F ? escaped.Append((char)octet) : escaped.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return escaped.ToString();
    }

    /// <summary>Hosts are kept in lower case and in ASCII: 「뜰.kr」 as <c>xn--s55b.kr</c>.</summary>
    private static string HostPart(string part) =>
        part.All(char.IsAscii) ? part.ToLowerInvariant() : Url.TryParse("http://" + part, null, out var url) ? Encoding.ASCII.GetString(url.Host) : part;

    private static Results<Ok<T>, Refusal> Answer<T>(Result<T> result) => result.IsOk ? TypedResults.Ok(result.Value) : new Refusal(result.Error);
}
