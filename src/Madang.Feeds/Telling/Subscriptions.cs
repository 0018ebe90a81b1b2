using Madang.Accounts;
using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Telling;

/// <summary>Subscribing to somebody's new posts, whether one follows them or not.</summary>
internal sealed class Subscriptions(ISubscriptionStore store, Database database, Users users, Relations relations, IOptions<FeedsOptions> options)
{
    /// <summary>Doing it twice is doing it once. Refuses <c>self_relation</c>, <c>not_found</c>, <c>blocked</c>, <c>too_many_subscriptions</c>.</summary>
    public Task<Result<Done>> SubscribeAsync(UserId user, UserId author, CancellationToken cancellationToken) => database.WriteAsync<Result<Done>>(
        tx =>
        {
            if (user == author)
            {
                return AccountsErrors.SelfRelation;
            }

            if (users.Missing(tx, [author]).Count > 0)
            {
                return ApiErrors.NotFound;
            }

            if (relations.IsBlockedEitherWay(tx, user, author))
            {
                return AccountsErrors.Blocked;
            }

            if (store.Has(tx, user, author))
            {
                return Done.Value;
            }

            if (store.Count(tx, user) >= options.Value.MaxSubscriptions)
            {
                return FeedsErrors.TooManySubscriptions;
            }

            store.Put(tx, user, author);
            return Done.Value;
        },
        cancellationToken: cancellationToken);

    public Task UnsubscribeAsync(UserId user, UserId author, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            store.Delete(tx, user, author);
            return Done.Value;
        },
        cancellationToken: cancellationToken);

    public async Task<Page<UserId>> OfAsync(UserId user, PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await store.OfAsync(user, page.After, page.Fetch, cancellationToken), author => author.Value);
}
