using System.Globalization;

namespace Madang.Tests.Unit.Crawler;

/// <summary>
/// A site as a function from path to content and links: <see cref="Pages"/> pages that are worth fetching in a few templates and, linked from all of them, traps without end: a calendar of empty days, facets in any order
/// and number, a session in the path, a directory that contains itself under new numbers.
/// </summary>
internal sealed class TrapSite(int pages, bool hasTraps, double copies = 0, int seed = 1)
{
    private static readonly string[] Facets = ["color", "size", "brand", "sort", "price", "stock"];

    private int _sessions;

    public int Pages => pages;

    public static bool IsTrap(string path) =>
        path.StartsWith("/calendar", StringComparison.Ordinal) || path.StartsWith("/s/", StringComparison.Ordinal) || path.StartsWith("/archive/", StringComparison.Ordinal) || path.StartsWith("/shop?", StringComparison.Ordinal);

    public IEnumerable<string> CleanPaths() => Enumerable.Range(0, pages).Select(Path);

    /// <summary>What its text is: two paths of the same content are copies.</summary>
    public string Content(string path)
    {
        if (path.StartsWith("/calendar", StringComparison.Ordinal))
        {
            return "no events";
        }
        if (path.StartsWith("/shop?", StringComparison.Ordinal))
        {
            return "the same forty products";
        }
        if (path.StartsWith("/archive/", StringComparison.Ordinal))
        {
            return "a directory";
        }
        var page = Number(path);
        // Some of the good pages repeat an earlier one.
        return page > 20 && new Random(seed + page).NextDouble() < copies ? $"text {page % 20}" : $"text {page}";
    }

    public IEnumerable<string> Links(string path)
    {
        if (path.StartsWith("/calendar/", StringComparison.Ordinal))
        {
            var date = Date(path);
            return [Day(date.AddDays(1)), Day(date.AddDays(-1)), Month(date.AddMonths(1)), Month(date.AddMonths(-1)), $"/calendar/{date.Year + 1}"];
        }
        if (path.StartsWith("/shop?", StringComparison.Ordinal))
        {
            var given = path["/shop?".Length..].Split('&');
            return Facets.SelectMany(f => Enumerable.Range(1, 3).Select(v => "/shop?" + string.Join('&', given.Where(g => !g.StartsWith(f, StringComparison.Ordinal)).Append($"{f}={v}").Order(StringComparer.Ordinal))));
        }
        if (path.StartsWith("/archive/", StringComparison.Ordinal))
        {
            return Enumerable.Range(1, 4).Select(n => $"{path}/{n * 7}");
        }
        var page = Number(path);
        var (prefix, inSession) = path.StartsWith("/s/", StringComparison.Ordinal) ? ("/s/" + path.Split('/')[2], true) : ("", false);
        var links = Enumerable.Range(1, 8).Select(n => (page * 8) + n).Where(n => n < pages).Select(n => prefix + Path(n));
        if (!hasTraps)
        {
            return links;
        }
        var session = inSession ? prefix : $"/s/{Convert.ToHexStringLower(BitConverter.GetBytes(new Random(++_sessions).NextInt64()))}";
        // Nine of ten URLs that a page names lead astray.
        var (children, day) = (links.ToList(), new DateOnly(2026, 5, 28).AddDays(page));
        return [.. children, .. children.Take(inSession ? 0 : 8).Select(l => session + l), session + Path(page), Day(day), Month(day), .. Enumerable.Range(0, 4).Select(n => $"/shop?{Facets[page % 6]}={page % 3}&{Facets[(page + n) % 6]}={page * n}"), .. Enumerable.Range(0, 4).Select(n => $"/archive/{page}/{n}")];
    }

    private static string Path(int page) => (page % 3) switch
    {
        0 => $"/page/{page}",
        1 => $"/article/a-title-of-some-words-{page}.html",
        _ => $"/forum/topic-{page}?page=1",
    };

    private static int Number(string path)
    {
        var digits = path.Replace("?page=1", "", StringComparison.Ordinal).Replace(".html", "", StringComparison.Ordinal);
        var from = digits.Length;
        while (from > 0 && char.IsAsciiDigit(digits[from - 1]))
        {
            from--;
        }
        return from == digits.Length ? 0 : int.Parse(digits[from..], CultureInfo.InvariantCulture);
    }

    private static string Day(DateOnly date) => $"{Month(date)}/{date.Day:00}";

    private static string Month(DateOnly date) => $"/calendar/{date.Year}/{date.Month:00}";

    private static DateOnly Date(string path)
    {
        var parts = path["/calendar/".Length..].Split('/').Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToArray();
        return new DateOnly(Math.Clamp(parts[0], 1990, 2100), parts.Length > 1 ? parts[1] : 1, parts.Length > 2 ? Math.Min(parts[2], 28) : 1);
    }
}
