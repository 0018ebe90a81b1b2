using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Graph;

/// <summary>Which tags people follow, by the keys of the tags.</summary>
internal interface ITagFollowStore
{
    bool Has(WriteTx tx, UserId user, string tag);

    void Put(WriteTx tx, UserId user, string tag);

    /// <summary>Whether it was followed.</summary>
    bool Delete(WriteTx tx, UserId user, string tag);

    int Count(WriteTx tx, UserId user);

    /// <summary>In ordinal order.</summary>
    Task<IReadOnlyList<string>> OfAsync(UserId user, CancellationToken cancellationToken);
}
