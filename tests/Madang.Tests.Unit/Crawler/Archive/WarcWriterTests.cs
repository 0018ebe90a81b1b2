using System.Globalization;
using System.Text.Json;
using Madang.Crawler.Archive;

namespace Madang.Tests.Unit.Crawler.Archive;

/// <summary>What is in the books is in the archive, after any end.</summary>
public sealed class WarcWriterTests : IDisposable
{
    private readonly Archived _archive = new();
    private readonly Dictionary<string, long> _books = new(StringComparer.Ordinal);

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task A_record_stands_where_the_writer_said()
    {
        await using var writer = _archive.Open();
        var places = new List<WarcPlace>();
        for (var i = 0; i < 200; i++)
        {
            using var visit = Archived.Visit($"http://example.com/{i}", new string('x', i * 37));
            places.Add(writer.Append(visit));
        }

        writer.Sync(_books);
        Assert.Equal("7-node_1-20260301093015-00001.warc.gz", Assert.Single(_books).Key);
        for (var i = 0; i < 200; i++)
        {
            var record = WarcReader.At(_archive.Path(places[i].File), places[i].Offset);
            Assert.Equal(($"http://example.com/{i}", places[i].Length), (record.Url!, (int)record.Length));
        }

        Assert.Equal(_books.Values.Single(), new FileInfo(_archive.Path(places[0].File)).Length);
        Assert.Equal("warcinfo", _archive.Read(places[0].File)[0].Type);
    }

    [Fact]
    public async Task A_member_larger_than_the_buffer_keeps_its_place()
    {
        await using var writer = _archive.Open();
        var large = System.Security.Cryptography.RandomNumberGenerator.GetHexString(2_000_000);
        foreach (var (path, body) in new[] { ("a", "small"), ("b", large), ("c", "small") })
        {
            using var visit = Archived.Visit($"http://example.com/{path}", body);
            var place = writer.Append(visit);
            writer.Sync(_books);
            Assert.Equal($"http://example.com/{path}", WarcReader.At(_archive.Path(place.File), place.Offset).Url);
        }
    }

    [Fact]
    public async Task What_is_appended_while_the_disk_works_waits_for_the_next_sync()
    {
        await using var writer = _archive.Open(maxBytes: 20_000);
        var places = new List<WarcPlace>();
        for (var round = 0; round < 30; round++)
        {
            var lengths = new Dictionary<string, long>();
            var before = places.ToList();
            var syncing = writer.SyncAsync(lengths);
            for (var i = 0; i < 8; i++)
            {
                using var visit = Archived.Visit($"http://example.com/{round}/{i}", System.Security.Cryptography.RandomNumberGenerator.GetHexString(300));
                places.Add(writer.Append(visit));
            }

            await syncing;
            foreach (var (file, length) in lengths)
            {
                _books[file] = length;
            }

            Assert.All(before, place => Assert.True(place.Offset + place.Length <= _books[place.File]));
            Assert.DoesNotContain(places.Skip(before.Count), place => place.Offset < _books.GetValueOrDefault(place.File));
        }
    }

    [Fact]
    public async Task A_full_file_is_closed_with_a_sorted_index_and_the_next_begins()
    {
        var places = new List<WarcPlace>();
        await using (var writer = _archive.Open(maxBytes: 8_000))
        {
            for (var i = 60; i > 0; i--)
            {
                using var visit = Archived.Visit($"http://example.com/{i:00}", System.Security.Cryptography.RandomNumberGenerator.GetHexString(500));
                places.Add(writer.Append(visit));
            }

            writer.Sync(_books);
        }

        Assert.True(_books.Count > 3);
        Assert.Equal(places.Select(p => p.File).Distinct().Order(), _books.Keys.Order());
        foreach (var file in _books.Keys)
        {
            Assert.True(new FileInfo(_archive.Path(file)).Length <= 8_000);
            var lines = File.ReadAllLines(CdxjFile.Of(_archive.Path(file)));
            Assert.Equal(lines.Order(StringComparer.Ordinal), lines);
            Assert.Equal(places.Count(p => p.File == file), lines.Length);
            foreach (var line in lines)
            {
                using var json = JsonDocument.Parse(line[line.IndexOf('{', StringComparison.Ordinal)..]);
                string Text(string name) => json.RootElement.GetProperty(name).GetString()!;
                var record = WarcReader.At(_archive.Path(Text("filename")), long.Parse(Text("offset"), CultureInfo.InvariantCulture));
                Assert.Equal((Text("url"), Text("length"), Text("digest")), (record.Url, record.Length.ToString(CultureInfo.InvariantCulture), record.Field("WARC-Payload-Digest")));
                Assert.Equal(("text/html", "200"), (Text("mime"), Text("status")));
            }
        }
    }

    [Fact]
    public async Task What_the_books_do_not_know_is_cut_on_start()
    {
        await using (var writer = _archive.Open())
        {
            using var known = Archived.Visit("http://example.com/known", "x");
            _ = writer.Append(known);
            writer.Sync(_books);
            using var unknown = Archived.Visit("http://example.com/unknown", "x");
            _ = writer.Append(unknown);
            await writer.SyncAsync(new Dictionary<string, long>());
        }

        var file = _books.Keys.Single();
        File.WriteAllText(_archive.Path("7-node_1-20260301093015-00002.warc.gz"), "never in the books");
        File.WriteAllText(_archive.Path("7-node_1-20260301093015-00001.cdxj.part"), "left by a kill");
        File.WriteAllText(_archive.Path("somebody-elses.warc.gz"), "not ours");
        await using (var again = WarcWriter.Open(_archive.Settings(), _books, _archive.Time, out var cut))
        {
            Assert.Equal([file], cut.Kept);
            Assert.Equal(["7-node_1-20260301093015-00002.warc.gz"], cut.Removed);
            Assert.True(cut.Bytes > 18);
            Assert.Equal(["http://example.com/known"], _archive.Read(file).Where(r => r.Type == "response").Select(r => r.Url));
            using var more = Archived.Visit("http://example.com/more", "x");
            Assert.Equal("7-node_1-20260301093015-00002.warc.gz", again.Append(more).File);
            await again.Indexed;
        }

        Assert.Equal(
            [file.Replace(".warc.gz", ".cdxj", StringComparison.Ordinal), file, "7-node_1-20260301093015-00002.cdxj", "7-node_1-20260301093015-00002.warc.gz", "somebody-elses.warc.gz"],
            Directory.GetFiles(_archive.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_that_lost_what_was_promised_is_told_and_left()
    {
        File.WriteAllText(_archive.Path("7-a-20260301093015-00001.warc.gz"), "short");
        var cut = WarcTail.Cut(_archive.Folder, "7-", "7-a-", new Dictionary<string, long> { ["7-b-20260301093015-00001.warc.gz"] = 10, ["7-a-20260301093015-00001.warc.gz"] = 10, ["7-a-20260301093015-00002.warc.gz"] = 10 });
        Assert.Equal(["7-a-20260301093015-00001.warc.gz"], cut.Short);
        Assert.Equal(["7-a-20260301093015-00002.warc.gz"], cut.Missing);
        Assert.Equal("short", File.ReadAllText(_archive.Path("7-a-20260301093015-00001.warc.gz")));
    }

    [Fact]
    public async Task The_index_can_be_made_from_the_archive_alone()
    {
        await using (var writer = _archive.Open())
        {
            foreach (var url in new[] { "http://b.example/", "http://a.example/?z=1&a=2", "http://www.a.example:8080/X/", "http://a.example/" })
            {
                using var visit = Archived.Visit(url, url);
                _ = writer.Append(visit);
            }

            using var revisit = Archived.Visit("http://b.example/2", "same", revisit: new WarcRevisit(false, "http://b.example/", Archived.Then));
            _ = writer.Append(revisit);
            writer.Sync(_books);
        }

        var path = _archive.Path(_books.Keys.Single());
        var written = await File.ReadAllTextAsync(CdxjFile.Of(path), TestContext.Current.CancellationToken);
        Assert.Equal(5, written.Count(c => c == '\n'));
        File.Delete(CdxjFile.Of(path));
        CdxjFile.Rebuild(path, TestContext.Current.CancellationToken);
        Assert.Equal(written, await File.ReadAllTextAsync(CdxjFile.Of(path), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_full_disk_is_told_from_a_broken_one()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Needs Linux's /dev/full");
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        var fault = Assert.ThrowsAny<IOException>(() => RandomAccess.Write(full, "x"u8, 0));
        Assert.IsType<Madang.Storage.StorageFullException>(DiskFault.Of(fault));
        Assert.IsType<Madang.Storage.StorageBrokenException>(DiskFault.Of(new IOException("EIO", 5)));
    }

    [Theory]
    [InlineData("http://www.Example.com/A/B/?b=2&a=1#x", "com,example)/a/b?a=1&b=2")]
    [InlineData("https://example.com:443/", "com,example)/")]
    [InlineData("http://example.com:8080/x", "com,example:8080)/x")]
    [InlineData("http://www2.example.co.kr", "kr,co,example)/")]
    [InlineData("http://www.kr/", "kr)/")]
    [InlineData("http://127.0.0.1:81/?", "1,0,0,127:81)/")]
    [InlineData("http://[2001:db8::1]/", "[2001:db8::1])/")]
    [InlineData("http://e.com/?a=2&a-b=1&a", "com,e)/?a&a=2&a-b=1")]
    public void The_sort_key_is_that_of_surt(string url, string expected)
    {
        using var output = new PooledOutput(64);
        Surt.Write(System.Text.Encoding.UTF8.GetBytes(url), output);
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(output.Written));
    }
}
