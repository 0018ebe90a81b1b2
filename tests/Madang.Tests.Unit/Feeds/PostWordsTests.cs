using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Feeds.Posts;

namespace Madang.Tests.Unit.Feeds;

public sealed class PostWordsTests
{
    [Theory]
    [InlineData("#마당 #Madang", "마당 madang")]
    [InlineData("둘 다 #한글_태그,#둘째! (#셋)", "한글_태그 둘째 셋")]
    [InlineData("#ＦＵＬＬ ＃전각", "ｆｕｌｌ 전각")]
    [InlineData("#A #a #Á", "a á")]
    [InlineData("#2026 # ## #_ a#b https://x.org/#frag &#39;", "")]
    [InlineData("#2026년 #日本語 #Straße #İ", "2026년 日本語 straße İ")]
    [InlineData("#\u3164 #\u1160보이지않음", "")]
    [InlineData("#a\u200Bb", "a")]
    [InlineData("끝에 #", "")]
    public void Tags_are_words_of_any_script_behind_a_hash(string text, string expected) =>
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), PostWords.Tags(text.Normalize(NormalizationForm.FormC)));

    [Fact]
    public void Decomposed_and_composed_hangul_are_one_tag() =>
        Assert.Equal(PostWords.KeyOf("마당"), PostWords.KeyOf("마당".Normalize(NormalizationForm.FormD)));

    [Theory]
    [InlineData("마당", "마당")]
    [InlineData("MaDang", "madang")]
    [InlineData("a b", null)]
    [InlineData("#a", null)]
    [InlineData("", null)]
    [InlineData("123", null)]
    public void A_key_is_made_of_what_is_a_tag_and_of_nothing_else(string tag, string? key) => Assert.Equal(key, PostWords.KeyOf(tag));

    [Fact]
    public void A_word_longer_than_a_tag_is_text()
    {
        Assert.Single(PostWords.Tags("#" + new string('a', PostWords.MaxTag)));
        Assert.Empty(PostWords.Tags("#" + new string('a', PostWords.MaxTag + 1)));
        Assert.Null(PostWords.KeyOf(new string('a', PostWords.MaxTag + 1)));
    }

    [Theory]
    [InlineData("@mina 안녕 @준호!", "mina|준호")]
    [InlineData("@mina. @a.b- @x", "mina.,mina|a.b-,a.b|x")]
    [InlineData("mail@example.org @@a @", "")]
    [InlineData("(@mina) \"@jun\" ,@sora", "mina|jun|sora")]
    [InlineData("https://example.org/@mina", "")]
    public void Names_stand_behind_an_at_and_may_be_short_of_what_closes_the_sentence(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', PostWords.Names(text).Select(readings => string.Join(',', readings))));

    [Theory]
    [InlineData("보세요 https://example.org/길?q=1.", "https://example.org/길?q=1")]
    [InlineData("(https://example.org/a_(b)) and http://other.org", "https://example.org/a_(b)")]
    [InlineData("HTTPS://Example.org, yes", "HTTPS://Example.org")]
    [InlineData("http https:/x http:// https://", null)]
    [InlineData("ftp://example.org javascript:alert(1)", null)]
    [InlineData("「https://example.org/」", "https://example.org/")]
    public void The_link_is_the_first_address_of_the_web(string text, string? link) => Assert.Equal(link, PostWords.Link(text));

    [Fact]
    public void A_link_longer_than_a_link_is_text() => Assert.Null(PostWords.Link("https://example.org/" + new string('a', PostWords.MaxLink)));

    [Fact]
    public void Whatever_comes_in_is_read_to_its_end() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Elements("#", "@", "＃", "가", "a", "1", "_", ".", "-", " ", "\n", "http", "https://", "x.org/", "(", ")", "\ud83d\ude00", "\u0301", "\u3164", "&")
            .ListOf().Select(string.Concat).ToArbitrary(),
        text =>
        {
            var tags = PostWords.Tags(text);
            var names = PostWords.Names(text);
            _ = PostWords.Link(text);
            return tags.Distinct().Count() == tags.Count && tags.All(tag => PostWords.KeyOf(tag) == tag)
                && names.All(readings => readings.All(name => text.Contains('@' + name, StringComparison.Ordinal)));
        }));

    [Theory]
    [InlineData("#a ")]
    [InlineData("#")]
    [InlineData("@a ")]
    [InlineData("@........")]
    [InlineData("http")]
    [InlineData("http://)))) ")]
    [InlineData("https://a((((((((")]
    public void The_worst_text_of_64_kib_is_read_in_no_time(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 65_536 / part.Length));
        var watch = Stopwatch.StartNew();
        _ = (PostWords.Tags(text).Count, PostWords.Names(text).Count, PostWords.Link(text));
        // Quadratic reading takes seconds here.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }
}
