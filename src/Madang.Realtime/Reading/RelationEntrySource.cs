using System.Text.Json;
using Madang.Accounts;
using Madang.Api;

namespace Madang.Realtime.Reading;

/// <summary><c>relation.updated</c>: how the reader stands to somebody now. Accounts lies below Realtime, so its entries are hydrated here.</summary>
internal sealed class RelationEntrySource(Relations relations) : IEntrySource
{
    public IReadOnlyCollection<EntryType> Types { get; } = [EntryType.RelationUpdated];

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> HydrateAsync(UserId viewer, IReadOnlyList<EntryRef> references, CancellationToken cancellationToken)
    {
        UserId[] others = [.. references.Select(reference => new UserId(reference.Subject)).Distinct()];
        var views = await relations.OfAsync(viewer, others, cancellationToken);
        return [.. references.Select(reference => Json(new UserId(reference.Subject), views.GetValueOrDefault(new UserId(reference.Subject))))];
    }

    public void WriteLive(Utf8JsonWriter writer, object live) => throw new NotSupportedException("Relations are always read from the store.");

    private static ReadOnlyMemory<byte> Json(UserId other, RelationView view) =>
        JsonSerializer.SerializeToUtf8Bytes(new RelationJson(other, view.Friend, view.Follows, view.Muted, view.Blocked), ApiJson.Options);

    private sealed record RelationJson(UserId UserId, FriendState? Friend, bool Follows, bool Muted, bool Blocked);
}
