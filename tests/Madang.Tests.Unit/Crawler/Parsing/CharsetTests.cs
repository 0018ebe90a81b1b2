using System.Text;
using Madang.Crawler.Parsing;

namespace Madang.Tests.Unit.Crawler.Parsing;

public sealed class CharsetTests
{
    private const string Korean = "마당은 여러 사람이 모여 이야기를 나누는 집 앞의 넓은 터를 말한다. 우리는 그곳에서 함께 놀고 일하며 소식을 듣는다.";
    private const string Japanese = "庭は人々が集まって話をする場所です。私たちはそこで一緒に遊び、働き、新しい知らせを聞きます。カタカナも少しあります。";
    private const string Chinese = "院子是人们聚集在一起谈话的地方。我们在那里一起玩耍、工作,听到新的消息。这个系统有四个部分。";
    private const string French = "Le château est près de la forêt, où l'été est très agréable et où les élèves s'amusent à l'ombre.";

    public CharsetTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Fact]
    public void All_228_labels_are_known() => Assert.Equal(228, Charset.LabelCount);

    [Theory]
    [InlineData("ks_c_5601-1987", "EUC-KR")]
    [InlineData(" Latin1\n", "windows-1252")]
    [InlineData("sjis", "Shift_JIS")]
    [InlineData("gb2312", "GBK")]
    [InlineData("unicode", "UTF-16LE")]
    [InlineData("hz-gb-2312", "replacement")]
    [InlineData("utf-7", null)]
    public void A_label_names_its_encoding(string label, string? name) => Assert.Equal(name, Charset.Find(label)?.Name);

    [Theory]
    [InlineData("euc-kr", 949, Korean + " 똠방각하 펲시콜라")]
    [InlineData("shift_jis", 932, Japanese + " ｱｲｳ")]
    [InlineData("euc-jp", 51932, Japanese + " ｱｲｳ")]
    [InlineData("iso-2022-jp", 50220, Japanese)]
    [InlineData("gbk", 936, Chinese)]
    [InlineData("gb18030", 54936, Chinese + " €😀ༀ")]
    [InlineData("big5", 950, "院子是人們聚集在一起談話的地方")]
    [InlineData("windows-1252", 1252, French + " €“”")]
    [InlineData("windows-1251", 1251, "Двор это место, где собираются люди")]
    [InlineData("iso-8859-2", 28592, "Žluťoučký kůň")]
    [InlineData("koi8-u", 21866, "Подвір'я їжак ґанок")]
    [InlineData("utf-16le", 1200, Korean + "😀")]
    [InlineData("utf-16be", 1201, Korean + "😀")]
    [InlineData("windows-874", 874, "ลานบ้าน")]
    [InlineData("macintosh", 10000, French)]
    public void A_body_in_a_legacy_encoding_becomes_UTF8(string label, int codePage, string text)
    {
        using var body = new PageBody();
        var bytes = Encoding.GetEncoding(codePage).GetBytes($"<p>{text}</p>\r\n");
        Assert.Equal($"<p>{text}</p>\n", Encoding.UTF8.GetString(body.From(Charset.Find(label)!, bytes)));
    }

    [Fact]
    public void Every_known_encoding_decodes_every_byte_without_failing()
    {
        using var body = new PageBody();
        var bytes = Enumerable.Range(0, 65_536).SelectMany(i => new[] { (byte)(i >> 8), (byte)i }).ToArray();
        foreach (var label in "ibm866 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-8-i iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 koi8-r macintosh windows-874 windows-1250 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 x-mac-cyrillic x-user-defined gbk gb18030 big5 euc-jp shift_jis euc-kr iso-2022-jp utf-16be utf-16le replacement utf-8".Split(' '))
        {
            var text = body.From(Charset.Find(label)!, bytes);
            Assert.True(System.Text.Unicode.Utf8.IsValid(text), label);
            Assert.False(text.IsEmpty);
        }
    }

    [Fact]
    public void A_cut_character_does_not_swallow_the_tag_behind_it()
    {
        using var body = new PageBody();
        Assert.Equal("가\uFFFD</p>", Encoding.UTF8.GetString(body.From(Charset.Find("euc-kr")!, [0xB0, 0xA1, 0xB0, .. "</p>"u8])));
        Assert.Equal("あ\uFFFD<b>", Encoding.UTF8.GetString(body.From(Charset.Find("shift_jis")!, [0x82, 0xA0, 0x82, .. "<b>"u8])));
        Assert.Equal("\uFFFD\"", Encoding.UTF8.GetString(body.From(Charset.Find("gbk")!, [0xFE, .. "\""u8])));
        Assert.Equal("\uFFFD", Encoding.UTF8.GetString(body.From(Charset.Find("euc-kr")!, [0xB0])));
    }

    [Fact]
    public void Single_byte_sets_that_NET_lacks_are_here()
    {
        using var body = new PageBody();
        Assert.Equal("ĄĒŋ", Encoding.UTF8.GetString(body.From(Charset.Find("l6")!, [0xA1, 0xA2, 0xBF])));
        Assert.Equal("Ŵŷ", Encoding.UTF8.GetString(body.From(Charset.Find("iso-8859-14")!, [0xD0, 0xFE])));
        Assert.Equal("ĄȚ€", Encoding.UTF8.GetString(body.From(Charset.Find("iso-8859-16")!, [0xA1, 0xDE, 0xA4])));
        Assert.Equal("\uF780\uF7FF", Encoding.UTF8.GetString(body.From(Charset.Find("x-user-defined")!, [0x80, 0xFF])));
    }

    [Theory]
    [InlineData("\u0080", "\uFFFD")]
    [InlineData("\u00E0\u0080a", "\uFFFD\uFFFDa")]
    [InlineData("\u00F0\u009F\u0098", "\uFFFD")]
    [InlineData("\u00ED\u00A0\u0080", "\uFFFD\uFFFD\uFFFD")]
    [InlineData("a\u00C3\u00A9\u00FFb", "aé\uFFFDb")]
    public void Broken_UTF8_is_replaced_as_the_standard_says(string latin, string text)
    {
        using var body = new PageBody();
        Assert.Equal(text, Encoding.UTF8.GetString(body.FromUtf8(Encoding.Latin1.GetBytes(latin))));
    }

    [Theory]
    [InlineData("<meta charset=euc-kr>", "EUC-KR")]
    [InlineData("<!-- <meta charset=utf-8> --><META CHARSET = 'Shift_JIS'>", "Shift_JIS")]
    [InlineData("<!--><meta charset=big5>", "Big5")]
    [InlineData("<meta http-equiv=Content-Type content='text/html; charset=ks_c_5601-1987'>", "EUC-KR")]
    [InlineData("<meta content='text/html; charset=\"gbk\"' http-equiv=content-type>", "GBK")]
    [InlineData("<meta content='text/html; charset=gbk'>", null)]
    [InlineData("<p title='<meta charset=gbk>'><meta charset=big5>", "Big5")]
    [InlineData("<meta charset=utf-16>", "UTF-8")]
    [InlineData("<meta charset=x-user-defined>", "windows-1252")]
    [InlineData("<meta charset=nonsense><meta charset=koi8-r>", "KOI8-R")]
    [InlineData("<? <meta charset=big5> ?><meta charset=gbk>", "GBK")]
    [InlineData("</meta charset=gbk><metax charset=gbk>", null)]
    [InlineData("<meta charset=gbk", null)]
    public void The_prescan_finds_what_the_standard_finds(string head, string? name) =>
        Assert.Equal(name, MetaPrescan.Find(Encoding.ASCII.GetBytes(head))?.Name);

    [Fact]
    public void A_mark_beats_the_header_the_header_the_meta_and_the_meta_the_bytes()
    {
        var meta = "<meta charset=koi8-r>"u8.ToArray();
        Assert.Equal((Charset.Utf8, CharsetSource.ByteOrderMark), CharsetDetection.Of([0xEF, 0xBB, 0xBF, .. meta], "text/html; charset=euc-kr"));
        Assert.Equal("UTF-16LE", CharsetDetection.Of([0xFF, 0xFE, 65, 0], null).Charset.Name);
        Assert.Equal(("EUC-KR", CharsetSource.Header), Named(CharsetDetection.Of(meta, "text/html;Charset=\"EUC-KR\"")));
        Assert.Equal(("KOI8-R", CharsetSource.Meta), Named(CharsetDetection.Of(meta, "text/html; charset=unknown")));
        Assert.Equal((Charset.Utf8, CharsetSource.ValidUtf8), CharsetDetection.Of(Encoding.UTF8.GetBytes(Korean), "text/html"));
        Assert.Equal((Charset.Utf8, CharsetSource.ValidUtf8), CharsetDetection.Of(Encoding.UTF8.GetBytes(Korean).AsSpan(0, 10), "text/html"));
    }

    [Theory]
    [InlineData(949, Korean, "EUC-KR")]
    [InlineData(949, Korean + "펲시콜라 똠방각하", "EUC-KR")]
    [InlineData(932, Japanese, "Shift_JIS")]
    [InlineData(51932, Japanese, "EUC-JP")]
    [InlineData(936, Chinese, "GBK")]
    [InlineData(1252, French, "windows-1252")]
    public void Bytes_that_nobody_names_are_judged_by_what_occurs(int codePage, string text, string name)
    {
        var bytes = Encoding.GetEncoding(codePage).GetBytes($"<html><title>{text[..10]}</title><p class=a>{text}</p>");
        Assert.Equal((name, CharsetSource.Statistics), Named(CharsetDetection.Of(bytes, null)));
    }

    private static (string Name, CharsetSource Source) Named((Charset Charset, CharsetSource Source) found) => (found.Charset.Name, found.Source);
}
