using Madang.Notifications.Rendering;
using Madang.Notifications.Templates;
using Madang.Notifications.Templates.Html;
using Madang.Notifications.Templates.Language;

namespace Madang.Tests.Unit.Notifications.Templates;

/// <summary>Particles, plurals, segments, languages and the text of a mail, by tables.</summary>
public sealed class WordsTests
{
    [Theory]
    [InlineData("민아", "은/는", "는")]
    [InlineData("지훈", "은/는", "은")]
    [InlineData("지훈", "가", "이")]
    [InlineData("서울", "으로/로", "로")]
    [InlineData("부산", "으로/로", "으로")]
    [InlineData("대구", "로/으로", "로")]
    [InlineData("서울", "와/과", "과")]
    [InlineData("수지", "와/과", "와")]
    [InlineData("책", "을/를", "을")]
    [InlineData("100", "은/는", "은")]
    [InlineData("12", "은/는", "는")]
    [InlineData("7", "으로/로", "로")]
    [InlineData("3", "을/를", "을")]
    [InlineData("SQL", "을/를", "을")]
    [InlineData("PDF", "을/를", "를")]
    [InlineData("Kevin", "이/가", "이")]
    [InlineData("Michael", "으로/로", "로")]
    [InlineData("Anna", "은/는", "는")]
    [InlineData("Bob", "은/는", "은(는)")]
    [InlineData("King", "은/는", "은")]
    [InlineData("지훈(친구)", "이/가", "가")]
    [InlineData("\"지훈\"", "이/가", "이")]
    [InlineData("민아 👍", "이/가", "이(가)")]
    [InlineData("", "을/를", "을(를)")]
    [InlineData("書", "와/과", "와(과)")]
    public void A_particle_follows_the_sound_before_it(string word, string pair, string expected) => Assert.Equal(expected, Josa.After(word, pair));

    [Fact]
    public void Every_syllable_takes_the_particle_of_its_final_consonant()
    {
        for (var letter = '가'; letter <= '힣'; letter++)
        {
            var decomposed = letter.ToString().Normalize(System.Text.NormalizationForm.FormD);
            Assert.Equal(decomposed.Length == 3 ? "을" : "를", Josa.After(letter.ToString(), "을/를"));
            Assert.Equal(decomposed.Length == 3 && decomposed[2] != '\u11AF' ? "으로" : "로", Josa.After(decomposed, "으로/로"));
        }

        Assert.Null(Josa.After("가", "의/에"));
    }

    [Theory]
    [InlineData("ko", 1, "other")]
    [InlineData("en", 1, "one")]
    [InlineData("en", 0, "other")]
    [InlineData("fr", 0, "one")]
    [InlineData("ru", 21, "one")]
    [InlineData("ru", 12, "many")]
    [InlineData("ru", 3, "few")]
    [InlineData("pl", 22, "few")]
    [InlineData("pl", 21, "many")]
    [InlineData("ar", 11, "many")]
    public void A_number_takes_its_form(string language, int number, string form) => Assert.Equal(form, PluralRules.FormOf(language, number));

    [Theory]
    [InlineData("", 0, 0, 160)]
    [InlineData("hello", 5, 1, 155)]
    [InlineData("가", 1, 1, 69)]
    [InlineData("€", 2, 1, 158)]
    [InlineData("`", 1, 1, 69)]
    [InlineData("ç", 1, 1, 69)]
    [InlineData("Ç\n\r\f", 5, 1, 155)]
    public void A_short_text_is_one_message(string text, int units, int segments, int left) => Assert.Equal((units, segments, left), Count(text));

    [Fact]
    public void A_long_text_is_cut_where_no_pair_is_parted()
    {
        Assert.Equal((160, 1, 0), Count(new('a', 160)));
        Assert.Equal((161, 2, 145), Count(new('a', 161)));
        Assert.Equal((306, 2, 0), Count(new('a', 306)));
        Assert.Equal((307, 3, 152), Count(new('a', 307)));
        Assert.Equal((70, 1, 0), Count(new('가', 70)));
        Assert.Equal((71, 2, 63), Count(new('가', 71)));
        Assert.Equal((134, 2, 0), Count(new('가', 134)));
        Assert.Equal((135, 3, 66), Count(new('가', 135)));

        // The escape of the euro sign does not fit behind 152 septets, nor half of an emoji behind 66 units.
        Assert.Equal((2 + 152 + 152, 3, 152), Count(new string('a', 152) + "€" + new string('a', 152)));
        Assert.Equal((66 + 2 + 66, 3, 66), Count(new string('가', 66) + "😀" + new string('가', 66)));
    }

    [Theory]
    [InlineData("ko-KR", "ko")]
    [InlineData("KO", "ko")]
    [InlineData("zh-Hant-TW", "zh-Hant")]
    [InlineData("zh-CN", "zh")]
    [InlineData("fr", "en")]
    [InlineData("", "en")]
    [InlineData("ko-x-abc", "ko")]
    public void The_nearest_language_is_chosen(string wanted, string expected)
    {
        var parts = new[] { "en", "ko", "zh", "zh-Hant" }.ToDictionary(locale => locale, locale => new TemplateParts("t", "b"));
        var read = TemplateRules.Check(new(null, "en", parts)).Value;
        var template = new CompiledTemplate(new() { Name = "t", Version = 1, Body = read.Body, CreatedBy = 1, CreatedAt = default }, read.Parts);
        Assert.Equal(expected, template.For(wanted).Locale);
    }

    [Fact]
    public void The_text_of_a_mail_is_what_its_html_shows()
    {
        const string html =
            """
            <!doctype html><html><head><title>T</title><style>p { color: red }</style></head><body>
            <h1>Order &amp; more</h1><p>Hello <b>Kim</b>,<br>your   order is <a href="https://x/?a=1&amp;b=2">here</a>.</p>
            <ul><li>one</li><li>two</li></ul><!-- no --><p><a href="https://x/">https://x/</a></p><script>alert(1)</script></body></html>
            """;
        Assert.Equal("Order & more\n\nHello Kim,\nyour order is here (https://x/?a=1&b=2).\n\n- one\n- two\n\nhttps://x/", PlainText.Of(html));
    }

    private static (int Units, int Segments, int Left) Count(string text) => SmsSegments.Count(text) is var count ? (count.Units, count.Segments, count.Left) : default;
}
