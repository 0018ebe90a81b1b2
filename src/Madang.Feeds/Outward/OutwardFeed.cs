namespace Madang.Feeds.Outward;

/// <summary>A page of posts on its way to somebody's feed reader.</summary>
/// <param name="Id">Names the feed for good, whichever of its pages this is and wherever it is read from.</param>
/// <param name="Self">Where this document is. Its origin is where everything else is.</param>
/// <param name="Home">The page for people that shows the same.</param>
/// <param name="Next">The page of older posts (RFC 5005); null at the end.</param>
/// <param name="UpdatedAt">Of the newest change in it.</param>
internal sealed record OutwardFeed(Uri Id, string Title, Uri Self, Uri Home, Uri? Next, string Author, DateTimeOffset UpdatedAt, IReadOnlyList<OutwardPost> Posts);

/// <param name="Link">The post's page, which is its id too: it never changes.</param>
/// <param name="Author">As people see it.</param>
internal sealed record OutwardPost(Uri Link, string Author, string Text, IReadOnlyList<string> Tags, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt)
{
    private const int MaxTitle = 80;

    public DateTimeOffset UpdatedAt => EditedAt ?? CreatedAt;

    /// <summary>Posts have no titles: their first line, cut. Never empty, as Atom wants it.</summary>
    public string Title
    {
        get
        {
            var line = Text.AsSpan().Trim();
            var end = line.IndexOfAny('\r', '\n');
            line = end < 0 ? line : line[..end].TrimEnd();
            if (line.IsEmpty)
            {
                return Author;
            }

            return line.Length <= MaxTitle ? line.ToString() : string.Concat(line[..(char.IsHighSurrogate(line[MaxTitle - 2]) ? MaxTitle - 2 : MaxTitle - 1)], "…");
        }
    }
}
