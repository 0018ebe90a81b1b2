using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Outward;

/// <summary>Gathers what goes out to feed readers.</summary>
internal sealed class OutwardPages(IPostStore posts, PostSights sights, FeedReader feeds, Users users, IOptions<FeedsOptions> options)
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
            page, user.DisplayName, self, new Uri(self, $"/users/{author}"), next is { } last ? new Uri($"{page}?cursor={Cursor.Write(last.Value)}") : null, user.DisplayName,
            found.Count > 0 ? found.Max(post => post.EditedAt ?? post.CreatedAt) : user.CreatedAt,
            [.. found.Select(post => Of(post, user.DisplayName, self))]);
    }

    /// <summary>
    /// Somebody's home feed for themselves, as they may see it now; null where nobody signs in any more. A share without words is what it shares; one with words ends with where that is.
    /// </summary>
    public async Task<Result<OutwardFeed>?> OfHomeAsync(UserId owner, string? cursor, Uri self, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(owner, cancellationToken) is not { Disabled: false } user)
        {
            return null;
        }

        var query = FeedQuery.Parse(FeedName.Home, cursor, Id.Text(PageSize), null, null, null);
        var read = query.IsOk ? await feeds.ReadAsync(owner, query.Value, cancellationToken) : query.Error;
        if (!read.IsOk)
        {
            return read.Error;
        }

        var rows = await RowsAsync(read.Value.Posts, cancellationToken);
        var names = await users.FindAsync([.. rows.Values.Select(row => row.Author).Distinct()], cancellationToken);
        var (entries, updated) = (new List<OutwardPost>(), user.CreatedAt);
        foreach (var seen in read.Value.Posts)
        {
            if (rows.GetValueOrDefault(seen.Facts.Id) is { } row && (seen.Shared is null || rows.ContainsKey(seen.Shared.Facts.Id)))
            {
                var said = row.IsPlainShare ? rows[seen.Shared!.Facts.Id] : row;
                var entry = Of(said, names.GetValueOrDefault(said.Author)?.DisplayName ?? "", self);
                entries.Add(row.IsPlainShare || seen.Shared is null ? entry : entry with { Text = $"{entry.Text}\n\n{new Uri(self, $"/posts/{seen.Shared.Facts.Id}")}" });
                updated = DateTimeOffset.Compare(updated, entry.UpdatedAt) > 0 ? updated : entry.UpdatedAt;
                updated = DateTimeOffset.Compare(updated, row.CreatedAt) > 0 ? updated : row.CreatedAt;
            }
        }

        // The address is a secret; what names the feed is not.
        var page = self.GetLeftPart(UriPartial.Path);
        return new OutwardFeed(
            new Uri(self, $"/users/{owner}#home"), $"Madang · {user.DisplayName}", self, new Uri(self, "/"), read.Value.Next is { } next ? new Uri($"{page}?cursor={next}") : null,
            user.DisplayName, updated, entries);
    }

    /// <summary>The rows of a page and of what it shares, as far as they are still of the version that was asked about.</summary>
    private async Task<Dictionary<PostId, Post>> RowsAsync(IReadOnlyList<SeenPost> seen, CancellationToken cancellationToken)
    {
        var facts = seen.Concat(seen.Select(post => post.Shared).OfType<SeenPost>()).Select(post => post.Facts).DistinctBy(post => post.Id).ToList();
        var rows = await posts.FindAsync([.. facts.Select(post => post.Id)], cancellationToken);
        return rows.OfType<Post>().Where(row => facts.Any(post => post.Id == row.Id && post.Version == row.Version)).ToDictionary(row => row.Id);
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
