using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Telling;

/// <summary>Whose new posts people want to be told of.</summary>
internal interface ISubscriptionStore
{
    bool Has(WriteTx tx, UserId user, UserId author);

    void Put(WriteTx tx, UserId user, UserId author);

    void Delete(WriteTx tx, UserId user, UserId author);

    int Count(WriteTx tx, UserId user);

    /// <summary>Whom somebody subscribes to, ascending beyond <paramref name="after"/>.</summary>
    Task<IReadOnlyList<UserId>> OfAsync(UserId user, long? after, int limit, CancellationToken cancellationToken);

    /// <summary>Who subscribes to somebody, ascending beyond <paramref name="after"/>.</summary>
    Task<IReadOnlyList<UserId>> SubscribersAsync(UserId author, UserId after, int limit, CancellationToken cancellationToken);
}
