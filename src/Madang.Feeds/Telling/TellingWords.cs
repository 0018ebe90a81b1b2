using System.Globalization;
using Madang.Notifications;

namespace Madang.Feeds.Telling;

/// <summary>How it is said, in the reader's language: Korean, and English for everybody else.</summary>
internal static class TellingWords
{
    private const int MaxExcerpt = 200;

    /// <param name="name">Who did it last.</param>
    /// <param name="others">How many more did.</param>
    /// <param name="text">What was written, or what it happened to; may be empty.</param>
    /// <param name="url">Null when there is no address to lead to.</param>
    public static NotificationContent Of(TellingKind kind, string locale, string name, int others, string text, string? url)
    {
        var title = IsKorean(locale) ? Korean(kind, name, others) : English(kind, name, others);
        var excerpt = Excerpt(text);
        return new(title, excerpt.Length == 0 ? title : excerpt, url);
    }

    private static bool IsKorean(string locale) =>
        locale.StartsWith("ko", StringComparison.OrdinalIgnoreCase) && (locale.Length == 2 || locale[2] == '-');

    private static string Korean(TellingKind kind, string name, int others)
    {
        var who = others == 0 ? $"{name}님이" : string.Create(CultureInfo.InvariantCulture, $"{name}님 외 {others}명이");
        return kind switch
        {
            TellingKind.Like => $"{who} 회원님의 글을 좋아합니다",
            TellingKind.Reaction => $"{who} 회원님의 글에 반응을 남겼습니다",
            TellingKind.Comment => $"{who} 회원님의 글에 댓글을 남겼습니다",
            TellingKind.Reply => $"{who} 회원님의 댓글에 답글을 남겼습니다",
            TellingKind.Mention => $"{who} 회원님을 언급했습니다",
            TellingKind.Share => $"{who} 회원님의 글을 공유했습니다",
            TellingKind.Follow => $"{who} 회원님을 팔로우합니다",
            _ => $"{who} 새 글을 올렸습니다",
        };
    }

    private static string English(TellingKind kind, string name, int others)
    {
        var who = others switch
        {
            0 => name,
            1 => $"{name} and 1 other",
            _ => string.Create(CultureInfo.InvariantCulture, $"{name} and {others} others"),
        };
        return kind switch
        {
            TellingKind.Like => $"{who} liked your post",
            TellingKind.Reaction => $"{who} reacted to your post",
            TellingKind.Comment => $"{who} commented on your post",
            TellingKind.Reply => $"{who} replied to your comment",
            TellingKind.Mention => $"{who} mentioned you",
            TellingKind.Share => $"{who} shared your post",
            TellingKind.Follow => $"{who} followed you",
            _ => $"{who} posted",
        };
    }

    private static string Excerpt(string text)
    {
        if (text.Length <= MaxExcerpt)
        {
            return text;
        }

        // Whole characters as people see them, joined and composed ones too.
        var end = 0;
        while (end < MaxExcerpt - 1 && StringInfo.GetNextTextElementLength(text, end) is var length && end + length < MaxExcerpt)
        {
            end += length;
        }

        return text[..end] + "…";
    }
}
