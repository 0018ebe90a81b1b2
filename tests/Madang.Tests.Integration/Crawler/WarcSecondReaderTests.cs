using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Madang.Crawler.Archive;

namespace Madang.Tests.Integration.Crawler;

/// <summary>Another implementation of WARC and CDXJ (webrecorder's warcio, from npm) reads our archives as we do.</summary>
public sealed class WarcSecondReaderTests : IDisposable
{
    // Each record: its type, target, HTTP status, and the SHA-256 of its payload as that library hands it out.
    private const string Script =
        """
        import { WARCParser } from 'warcio';
        import { createReadStream } from 'node:fs';
        import { createHash } from 'node:crypto';
        for await (const record of new WARCParser(createReadStream(process.argv[1]))) {
          const payload = await record.readFully(false);
          console.log(JSON.stringify({
            type: record.warcType, url: record.warcTargetURI ?? null, date: record.warcDate, concurrent: record.warcHeader('WARC-Concurrent-To') ?? null,
            id: record.warcHeader('WARC-Record-ID'), status: record.httpHeaders?.statusCode ?? null, bytes: payload.length,
            sha256: createHash('sha256').update(payload).digest('hex'),
          }));
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("madang-warc-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_finds_every_record_with_its_payload()
    {
        var (file, bodies) = await ArchiveAsync();
        var records = (await NodeAsync("--input-type=module", "-e", Script, file)).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal("warcinfo", (string)records[0]["type"]!);
        var responses = records.Where(record => (string)record["type"]! == "response").ToList();
        Assert.Equal(bodies.Count, responses.Count);
        foreach (var response in responses)
        {
            var body = bodies[(string)response["url"]!];
            Assert.Equal((body.Length, 200), ((int)response["bytes"]!, (int)response["status"]!));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(body)), (string)response["sha256"]!);
            Assert.Equal(2, records.Count(record => (string?)record["concurrent"] == (string)response["id"]!));
        }

        var revisit = Assert.Single(records, record => (string)record["type"]! == "revisit");
        Assert.Equal((0, 304), ((int)revisit["bytes"]!, (int)revisit["status"]!));
    }

    [Fact]
    public async Task It_makes_the_same_index()
    {
        var (file, _) = await ArchiveAsync();
        var theirs = await NodeAsync(Path.Combine(Repository.Root, "web/node_modules/warcio/dist/cli.cjs"), "cdx-index", file);
        // They leave the algorithm out of a digest and do not sort.
        var ours = await File.ReadAllLinesAsync(CdxjFile.Of(file), TestContext.Current.CancellationToken);
        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours.Select(line => line.Replace("sha256:", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(ours.Order(StringComparer.Ordinal), ours);
    }

    private async Task<(string File, Dictionary<string, byte[]> Bodies)> ArchiveAsync()
    {
        var bodies = new Dictionary<string, byte[]>
        {
            ["https://example.com/"] = "<p>마당</p>"u8.ToArray(),
            ["https://example.com/empty"] = [],
            ["http://example.com:8080/large?b=2&a=1"] = RandomNumberGenerator.GetBytes(3_000_000),
            ["https://xn--s55b.kr/text"] = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("글 text ", 20_000))),
        };
        var settings = new WarcSettings { Folder = _folder, Crawl = "c", Node = "n", Fields = [new("software", "Madang")] };
        string file;
        await using (var writer = WarcWriter.Open(settings, new Dictionary<string, long>(), TimeProvider.System, out _))
        {
            file = "";
            foreach (var (url, body) in bodies)
            {
                using var members = Visit(url, body, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n", null);
                file = writer.Append(members).File;
            }

            using var revisit = Visit(
                "https://example.com/", [], "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", new WarcRevisit(true, "https://example.com/", DateTimeOffset.UnixEpoch));
            _ = writer.Append(revisit);
            writer.Sync(new Dictionary<string, long>());
        }

        return (Path.Combine(_folder, file), bodies);
    }

    private static WarcMembers Visit(string url, byte[] body, string head, WarcRevisit? revisit) => WarcRecords.Exchange(new WarcExchange
    {
        Url = Encoding.ASCII.GetBytes(url),
        At = new DateTimeOffset(2026, 3, 1, 9, 30, 15, 123, TimeSpan.Zero),
        Address = System.Net.IPAddress.Parse("2001:db8::7"),
        RequestLines = "User-Agent: Madang\r\n"u8,
        Head = Encoding.ASCII.GetBytes(head),
        Body = body,
        Metadata = "hopsFromSeed: L\r\n"u8,
        Revisit = revisit,
    });

    private static async Task<string[]> NodeAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.Combine(Repository.Root, "web") };
        using var node = Process.Start(start)!;
        var faults = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, await faults);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
