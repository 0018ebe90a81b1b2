using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Madang.Crawler.Exports;
using Madang.Crawler.Frontier;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>An export holds every page once, and nothing in a page breaks out of its cell.</summary>
public abstract class ExportFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_is_a_line_of_json_in_the_order_of_the_log()
    {
        await using var test = await fresh();
        await using var books = await CrawlAsync(test, 450);
        var lines = (await ExportAsync(books, ExportFormat.Jsonl, 450)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, 450).Select(i => $"https://h1.example/{i}"), lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("url").GetString()));
    }

    [Fact]
    public async Task Csv_has_a_head_and_a_row_a_page_and_runs_no_formula()
    {
        await using var test = await fresh();
        await using var books = await CrawlAsync(test, 3);
        var csv = await ExportAsync(books, ExportFormat.Csv, 3);
        var rows = csv.Split("\r\n");
        Assert.Equal(5, rows.Length);
        var columns = rows[0].Split(',').Length;
        Assert.StartsWith("https://h1.example/1,200,,\"'=cmd|' /C calc'!A0\",", rows[1], StringComparison.Ordinal);
        Assert.Equal(columns, rows[1].Split(',').Length);
        Assert.Contains(",\"say \"\"hi\"\", 안녕\",", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_graph_has_its_edges_and_its_nodes()
    {
        await using var test = await fresh();
        await using var books = await CrawlAsync(test, 3);
        Assert.Equal("https://h1.example/1\thttps://h1.example/2\nhttps://h1.example/1\thttps://h1.example/3\n", await ExportAsync(books, ExportFormat.Links, 3));
        var nodes = (await ExportAsync(books, ExportFormat.Nodes, 3)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(nodes, node => Assert.Equal(4, node.Split('\t').Length));
        Assert.Equal("https://h1.example/3\t200\t0.5\ta b", nodes[2]);
    }

    private static async Task<Books> CrawlAsync(TestDatabase test, int count)
    {
        var books = new Books(test);
        _ = await books.OpenAsync();
        _ = books.Host(1);
        for (var i = 1; i <= count; i++)
        {
            var title = i switch { 1 => "=cmd|' /C calc'!A0", 2 => "say \"hi\", 안녕", 3 => "a\tb", _ => null };
            _ = books.Url(1, i).Page(Books.Visit(1, i) with { Title = title, Importance = 0.5, Links = i == 1 ? Links(2, 3, 999) : null });
        }

        _ = await books.CommitAsync();
        return books;
    }

    private static byte[] Links(params long[] hashes)
    {
        var links = new byte[hashes.Length * 16];
        for (var i = 0; i < hashes.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(links.AsSpan(i * 16), 1);
            BinaryPrimitives.WriteInt64LittleEndian(links.AsSpan((i * 16) + 8), hashes[i]);
        }

        return links;
    }

    /// <summary>On PostgreSQL the last pages can be read upward only once every transaction before them has ended, whoever's it is.</summary>
    private static async Task<string> ExportAsync(Books books, ExportFormat format, int pagesThere)
    {
        await using var pages = await books.PagesAsync();
        while ((await pages.PagesAsync(new PageFilter(), null, descending: false, pagesThere, Token)).Count < pagesThere)
        {
            await Task.Yield();
        }

        using var output = new MemoryStream();
        await CrawlExport.WriteAsync(pages, format, output, Token);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}

public sealed class SqliteExportTests() : ExportFacts(TestDatabase.SqliteAsync);

public sealed class PostgresExportTests() : ExportFacts(TestDatabase.PostgresAsync);
