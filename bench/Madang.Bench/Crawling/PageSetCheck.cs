using System.Globalization;
using Madang.Bench.Sites;

namespace Madang.Bench.Crawling;

/// <summary>What a crawler fetched, from the server's own log, against what the web promises.</summary>
internal sealed record PageSetCheck
{
    private const int Shown = 5;

    public required int Promised { get; init; }

    /// <summary>Promised pages that were answered with 200 at least once.</summary>
    public required int Fetched { get; init; }

    /// <summary>Promised pages that never were.</summary>
    public required IReadOnlyList<string> Lost { get; init; }

    /// <summary>Answers with 200 beyond the first for one URL.</summary>
    public required IReadOnlyList<LoggedRequest> Refetched { get; init; }

    /// <summary>URLs that were asked for and that no page names: links read wrongly.</summary>
    public required IReadOnlyList<string> Strange { get; init; }

    /// <summary>Requests that robots.txt forbids.</summary>
    public required IReadOnlyList<string> Forbidden { get; init; }

    public required long Bytes { get; init; }

    public bool IsExact => Lost.Count == 0 && Refetched.Count == 0 && Strange.Count == 0 && Forbidden.Count == 0;

    public static PageSetCheck Of(IWeb web, IReadOnlyList<LoggedRequest> log)
    {
        var promises = web.Promises().ToDictionary(promise => (promise.Host, promise.Target), promise => promise.Role);
        var rules = web.Hosts.Select(host => web.RulesOf(host.Index)).ToArray();
        var fetched = new HashSet<(int, string)>();
        var refetched = new List<LoggedRequest>();
        var strange = new HashSet<string>();
        var forbidden = new List<string>();
        foreach (var request in log)
        {
            var key = (request.Host, request.Target);
            if (request.Host >= 0 && rules[request.Host].Forbids(request.Target))
            {
                forbidden.Add(UrlOf(web, request.Host, request.Target));
            }
            else if (!promises.TryGetValue(key, out var role))
            {
                if (!IsAside(request.Target))
                {
                    strange.Add(UrlOf(web, request.Host, request.Target));
                }
            }
            else if (role == Role.Page && request.Status == 200 && !fetched.Add(key))
            {
                refetched.Add(request);
            }
        }

        var pages = promises.Where(promise => promise.Value == Role.Page).Select(promise => promise.Key).ToList();
        return new PageSetCheck
        {
            Promised = pages.Count,
            Fetched = fetched.Count,
            Lost = [.. pages.Where(page => !fetched.Contains(page)).Select(page => UrlOf(web, page.Host, page.Target))],
            Refetched = refetched,
            Strange = [.. strange],
            Forbidden = forbidden,
            Bytes = log.Sum(request => (long)request.Bytes),
        };
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Fetched} of {Promised} pages, {Lost.Count} lost, {Refetched.Count} refetched, {Strange.Count} strange, {Forbidden.Count} forbidden") +
        Examples("lost", Lost) + Examples("refetched", Refetched.Select(request => request.ToString())) + Examples("strange", Strange) + Examples("forbidden", Forbidden);

    private static string Examples(string what, IEnumerable<string> all) => string.Concat(all.Take(Shown).Select(one => $"{Environment.NewLine}  {what}: {one}"));

    // What a visitor may ask without having been led there.
    private static bool IsAside(string target) => target is "/robots.txt" or "/sitemap.xml" or "/favicon.ico" or "/logo.png";

    private static string UrlOf(IWeb web, int host, string target) => host < 0 ? $"(no host){target}" : web.Hosts[host].Origin + target;
}
