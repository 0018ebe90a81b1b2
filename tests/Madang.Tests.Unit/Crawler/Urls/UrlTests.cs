using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Madang.Crawler.Urls;

namespace Madang.Tests.Unit.Crawler.Urls;

public sealed partial class UrlTests
{
    /// <summary>Where the standard has changed since the table was made, or where we depart from it (see <see cref="Url"/>).</summary>
    private static readonly Dictionary<string, string> Departures = new()
    {
        ["foo://host/ !\"$%&'()*+,-./:;<=>@[\\]^_`{|}~"] = "the caret joined the path percent-encode set in 2024",
        ["wss://host/ !\"$%&'()*+,-./:;<=>@[\\]^_`{|}~"] = "the caret joined the path percent-encode set in 2024",
        ["blob:https://example.com:443/"] = "the origin of a blob: URL is not looked up",
    };

    [Fact]
    public void Agrees_with_the_web_platform_tests()
    {
        var faults = new List<string>();
        var seen = 0;
        using var table = JsonDocument.Parse(Resource("urltestdata.json"));
        foreach (var row in table.RootElement.EnumerateArray())
        {
            seen++;
            var input = Text(row.GetProperty("input"));
            var given = Parse(input, row.GetProperty("base").ValueKind == JsonValueKind.String ? Text(row.GetProperty("base")) : null);
            var expected = row.TryGetProperty("failure", out _) ? null : Text(row.GetProperty("href"));
            if (Departures.ContainsKey(input))
            {
                continue;
            }

            if (given?.ToString() != expected)
            {
                faults.Add($"{input}: expected {expected ?? "failure"}, was {given?.ToString() ?? "failure"}");
            }
            else if (given is not null)
            {
                faults.AddRange(Parts(given).Where(part => row.TryGetProperty(part.Name, out var wanted) && Text(wanted) != part.Value)
                    .Select(part => $"{input}: {part.Name} was {part.Value}"));
            }
        }

        Assert.Equal([], faults);
        Assert.True(seen > 600, $"only {seen} rows");
    }

    /// <summary>
    /// 3,000 random inputs with the answers of the standard's reference implementation (npm whatwg-url 17.3.0, Unicode 18; ASCII names that begin with xn-- are checked like
    /// all others, see <see cref="Domains"/>): input, base, href or null.
    /// </summary>
    [Fact]
    public void Agrees_with_another_implementation()
    {
        using var table = JsonDocument.Parse(Resource("urls-by-another.json"));
        var faults = table.RootElement.EnumerateArray()
            .Select(row => (Row: row, Given: Parse(Text(row[0]), row[1].GetString())?.ToString()))
            .Where(one => one.Given != one.Row[2].GetString())
            .Select(one => $"{one.Row}: was {one.Given ?? "failure"}");

        Assert.Equal([], faults);
        Assert.Equal(3_000, table.RootElement.GetArrayLength());
    }

    [Theory]
    // Mapped, ignored, normalised; full stops of other scripts; sharp s and final sigma stay (no transitional processing).
    [InlineData("Bücher.example", "xn--bcher-kva.example")]
    [InlineData("ＧＯ。com", "go.com")]
    [InlineData("a\u00ADb.example", "ab.example")]
    [InlineData("bu\u0308cher.example", "xn--bcher-kva.example")]
    [InlineData("faß.de", "xn--fa-hia.de")]
    [InlineData("한국.kr", "xn--3e0b707e.kr")]
    [InlineData("-é-.example", "xn-----bja.example")]
    [InlineData("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    // Joiners (RFC 5892) and directions (RFC 5893).
    [InlineData("نامه\u200Cای.example", "xn--mgba3gch31f060k.example")]
    [InlineData("a\u200Cb.example", null)]
    [InlineData("क्\u200Dष.example", "xn--11b2ezcw70k.example")]
    [InlineData("א1.example", "xn--1-zhc.example")]
    [InlineData("1א.example", null)]
    [InlineData("0a.א", null)]
    // Encoded labels that stand for nothing, for ASCII, or for something that would have been mapped.
    [InlineData("xn--.example", null)]
    [InlineData("xn--a.example", null)]
    [InlineData("xn--abc-.example", null)]
    [InlineData("xn--wca.example", null)]
    [InlineData("\u0301a.example", null)]
    [InlineData("\u2FFF.example", null)]
    public void Writes_names_in_other_scripts_in_ascii(string name, string? expected) =>
        Assert.Equal(expected, Parse($"http://{name}/", null) is { } url ? Encoding.ASCII.GetString(url.Host) : null);

    [Fact]
    public void Parsing_into_a_used_record_allocates_nothing()
    {
        Assert.True(Url.TryParse("https://user:pw@www.Example.com:8080/a/b/?q=1#f", null, out var page));
        var link = new Url();
        string[] hrefs = ["https://other.example/path/page.html?a=b", "../x/y.html", "//cdn.example/z", "?page=2", "#top", "/a;jsessionid=1?utm_source=x&id=%7e", "http://[::1]:80/", "http://0x7f.1/"];
        var inputs = hrefs.Select(Encoding.UTF8.GetBytes).ToArray();
        foreach (var input in inputs)
        {
            Assert.True(Url.TryParse(input, page, link));
            UrlNormalizer.Normalize(link);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var input in inputs)
        {
            Url.TryParse(input, page, link);
            UrlNormalizer.Normalize(link);
            _ = link.Origin;
            _ = link.PathAndQuery;
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_failed_parse_leaves_nothing_of_what_was_there()
    {
        var url = new Url();
        Assert.True(Url.TryParse("https://a.example:81/b?c#d"u8, null, url));
        Assert.False(Url.TryParse("https://a b/"u8, null, url));

        Assert.False(url.IsValid);
        Assert.True(url.Href.IsEmpty && url.Host.IsEmpty && url.PathAndQuery.IsEmpty && url.Fragment.IsEmpty);
        Assert.Equal(-1, url.Port);
    }

    [Theory]
    [InlineData("http://a.example/x", "http://a.example", 80, "/x")]
    [InlineData("https://u:p@a.example:8443/x?y#z", "https://a.example:8443", 8443, "/x?y")]
    [InlineData("https://a.example:443", "https://a.example", 443, "/")]
    [InlineData("mailto:a@b.example", "null", -1, "a@b.example")]
    public void Names_origin_port_and_what_is_asked_for(string input, string origin, int port, string asked)
    {
        var url = Parse(input, null)!;

        Assert.Equal(origin, Encoding.UTF8.GetString(url.Origin));
        Assert.Equal(port, url.Port);
        Assert.Equal(asked, Encoding.UTF8.GetString(url.PathAndQuery));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_become_replacement_characters()
    {
        var url = new Url();

        Assert.True(Url.TryParse([.. "http://a.example/"u8, 0xFF, .. "?"u8, 0xC3], null, url));
        Assert.Equal("http://a.example/%EF%BF%BD?%EF%BF%BD", url.ToString());
    }

    [Theory]
    [InlineData("euc-kr", "http://a.example/%ED%95%9C?q=%C7%D1&x=%26%233647%3B")]
    [InlineData("shift_jis", "http://a.example/%ED%95%9C?q=%26%2354620%3B&x=%26%233647%3B")]
    [InlineData("utf-8", "http://a.example/%ED%95%9C?q=%ED%95%9C&x=%E0%B8%BF")]
    public void A_query_is_escaped_in_the_encoding_of_its_page(string name, string expected)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var url = new Url();

        Assert.True(Url.TryParse("http://a.example/한?q=한&x=฿"u8, null, url, encoding));
        Assert.Equal(expected, url.ToString());
    }

    [Fact]
    public void An_input_beyond_the_limit_is_refused()
    {
        var input = new byte[Url.MaxLength + 1];
        input.AsSpan().Fill((byte)'a');
        "http://a/"u8.CopyTo(input);

        Assert.False(Url.TryParse(input, null, new Url()));
        Assert.True(Url.TryParse(input.AsSpan(1..), Parse("http://a/", null), new Url()));
    }

    internal static Url? Parse(string input, string? baseText)
    {
        Url? against = null;
        return (baseText is null || Url.TryParse(baseText, null, out against)) && Url.TryParse(input, against, out var url) ? url : null;
    }

    internal static string Resource(string name)
    {
        using var stream = typeof(UrlTests).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IEnumerable<(string Name, string Value)> Parts(Url url)
    {
        yield return ("protocol", Encoding.UTF8.GetString(url.Scheme) + ":");
        yield return ("username", Encoding.UTF8.GetString(url.Username));
        yield return ("password", Encoding.UTF8.GetString(url.Password));
        yield return ("host", Encoding.UTF8.GetString(url.HostAndPort));
        yield return ("hostname", Encoding.UTF8.GetString(url.Host));
        yield return ("pathname", Encoding.UTF8.GetString(url.Path));
        yield return ("search", url.Query.IsEmpty ? "" : "?" + Encoding.UTF8.GetString(url.Query));
        yield return ("hash", url.Fragment.IsEmpty ? "" : "#" + Encoding.UTF8.GetString(url.Fragment));
        yield return ("origin", Encoding.UTF8.GetString(url.Origin));
    }

    /// <summary>The table holds lone surrogates, which the JSON reader refuses and decoding replaces.</summary>
    private static string Text(JsonElement value)
    {
        var raw = value.GetRawText();
        return Surrogate().IsMatch(raw) ? Regex.Unescape(raw[1..^1]) : value.GetString()!;
    }

    [GeneratedRegex(@"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")]
    private static partial Regex Surrogate();
}
