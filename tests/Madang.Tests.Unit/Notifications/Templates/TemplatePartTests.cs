using System.Globalization;
using System.Text.Json;
using Madang.Api;
using Madang.Notifications.Templates.Language;

namespace Madang.Tests.Unit.Notifications.Templates;

/// <summary>The language of templates: what it writes, what it refuses, and where it ends.</summary>
public sealed class TemplatePartTests
{
    [Theory]
    [InlineData("안녕하세요, {{name}}님", """{"name":"민아"}""", "안녕하세요, 민아님")]
    [InlineData("{{a.b.[c d]}} {{list.1}} {{list.length}}", """{"a":{"b":{"c d":"x"}},"list":[1,2.50]}""", "x 2.5 2")]
    [InlineData("{{#if a}}yes{{else}}no{{/if}}", """{"a":[]}""", "no")]
    [InlineData("{{#if b}}B{{else if c}}C{{else}}D{{/if}}!", """{"c":1}""", "C!")]
    [InlineData("{{#if b}}B{{else if c}}C{{else if d}}E{{else}}D{{/if}}!", "{}", "D!")]
    [InlineData("{{#unless gone}}here{{/unless}}", "{}", "here")]
    [InlineData("{{#each l}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{else}}none{{/each}}", """{"l":["a","b"]}""", "0a,1b")]
    [InlineData("{{#each l}}{{../x}}{{#each this}}{{../../x}}{{this}}{{/each}}{{/each}}", """{"x":"X","l":[["a"],["b"]]}""", "XXaXXb")]
    [InlineData("{{#each o}}{{@key}}={{this}};{{/each}}", """{"o":{"a":1,"b":true}}""", "a=1;b=true;")]
    [InlineData("{{#with user}}{{name}} {{@root.x}}{{else}}nobody{{/with}}", """{"x":1,"user":{"name":"Kim"}}""", "Kim 1")]
    [InlineData("a\n  {{#if a}}\n  b\n  {{/if}}\nc", """{"a":1}""", "a\n  b\nc")]
    [InlineData("a {{~a~}} b {{!-- {{x}} --}}\\{{c}}", """{"a":1}""", "a1b {{c}}")]
    [InlineData("{{a}}{{{a}}}{{&a}}", """{"a":"<"}""", "<<<")]
    [InlineData("{{default x \"-\"}}{{#if (eq a 1)}}one{{/if}}{{#if (and a (not x))}}!{{/if}}", """{"a":1}""", "-one!")]
    [InlineData("{{plural n \"item\" \"items\"}} {{plural n one=\"a\" other=\"b\"}}", """{"n":1}""", "item a")]
    [InlineData("{{truncate t 3}}", """{"t":"👨‍👩‍👧가나다"}""", "👨‍👩‍👧가…")]
    [InlineData("{{count l}} {{number n}} {{number n 1}}", """{"l":[1,2,3],"n":1234.5}""", "3 1,234.5 1,234.5")]
    public void It_writes_what_handlebars_would(string template, string data, string expected) => Assert.Equal(expected, Render(template, data).Value);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(11, "11")]
    [InlineData(400, "400")]
    [InlineData(999, "?")]
    public void A_chain_of_else_ifs_is_as_long_as_the_tags_allow(int n, string expected)
    {
        var chain = "{{#if (eq n 0)}}0" + string.Concat(Enumerable.Range(1, 400).Select(i => $"{{{{else if (eq n {i})}}}}{i}")) + "{{else}}?{{/if}}";
        Assert.Equal(expected, Render(chain, $$"""{"n":{{n}}}""").Value);
        Assert.Equal($"<b>{expected}</b>", Render($"<b>{chain}</b>", $$"""{"n":{{n}}}""", PartKind.Html).Value);
    }

    [Theory]
    [InlineData("{{name}}", "name")]
    [InlineData("{{order.id}}", "order.id")]
    [InlineData("{{#each items}}x{{/each}}", "items")]
    [InlineData("{{josa name \"은/는\"}}", "name")]
    [InlineData("{{#if order}}{{order.total}}{{/if}}", "order.total")]
    public void A_variable_that_is_not_given_is_refused_by_its_name(string template, string name)
    {
        var error = Render(template, """{"order":{"id":null}}""").Error!;
        Assert.Equal("template_variable_missing", error.Code);
        Assert.Equal("data." + name, Assert.Single(error.Fields).Field);
    }

    [Theory]
    [InlineData("{{> other}}", "partials")]
    [InlineData("{{#> layout}}{{/layout}}", "partials")]
    [InlineData("{{#*inline \"x\"}}{{> x}}{{/inline}}", "partials")]
    [InlineData("{{{{raw}}}}x{{{{/raw}}}}", "raw blocks")]
    [InlineData("{{#if a}}", "not closed")]
    [InlineData("{{#if a}}{{/each}}", "is ended by")]
    [InlineData("{{/if}}", "nothing is open")]
    [InlineData("{{else}}", "nothing is open")]
    [InlineData("{{a", "not closed")]
    [InlineData("{{}}", "empty")]
    [InlineData("{{fetch \"http://x\"}}", "no function")]
    [InlineData("{{#repeat 5}}x{{/repeat}}", "no block")]
    [InlineData("{{a b c}}", "no function")]
    [InlineData("{{date}}{{date a \"x\" 3}}", "is used as")]
    [InlineData("{{a\"b\"}}", "no function")]
    [InlineData("{{@secret}}", "there is no")]
    [InlineData("line\nline {{a..b=}}", "Line 2")]
    public void What_it_does_not_know_is_refused_when_it_is_written(string template, string why) =>
        Assert.Contains(why, TemplatePart.Read(template, PartKind.Text).Fault, StringComparison.Ordinal);

    [Fact]
    public void Hostile_templates_end()
    {
        var list = $$"""{"l":[{{string.Join(',', Enumerable.Range(0, 2_000))}}],"s":"{{new string('x', 10_000)}}"}""";
        Assert.Equal("template_failed", Render("{{#each l}}{{#each ../l}}{{#each ../../l}}{{/each}}{{/each}}{{/each}}", list).Error!.Code);
        Assert.Equal("template_failed", Render("{{#each l}}{{../s}}{{/each}}", list).Error!.Code);
        Assert.Equal("template_failed", Render("{{#each l}}{{#if (truncate ../s 5000)}}{{/if}}{{/each}}", list).Error!.Code);
        Assert.NotNull(TemplatePart.Read(string.Concat(Enumerable.Repeat("{{#if a}}", 9)) + string.Concat(Enumerable.Repeat("{{/if}}", 9)), PartKind.Text).Fault);
        Assert.NotNull(TemplatePart.Read(string.Concat(Enumerable.Repeat("{{a}}", 1_001)), PartKind.Text).Fault);
        Assert.NotNull(TemplatePart.Read("{{#if " + new string('(', 50) + "not a" + new string(')', 50) + "}}{{/if}}", PartKind.Text).Fault);
    }

    [Theory]
    [InlineData("<p>{{a}}</p>", "<p>&lt;b&gt; &amp; &quot;x&quot; &#x27;</p>")]
    [InlineData("<p title=\"{{a}}\">", "<p title=\"&lt;b&gt; &amp; &quot;x&quot; &#x27;\">")]
    [InlineData("<a href='https://x/?q={{a}}'>", "<a href='https://x/?q=%3Cb%3E%20%26%20%22x%22%20%27'>")]
    [InlineData("<a href=\"{{u}}\">{{u}}</a>", "<a href=\"https://x/?a&#x3D;1&amp;b&#x3D;2\">https://x/?a&#x3D;1&amp;b&#x3D;2</a>")]
    [InlineData("<style>p{color:red}</style><!-- {{!x}} --><p>{{#if a}}<b>{{else}}<i>{{/if}}", "<style>p{color:red}</style><!--  --><p><b>")]
    public void Values_are_escaped_by_where_they_stand(string template, string expected)
    {
        var (part, fault) = TemplatePart.Read(template, PartKind.Html);
        Assert.Null(fault);
        Assert.Equal(expected, part!.Render(Scene("""{"a":"<b> & \"x\" '","u":"https://x/?a=1&b=2"}"""), 10_000).Value);
    }

    [Theory]
    [InlineData("<script>var a = {{a}}</script>")]
    [InlineData("<p onclick=\"f({{a}})\">")]
    [InlineData("<p style=\"{{a}}\">")]
    [InlineData("<a href={{a}}>")]
    [InlineData("<{{a}}>")]
    [InlineData("<p {{a}}>")]
    [InlineData("<!-- {{a}} -->")]
    [InlineData("<style>{{a}}</style>")]
    [InlineData("{{#if a}}<p title=\"{{/if}}x\">")]
    [InlineData("{{{a}}}")]
    [InlineData("<p title=\"")]
    [InlineData("<iframe src=\"x\"></iframe>")]
    [InlineData("<img srcset=\"{{a}}\">")]
    public void A_value_stands_where_it_can_be_made_harmless_or_nowhere(string template) => Assert.NotNull(TemplatePart.Read(template, PartKind.Html).Fault);

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData(" javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("https://user@evil/")]
    [InlineData("//evil")]
    [InlineData("java\tscript:x")]
    [InlineData("file:///etc/passwd")]
    public void A_link_leads_to_a_web_mail_or_telephone_address(string address)
    {
        var part = TemplatePart.Read("<a href=\"{{u}}\">", PartKind.Html).Part!;
        Assert.Equal("template_failed", part.Render(Scene(JsonSerializer.Serialize(new { u = address })), 1_000).Error!.Code);
    }

    [Fact]
    public void Times_are_told_in_the_zone_and_language_of_who_reads()
    {
        using var data = JsonDocument.Parse("""{"at":"2026-03-01T15:30:00Z"}""");
        var part = TemplatePart.Read("{{date at}} / {{time at}}", PartKind.Text).Part!;
        string In(string locale, string zone) => part.Render(
            new() { Data = data.RootElement, Culture = CultureInfo.GetCultureInfo(locale), Zone = TimeZoneInfo.FindSystemTimeZoneById(zone) }, 100).Value.Replace('\u202F', ' ');
        Assert.Equal("2026년 3월 2일 월요일 / 오전 12:30", In("ko-KR", "Asia/Seoul"));
        Assert.Equal("Sunday, March 1, 2026 / 10:30 AM", In("en-US", "America/New_York"));
    }

    private static Result<string> Render(string template, string data, PartKind kind = PartKind.Text)
    {
        var (part, fault) = TemplatePart.Read(template, kind);
        Assert.True(fault is null, fault);
        return part!.Render(Scene(data), 100_000);
    }

    private static TemplateScene Scene(string data)
    {
        using var document = JsonDocument.Parse(data);
        return new() { Data = document.RootElement.Clone(), Culture = CultureInfo.GetCultureInfo("en-US") };
    }
}
