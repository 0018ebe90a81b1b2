using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Posts;

/// <summary>What somebody keeps to publish later, by hand or at a time. Its text may be empty as long as it has no time.</summary>
/// <param name="List">The author's list, with <see cref="Audience.List"/>; else 0.</param>
/// <param name="Refused">The code with which it could not be published at its time.</param>
internal sealed record Draft(
    DraftId Id, UserId Owner, string Text, Audience Audience, long List, DateTimeOffset? PublishAt, string? Refused, DateTimeOffset UpdatedAt)
{
    /// <summary>The client id under which it is published, however often that is tried: one that no client could send.</summary>
    public string ClientId => $"draft·{Id}";

    public PostDraft Words => new(ClientId, Text, Audience, List == 0 ? null : List, IsOurs: true);
}

/// <summary>Drafts, each by its owner.</summary>
internal interface IDraftStore
{
    /// <summary>Writes it as it is; false, with nothing written, when it is new and the owner keeps <paramref name="most"/> already.</summary>
    bool Put(WriteTx tx, Draft draft, bool isNew, int most);

    /// <summary>Reads and locks it.</summary>
    Draft? Lock(WriteTx tx, DraftId id);

    bool Delete(WriteTx tx, UserId owner, DraftId id);

    Task<Draft?> FindAsync(DraftId id, CancellationToken cancellationToken);

    /// <summary>Newest first, older than <paramref name="before"/>.</summary>
    Task<IReadOnlyList<Draft>> ListAsync(UserId owner, DraftId? before, int limit, CancellationToken cancellationToken);
}
