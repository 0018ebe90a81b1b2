using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Searching;
using Madang.Storage.Searching;

namespace Madang.Tests.Unit.Crawler.Searching;

/// <summary>How a query is read, and how what it finds is shown and ordered.</summary>
public sealed class SearchQueryTests
{
    [Theory]
    [InlineData("대한민국", "대한+한민+민국")]
    [InlineData("quick fox", "quick & fox")]
    [InlineData("\"quick fox\" 개", "quick+fox & 개*")]
    [InlineData("“열린 마당”", "열린+마당")]
    [InlineData("pyth* x", "pyth* & x")]
    [InlineData("python을", "python & 을*")]
    [InlineData("\"open", "open")]
    [InlineData("a-b", "a & b")]
    public void A_query_is_read_as_people_mean_it(string q, string clauses) => Assert.Equal(clauses, Read(q));

    [Theory]
    [InlineData("검색엔진", "검색+색엔+엔진 | 검+색엔+엔진 | 검색+엔진 | 검색+색엔+진*")]
    [InlineData("한국어사전앱", "한국+국어+어사+사전+전앱 | 한+국어+어사+사전+전앱 | 한국+어사+사전+전앱 | 한국+어사+전앱 | 한국+어사+사전+앱* | 한국+국어+사전+전앱 | 한국+국어+사전+앱* | 한국+국어+어사+전앱 | 한국+국어+어사+사전+앱*")]
    [InlineData("새집", "새집 | 새+집*")]
    [InlineData("\"검색엔진\"", "검색+색엔+엔진")]
    [InlineData("検索エンジン", "検索+索エ+エン+ンジ+ジン")]
    public void A_Hangul_word_may_be_spaced_otherwise_unless_it_is_quoted(string q, string phrases) =>
        Assert.Equal(phrases, string.Join(" | ", Assert.Single(SearchQuery.Parse(q).Value.Clauses).Phrases.Select(Read)));

    [Fact]
    public void The_last_syllable_of_a_word_is_found_as_the_word_that_was_typed_apart() =>
        Assert.Equal("창* | 색창", string.Join(" | ", SearchQuery.Parse("검색 창").Value.Clauses[1].Phrases.Select(Read)));

    [Fact]
    public void The_phrases_of_the_longest_query_stay_few()
    {
        var clauses = SearchQuery.Parse(string.Join(' ', Enumerable.Repeat("가나다라마바사아자차카타", 2))).Value.Clauses;
        Assert.All(clauses, clause => Assert.InRange(clause.Phrases.Count, 2, 60));
        Assert.Single(Assert.Single(SearchQuery.Parse("가나다라마바사아자차카타파").Value.Clauses).Phrases);
    }

    [Theory]
    [InlineData(null, "required")]
    [InlineData("   ", "required")]
    [InlineData("!?* \"\"", "required")]
    public void A_query_without_anything_to_look_for_is_refused(string? q, string code) => Assert.Equal(code, Assert.Single(SearchQuery.Parse(q).Error!.Fields).Code);

    [Fact]
    public void A_query_is_bounded_in_length_and_terms()
    {
        Assert.Equal("too_long", Assert.Single(SearchQuery.Parse(new string('a', 300)).Error!.Fields).Code);
        Assert.Equal("too_long", Assert.Single(SearchQuery.Parse(string.Join(' ', Enumerable.Range(0, 33))).Error!.Fields).Code);
        Assert.True(SearchQuery.Parse(string.Join(' ', Enumerable.Range(0, 32))).IsOk);
        Assert.Equal("too_long", Assert.Single(SearchQuery.Parse(new string('가', 100)).Error!.Fields).Code);
    }

    [Fact]
    public void Any_input_is_a_query_or_a_refusal_and_never_holds_syntax() => Prop.ForAll<string>(q =>
    {
        var parsed = SearchQuery.Parse(q);
        return !parsed.IsOk || (parsed.Value.Clauses.Count > 0 && parsed.Value.Clauses.SelectMany(c => c.Phrases).SelectMany(p => p.Terms).All(t => t.Length is > 0 and <= 64 && t.All(c => !"\"'*&|!:()<>\\ ".Contains(c))));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("마당", "한옥의 마당에서 놀았다", "한옥의 [마당]에서 놀았다")]
    [InlineData("대한민국", "우리 대한민국은", "우리 [대한민국]은")]
    [InlineData("책", "새 책을 샀다", "새 [책]을 샀다")]
    [InlineData("\"quick fox\"", "a quick red fox, a quick fox", "a quick red fox, a [quick fox]")]
    [InlineData("fox qui*", "Quick\n\n  fox", "[Quick] [fox]")]
    [InlineData("검색엔진", "새 검색 엔진을 쓴다", "새 [검색 엔진]을 쓴다")]
    [InlineData("검색창", "검색 창을 연다", "[검색 창]을 연다")]
    [InlineData("none", "nothing here", "nothing here")]
    public void A_snippet_marks_what_was_found(string q, string text, string shown) => Assert.Equal(shown, Show(text, q));

    [Fact]
    public void A_snippet_is_cut_around_the_place_where_most_is_found()
    {
        var filler = string.Join(' ', Enumerable.Repeat("filler", 100));
        var shown = Show($"alpha {filler} alpha beta {filler}", "alpha beta");
        Assert.Contains("[alpha] [beta]", shown, StringComparison.Ordinal);
        Assert.InRange(shown.Length, 20, 260);
    }

    [Fact]
    public void A_snippet_is_bounded_and_whole_for_any_text() => Prop.ForAll<NonNull<string>>(text =>
    {
        var normal = Madang.Storage.Searching.SearchTerms.Normal(text.Get + " a " + text.Get + "가나다 𠀀");
        var parts = Snippets.Cut(normal, SearchQuery.Parse("a 나다 가*").Value);
        return parts.Sum(p => p.Text.Length) <= 260 && parts.All(p => p.Text.Length > 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_comes_back_as_it_was_kept_and_damage_shows_nothing()
    {
        var text = string.Concat(Enumerable.Repeat("마당 courtyard 🏠 ", 3_000));
        var packed = StoredText.Pack(text);
        Assert.True(packed.Length < text.Length / 10);
        Assert.Equal(text, StoredText.Unpack(packed));
        Assert.Equal("", StoredText.Unpack([1, 2, 3]));
        Assert.Equal("", StoredText.Unpack(StoredText.Pack(new string('x', 1_000_000))));
    }

    [Fact]
    public void Importance_lifts_and_noise_and_repetition_lower()
    {
        float Score(double importance, int noise, bool near, double text = 1) => PageRanking.Score(new SearchMatch(1, text, new SearchWeight(importance, noise, near)), 1_000);
        Assert.True(Score(0.01, 0, false) > Score(0.001, 0, false));
        Assert.True(Score(0.001, 0, false) > Score(0.001, 60, false));
        Assert.True(Score(0.001, 0, false) > Score(0.001, 0, true));
        Assert.InRange(Score(1, 0, false), 1, 2.5f);
        Assert.InRange(Score(double.MaxValue, 200, true), 0, 1);
    }

    [Fact]
    public void A_cursor_is_ours_or_refused()
    {
        var place = new SearchPlace(1.5f, 7, 99);
        Assert.True(SearchPlace.TryRead(place.Write(), out var read));
        Assert.Equal(place, read);
        foreach (var odd in new[] { "", "x", new string('A', 28), new string('!', 28), place.Write()[1..], Madang.Api.Cursor.Write(5) })
        {
            Assert.False(SearchPlace.TryRead(odd, out _));
        }
    }

    private static string Read(string q) =>
        string.Join(" & ", SearchQuery.Parse(q).Value.Clauses.Select(c => Read(c.Phrases[0])));

    private static string Read(QueryPhrase phrase) => string.Join('+', phrase.Terms) + (phrase.IsPrefix ? "*" : "");

    private static string Show(string text, string q) => string.Concat(Snippets.Cut(text, SearchQuery.Parse(q).Value).Select(p => p.Hit ? $"[{p.Text}]" : p.Text));
}
