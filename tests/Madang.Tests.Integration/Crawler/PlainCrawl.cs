using System.Net;
using System.Text.RegularExpressions;

namespace Madang.Tests.Integration.Crawler;

/// <summary>The simplest crawl there is: a queue, <see cref="HttpClient"/>, a pattern for href, <see cref="Uri"/>. A second opinion on what is reachable.</summary>
internal static partial class PlainCrawl
{
    /// <returns>Every URL that answered, with its status.</returns>
    public static async Task<Dictionary<string, HttpStatusCode>> FollowAsync(IEnumerable<string> seeds, Func<Uri, bool> follow, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        var seen = new Dictionary<string, HttpStatusCode>();
        var queue = new Queue<Uri>(seeds.Select(seed => new Uri(seed)));
        while (queue.TryDequeue(out var url))
        {
            if (seen.ContainsKey(url.AbsoluteUri) || !follow(url))
            {
                continue;
            }

            using var answer = await http.GetAsync(url, cancellationToken);
            seen[url.AbsoluteUri] = answer.StatusCode;
            if (answer.Headers.Location is { } location)
            {
                queue.Enqueue(new Uri(url, location));
            }

            foreach (Match link in Href().Matches(Script().Replace(await answer.Content.ReadAsStringAsync(cancellationToken), "")))
            {
                var raw = WebUtility.HtmlDecode(link.Groups["double"].Value + link.Groups["single"].Value + link.Groups["bare"].Value).Trim();
                if (Uri.TryCreate(url, raw, out var target) && target.Scheme == Uri.UriSchemeHttp)
                {
                    queue.Enqueue(new Uri(target.GetLeftPart(UriPartial.Query)));
                }
            }
        }

        return seen;
    }

    [GeneratedRegex("""<a\s[^<]*?href\s*=\s*("(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s>"']+))""", RegexOptions.IgnoreCase)]
    private static partial Regex Href();

    [GeneratedRegex("<script>.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Script();
}
