using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Graph;

/// <summary>Following a tag brings public posts that bear it into the home timeline.</summary>
internal sealed class TagFollows(ITagFollowStore store, Database database, Epochs epochs, IOptions<FeedsOptions> options)
{
    /// <summary>The tag by its key.</summary>
    public async Task<Result<string>> FollowAsync(UserId user, string tag, CancellationToken cancellationToken)
    {
        if (PostWords.KeyOf(tag) is not { } key)
        {
            return ApiErrors.Invalid("tag", "invalid", $"A tag holds letters, digits and _, at least one letter, and at most {PostWords.MaxTag} characters.");
        }

        return await database.WriteAsync<Result<string>>(
            tx =>
            {
                if (store.Has(tx, user, key))
                {
                    return key;
                }

                if (store.Count(tx, user) >= options.Value.MaxFollowedTags)
                {
                    return FeedsErrors.TooManyTags;
                }

                store.Put(tx, user, key);
                epochs.Raise(tx, [user]);
                return key;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>What is not followed, or is no tag, is as good as unfollowed.</summary>
    public async Task UnfollowAsync(UserId user, string tag, CancellationToken cancellationToken)
    {
        if (PostWords.KeyOf(tag) is { } key)
        {
            await database.WriteAsync(
                tx =>
                {
                    if (store.Delete(tx, user, key))
                    {
                        epochs.Raise(tx, [user]);
                    }

                    return Done.Value;
                },
                cancellationToken: cancellationToken);
        }
    }

    public Task<IReadOnlyList<string>> OfAsync(UserId user, CancellationToken cancellationToken) => store.OfAsync(user, cancellationToken);
}
