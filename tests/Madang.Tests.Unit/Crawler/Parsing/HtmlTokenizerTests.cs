using System.Text;
using System.Text.Json;
using Madang.Crawler.Parsing;

namespace Madang.Tests.Unit.Crawler.Parsing;

public sealed class HtmlTokenizerTests
{
    /// <summary>Lines <c>{"i":input,"s":mode?,"l":last start tag?,"o":[tokens as html5lib writes them]}</c>.</summary>
    [Fact]
    public void Every_line_of_the_standard_table_gives_its_tokens()
    {
        var wrong = new List<string>();
        var lines = 0;
        foreach (var line in Table())
        {
            using var test = JsonDocument.Parse(line);
            var root = test.RootElement;
            var mode = root.TryGetProperty("s", out var state) ? Enum.Parse<TextMode>(state.GetString()!) : TextMode.Data;
            var last = root.TryGetProperty("l", out var tag) ? tag.GetString()! : "";
            var input = Encoding.UTF8.GetBytes(root.GetProperty("i").GetString()!);
            var expected = root.GetProperty("o").EnumerateArray().Select(Expected).ToList();
            foreach (var scratch in (int[])[16, 4096])
            {
                var actual = TokenList.Read(input, mode, Encoding.UTF8.GetBytes(last), steer: false, scratch).ConvertAll(Write);
                if (!expected.SequenceEqual(actual))
                {
                    wrong.Add($"{line}\n  gave {string.Join(" ", actual)}");
                }
            }

            lines++;
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong:\n{string.Join("\n", wrong.Take(10))}");
        Assert.Equal(8829, lines);
    }

    [Theory]
    [InlineData("<script>a</b><!--<script>x</script>--></script><i>", "start script|text a</b><!--<script>x</script>-->|end script|start i")]
    [InlineData("<title>a<b>&amp;</title><b>", "start title|text a<b>&|end title|start b")]
    [InlineData("<textarea><p></textarea>", "start textarea|text <p>|end textarea")]
    [InlineData("<style><p>&amp;</style>", "start style|text <p>&amp;|end style")]
    [InlineData("<xmp><p></xmp><iframe><p></iframe><noembed><p></noembed><noframes><p></noframes>", "start xmp|text <p>|end xmp|start iframe|text <p>|end iframe|start noembed|text <p>|end noembed|start noframes|text <p>|end noframes")]
    [InlineData("<plaintext><p></plaintext>", "start plaintext|text <p></plaintext>")]
    [InlineData("<noscript><a href=x></noscript>", "start noscript|start a href=x|end noscript")]
    [InlineData("<svg><title><b>x</b></title><![CDATA[<a>]]></svg><![CDATA[x]]>", "start svg|start title|start b|text x|end b|end title|text <a>|end svg|comment [CDATA[x]]")]
    [InlineData("<svg><style><g></style><script>a<g>b</script>", "start svg|start style|start g|end style|start script|text a|start g|text b|end script")]
    [InlineData("<svg><p><style><b></style>", "start svg|start p|start style|text <b>|end style")]
    [InlineData("<svg><foreignObject><style><b></style></foreignObject></svg><script><b></script>", "start svg|start foreignobject|start style|text <b>|end style|end foreignobject|end svg|start script|text <b>|end script")]
    public void Elements_decide_how_their_text_is_read(string html, string tokens)
    {
        var actual = TokenList.Read(Encoding.UTF8.GetBytes(html)).Select(token => token.Type switch
        {
            "start" => $"start {token.Name}{string.Concat(token.Attributes!.Select(attribute => $" {attribute.Key}={attribute.Value}"))}",
            "end" => $"end {token.Name}",
            _ => $"{token.Type} {token.Text}",
        });
        Assert.Equal(tokens, string.Join("|", actual));
    }

    [Fact]
    public void The_table_of_references_has_2231_names() => Assert.Equal(2231, CharacterReferences.Count);

    [Fact]
    public void Every_known_name_is_its_own_bytes()
    {
        foreach (var field in typeof(NameKey).GetFields().Where(field => field.IsLiteral && field.FieldType == typeof(ulong)))
        {
            var bytes = BitConverter.GetBytes((ulong)field.GetRawConstantValue()!).AsSpan().TrimEnd((byte)0);
            Assert.Equal(field.Name, Encoding.ASCII.GetString(bytes).Replace(":", "", StringComparison.Ordinal), ignoreCase: true);
            Assert.Equal((ulong)field.GetRawConstantValue()!, NameKey.Of(bytes));
        }
    }

    [Fact]
    public void A_tag_keeps_the_first_of_equal_attributes_and_at_most_1024()
    {
        var html = new StringBuilder("<p data-very-long-name=1 DATA-VERY-LONG-NAME=2 a=1 A=2");
        for (var i = 0; i < 2_000; i++)
        {
            html.Append(" x").Append(i);
        }

        var token = Assert.Single(TokenList.Read(Encoding.UTF8.GetBytes(html.Append('>').ToString())));
        Assert.Equal(TokenScratch.MaxAttributes, token.Attributes!.Count);
        Assert.Equal("1", token.Attributes[0].Value);
        Assert.Equal("1", token.Attributes[1].Value);
    }

    private static IEnumerable<string> Table()
    {
        using var reader = new StreamReader(typeof(HtmlTokenizerTests).Assembly.GetManifestResourceStream("html-tokens.jsonl")!);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static string Expected(JsonElement token)
    {
        var kind = token[0].GetString();
        return kind switch
        {
            "Character" => $"text {token[1]}",
            "Comment" => $"comment {token[1]}",
            "EndTag" => $"end {token[1]}",
            "StartTag" => $"start {token[1]} {Sorted(token[2].EnumerateObject().Select(attribute => KeyValuePair.Create(attribute.Name, attribute.Value.GetString()!)))} {token.GetArrayLength() > 3}",
            _ => $"doctype {Show(token[1])} {Show(token[2])} {Show(token[3])} {token[4].GetBoolean()}",
        };
    }

    private static string Write(HtmlToken token) => token.Type switch
    {
        "text" or "comment" => $"{token.Type} {token.Text}",
        "end" => $"end {token.Name}",
        "start" => $"start {token.Name} {Sorted(token.Attributes!)} {token.SelfClosing}",
        _ => $"doctype {token.Name ?? "null"} {token.PublicId ?? "null"} {token.SystemId ?? "null"} {!token.ForceQuirks}",
    };

    private static string Sorted(IEnumerable<KeyValuePair<string, string>> attributes) =>
        string.Join(",", attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal).Select(attribute => $"{attribute.Key}={attribute.Value}"));

    private static string Show(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "null" : value.GetString()!;
}
