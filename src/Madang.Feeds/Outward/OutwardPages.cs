using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Posts;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Outward;

/// <summary>Gathers what goes out to feed readers.</summary>
internal sealed class OutwardPages(IPostStore posts, PostSights sights, Users users, IOptions<FeedsOptions> options)
{
    public const int PageSize = 30;

    // Of somebody who writes for friends alone many are looked at for few.
    private const int MostRounds = 10;

    /// <summary>Somebody's posts that this viewer may see, newest first; null where there is nobody, or nothing for strangers.</summary>
    /// <param name="viewer">Null for who is not signed in: public posts, where the community lets them out.</param>
    public async Task<OutwardFeed?> OfUserAsync(UserId? viewer, UserId author, PostId? before, Uri self, CancellationToken cancellationToken)
    {
        if ((viewer is null && !options.Value.PublicFeeds) || await users.FindAsync(author, cancellationToken) is not { Disabled: false } user)
        {
            return null;
        }

        var (found, next) = await FillAsync(viewer, author, before, cancellationToken);
        var page = new Uri(self.GetLeftPart(UriPartial.Path));
        return new OutwardFeed(
            user.DisplayName, self, new Uri(self, $"/users/{author}"), next is { } last ? new Uri($"{page}?cursor={Cursor.Write(last.Value)}") : null, user.DisplayName,
            found.Count > 0 ? found.Max(post => post.EditedAt ?? post.CreatedAt) : user.CreatedAt,
            [.. found.Select(post => Of(post, user.DisplayName, self))]);
    }

    public static OutwardPost Of(Post post, string author, Uri self) =>
        new(new Uri(self, $"/posts/{post.Id}"), author, post.Text, PostWords.Tags(post.Text), post.CreatedAt, post.EditedAt);

    /// <summary>Shares without words are left out: what they pass on is somebody else's.</summary>
    private async Task<(List<Post> Posts, PostId? Next)> FillAsync(UserId? viewer, UserId author, PostId? before, CancellationToken cancellationToken)
    {
        List<Post> found = [];
        for (var round = 0; round < MostRounds; round++)
        {
            var ids = await posts.OfAuthorAsync(author, before, PageSize + 1, cancellationToken);
            var seen = await sights.OfAsync(viewer, ids, cancellationToken);
            var rows = await posts.FindAsync(ids, cancellationToken);
            for (var i = 0; i < ids.Count; i++)
            {
                if (found.Count == PageSize)
                {
                    return (found, before);
                }

                before = ids[i];
                if (seen[i] is { IsVisible: true } sight && rows[i] is { IsPlainShare: false } row && row.Version == sight.Facts.Version)
                {
                    found.Add(row);
                }
            }

            if (ids.Count <= PageSize)
            {
                return (found, null);
            }
        }

        return (found, before);
    }
}
