using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Storage.Searching;

namespace Madang.Tests.Unit.Storage;

/// <summary>What a text can be found by.</summary>
public sealed class SearchTermsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Hello, World!", "hello world")]
    [InlineData("학교에서", "학교 교에 에서")]
    [InlineData("책 한 권", "책 한 권")]
    [InlineData("Python을 배우다", "python 을 배우 우다")]
    [InlineData("東京タワー", "東京 京タ タワ ワー")]
    [InlineData("ＡＢＣ１２３", "abc123")]
    [InlineData("don't 3.14", "don t 3 14")]
    [InlineData("ÉCOLE Straße", "école straße")]
    [InlineData("हिन्दी ภาษาไทย", "हिन्दी ภาษาไทย")]
    [InlineData("𠀀𠀁𠀂", "𠀀𠀁 𠀁𠀂")]
    [InlineData("a\uD800b", "a b")]
    [InlineData("ㅋㅋㅋ", "ㅋㅋ ㅋㅋ")]
    [InlineData("한국-Korea_2026", "한국 korea 2026")]
    public void A_text_is_cut_into_words_and_pairs(string text, string terms) => Assert.Equal(terms, Cut(text));

    [Fact]
    public void Decomposed_hangul_is_the_same_once_normalised() =>
        Assert.Equal("학교 교를", Cut(SearchTerms.Normal("학교를".Normalize(NormalizationForm.FormD))));

    [Fact]
    public void Half_a_surrogate_pair_normalises_to_something_that_can_be_cut() => Assert.Equal("a b", Cut(SearchTerms.Normal("a\uDC00b\u0301x\uD800".Replace("\u0301x", "", StringComparison.Ordinal))));

    [Fact]
    public void A_word_without_end_is_bounded() => Assert.Equal(new string('a', SearchTerms.MaxTerm - 1), Cut(new string('A', 100_000)));

    [Fact]
    public void Any_text_is_cut_in_order_within_its_bounds_into_letters_alone() => Prop.ForAll<string>(text =>
    {
        text = SearchTerms.Normal(text ?? "");
        var last = -1;
        foreach (var term in new SearchTerms(text))
        {
            if (term.Start <= last || term.End > text.Length || term.Length < 1)
            {
                return false;
            }

            last = term.Start;
        }

        return Cut(text).Split(' ').All(t => t.All(c => !char.IsWhiteSpace(c) && c is not ('"' or '\'' or '*' or ':' or '\\')));
    }).QuickCheckThrowOnFailure();

    private static string Cut(string text)
    {
        var terms = new SearchTerms(text);
        var found = new List<string>();
        foreach (var term in terms)
        {
            found.Add(terms.Text(term));
        }

        return string.Join(' ', found);
    }
}
