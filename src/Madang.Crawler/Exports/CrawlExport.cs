using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Madang.Api;
using Madang.Crawler.Endpoints;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Exports;

/// <summary>What an export holds.</summary>
public enum ExportFormat
{
    /// <summary>A page a line, as <c>GET /v1/crawls/{id}/pages</c> shows it.</summary>
    Jsonl,

    /// <summary>A page a row (RFC 4180, UTF-8), with a head.</summary>
    Csv,

    /// <summary>The link graph: <c>source TAB target</c> a line, without a head. Only targets that the crawl has taken up.</summary>
    Links,

    /// <summary>The nodes of the link graph: URL, status, importance and title, parted by TAB.</summary>
    Nodes,
}

/// <summary>Writes what a crawl has found, in log order, a few pages at a time: of any size in little memory, also while the crawl runs.</summary>
internal static class CrawlExport
{
    private const int PagesAtOnce = 200;
    private const int LinksAtOnce = 2_000;
    private const int KeyBytes = 16;

    public static async Task WriteAsync(IPageStore pages, ExportFormat format, Stream output, CancellationToken cancellationToken)
    {
        // No byte order mark, and LF but for CSV's own CR LF.
        await using var writer = new StreamWriter(output, new UTF8Encoding(false), 32 * 1024, leaveOpen: true) { NewLine = "\n" };
        if (format == ExportFormat.Csv)
        {
            await writer.WriteAsync(PageCsv.Head);
        }

        long? after = null;
        while (await pages.PagesAsync(new PageFilter(), after, descending: false, PagesAtOnce, cancellationToken) is { Count: > 0 } rows)
        {
            after = rows[^1].Log;
            await (format switch
            {
                ExportFormat.Links => LinksAsync(pages, rows, writer, cancellationToken),
                ExportFormat.Nodes => NodesAsync(rows, writer),
                _ => PagesAsync(pages, rows, format, writer, cancellationToken),
            });
            await writer.FlushAsync(cancellationToken);
        }
    }

    private static async Task PagesAsync(IPageStore pages, IReadOnlyList<StoredPage> rows, ExportFormat format, StreamWriter writer, CancellationToken cancellationToken)
    {
        var repeated = rows.Where(row => row.Page.Duplicate != DuplicateKind.None).Select(row => row.Page.Original).Distinct().ToList();
        var originals = repeated.Zip(await pages.UrlsAsync(repeated, cancellationToken)).ToDictionary(pair => pair.First, pair => pair.Second);
        foreach (var row in rows)
        {
            var page = CrawledPageJson.Of(row, originals.GetValueOrDefault(row.Page.Original));
            if (format == ExportFormat.Csv)
            {
                await writer.WriteAsync(PageCsv.Row(page, row.Page));
            }
            else
            {
                await writer.WriteLineAsync(JsonSerializer.Serialize(page, ApiJson.Options));
            }
        }
    }

    private static async Task NodesAsync(IReadOnlyList<StoredPage> rows, StreamWriter writer)
    {
        foreach (var row in rows)
        {
            await writer.WriteLineAsync(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{Cell(row.Url)}\t{row.Page.Status}\t{row.Page.Importance:R}\t{Cell(row.Page.Title ?? "")}"));
        }
    }

    private static async Task LinksAsync(IPageStore pages, IReadOnlyList<StoredPage> rows, StreamWriter writer, CancellationToken cancellationToken)
    {
        var edges = new List<(string Source, UrlKey Target)>();
        foreach (var row in rows)
        {
            edges.AddRange(Keys(row.Page.Links).Select(target => (row.Url, target)));
            if (edges.Count >= LinksAtOnce)
            {
                await EdgesAsync(pages, edges, writer, cancellationToken);
            }
        }

        await EdgesAsync(pages, edges, writer, cancellationToken);
    }

    private static async Task EdgesAsync(IPageStore pages, List<(string Source, UrlKey Target)> edges, StreamWriter writer, CancellationToken cancellationToken)
    {
        foreach (var chunk in edges.Chunk(LinksAtOnce))
        {
            var targets = await pages.UrlsAsync([.. chunk.Select(edge => edge.Target)], cancellationToken);
            for (var i = 0; i < chunk.Length; i++)
            {
                if (targets[i] is { } target)
                {
                    await writer.WriteLineAsync($"{Cell(chunk[i].Source)}\t{Cell(target)}");
                }
            }
        }

        edges.Clear();
    }

    private static IEnumerable<UrlKey> Keys(byte[]? links)
    {
        for (var at = 0; at + KeyBytes <= (links?.Length ?? 0); at += KeyBytes)
        {
            yield return new UrlKey(BinaryPrimitives.ReadInt64LittleEndian(links.AsSpan(at)), BinaryPrimitives.ReadInt64LittleEndian(links.AsSpan(at + 8)));
        }
    }

    /// <summary>Nothing in it parts lines or columns.</summary>
    private static string Cell(string text) => text.AsSpan().IndexOfAny("\t\r\n\0") < 0 ? text : string.Concat(text.Select(letter => letter is '\t' or '\r' or '\n' or '\0' ? ' ' : letter));
}
