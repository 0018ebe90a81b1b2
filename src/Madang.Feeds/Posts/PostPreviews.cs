using Madang.Accounts;
using Madang.Api;
using Madang.Crawler.Previews;

namespace Madang.Feeds.Posts;

/// <summary>What a link to a post here looks like, to who may see the post.</summary>
internal sealed class PostPreviews(IPostStore posts, PostSights sights, Users users, TimeProvider time) : ILocalPages
{
    private const string Prefix = "/posts/";

    /// <summary>In UTF-16 code units, as <see cref="Preview.Description"/> says.</summary>
    private const int MaxDescription = 1_000;

    public async Task<Preview?> FindAsync(string path, Caller viewer, CancellationToken cancellationToken)
    {
        if (IdOf(path) is not { } id || (await posts.FindAsync([id], cancellationToken))[0] is not { } post
            || await sights.OfAsync(viewer.User, id, cancellationToken) is not { IsVisible: true } seen || seen.Facts.Version != post.Version
            || await users.FindAsync(post.Author, cancellationToken) is not { } author)
        {
            return null;
        }

        return new Preview
        {
            Url = $"{Prefix}{id}",
            Title = author.DisplayName,
            Description = post.Text.Length == 0 ? null : Cut(post.Text),
            Kind = "article",
            FetchedAt = time.GetUtcNow(),
        };
    }

    private static PostId? IdOf(string path)
    {
        var end = path.AsSpan().IndexOfAny('?', '#');
        var bare = end < 0 ? path.AsSpan() : path.AsSpan(0, end);
        return bare.StartsWith(Prefix, StringComparison.Ordinal) && Id.TryParse<PostId>(bare[Prefix.Length..], out var id) ? id : null;
    }

    /// <summary>Never through a pair of surrogates.</summary>
    private static string Cut(string text) => text.Length <= MaxDescription ? text
        : text[..(char.IsHighSurrogate(text[MaxDescription - 2]) ? MaxDescription - 2 : MaxDescription - 1)] + "…";
}
