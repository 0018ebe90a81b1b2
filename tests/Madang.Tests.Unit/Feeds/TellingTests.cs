using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Feeds.Telling;

namespace Madang.Tests.Unit.Feeds;

public sealed class TellingTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(nameof(TellingKind.Like), "ko", 0, "민아님이 회원님의 글을 좋아합니다")]
    [InlineData(nameof(TellingKind.Like), "ko-KR", 2, "민아님 외 2명이 회원님의 글을 좋아합니다")]
    [InlineData(nameof(TellingKind.Comment), "KO", 1, "민아님 외 1명이 회원님의 글에 댓글을 남겼습니다")]
    [InlineData(nameof(TellingKind.Follow), "en", 0, "민아 followed you")]
    [InlineData(nameof(TellingKind.Share), "en-GB", 1, "민아 and 1 other shared your post")]
    [InlineData(nameof(TellingKind.Like), "kok", 41, "민아 and 41 others liked your post")]
    public void One_sentence_names_the_newest_and_counts_the_others(string what, string locale, int others, string title)
    {
        var kind = Enum.Parse<TellingKind>(what);
        var content = TellingWords.Of(kind, locale, "민아", others, "안녕", "https://madang.example/posts/7");
        Assert.Equal((title, "안녕", "https://madang.example/posts/7"), (content.Title, content.Body, content.Url));
        Assert.Equal(title, TellingWords.Of(kind, locale, "민아", others, "", null).Body);
    }

    [Fact]
    public void Every_kind_has_words_of_its_own_in_both_languages()
    {
        var kinds = Enum.GetValues<TellingKind>();
        foreach (var locale in new[] { "ko", "en" })
        {
            Assert.Equal(kinds.Length, kinds.Select(kind => TellingWords.Of(kind, locale, "A", 0, "", null).Title).Distinct().Count());
        }
    }

    [Fact]
    public void A_long_text_is_cut_between_what_people_see_as_letters()
    {
        var family = string.Concat(Enumerable.Repeat("👨‍👩‍👧", 100));
        var cut = TellingWords.Of(TellingKind.Like, "en", "A", 0, family, null).Body;
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.InRange(cut.Length, 150, 200);
        Assert.StartsWith(cut[..^1], family, StringComparison.Ordinal);
        Assert.Equal(0, (cut.Length - 1) % "👨‍👩‍👧".Length);
    }

    [Fact]
    public void What_goes_on_happening_is_told_ever_more_seldom()
    {
        Assert.Equal(Now + TellingFold.Gathering, TellingFold.When(Now, 0, null));
        Assert.Equal(Now.AddMinutes(1), TellingFold.When(Now, 1, Now));
        Assert.Equal(Now.AddMinutes(5), TellingFold.When(Now, 5, Now));
        Assert.Equal(Now.AddHours(1), TellingFold.When(Now, int.MaxValue, Now));
        Assert.Equal(Now + TellingFold.Gathering, TellingFold.When(Now, 5, Now.AddDays(-1)));
    }

    [Fact]
    public void Nobody_is_told_twice_of_one_comment_nor_of_their_own()
    {
        var root = Of(1, author: 10);
        var parent = Of(2, author: 11, root: 1, parent: 1);
        var above = new Dictionary<PostId, Post> { [root.Id] = root, [parent.Id] = parent };
        string Told(Post post) => string.Join(' ', TellingReader.OfPost(post, above, Now).Select(deed => $"{deed.Key.To}:{deed.Key.Kind}:{deed.Key.Subject}"));

        Assert.Equal("11:Reply:2 10:Comment:1", Told(Of(3, author: 12, root: 1, parent: 2)));
        Assert.Equal("11:Mention:3 10:Comment:1", Told(Of(3, author: 12, root: 1, parent: 2, mentions: 11)));
        Assert.Equal("10:Comment:1", Told(Of(3, author: 11, root: 1, parent: 2)));
        Assert.Equal("", Told(Of(3, author: 10, root: 1, parent: 1)));
        Assert.Equal("10:Share:1", Told(Of(3, author: 12, shareOf: 1)));
        Assert.Equal("", Told(Of(3, author: 12, shareOf: 9)));
    }

    private static Post Of(long id, long author, long root = 0, long parent = 0, long shareOf = 0, params long[] mentions) => new(
        new(id), new(author), 1, PostState.Live, Audience.Public, 0, new(root), new(parent), new(shareOf), "text",
        [.. mentions.Select(user => new Mention(new(user), "somebody"))], Now, null);
}
