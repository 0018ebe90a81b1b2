using System.Text.Json;
using Madang.Api;

namespace Madang.Realtime;

/// <summary>Turns references into what one viewer may see now. The module that owns the rows implements it.</summary>
public interface IEntrySource
{
    /// <summary>The types this source answers for.</summary>
    IReadOnlyCollection<EntryType> Types { get; }

    /// <summary>
    /// Writes the <c>data</c> of each entry of one viewer, in one batch. Answers one UTF-8 JSON object per reference, in order;
    /// empty where the viewer may no longer see it (the entry is then left out, its position stays used).
    /// </summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> HydrateAsync(UserId viewer, IReadOnlyList<EntryRef> references, CancellationToken cancellationToken);

    /// <summary>Writes the <c>data</c> of <see cref="NewEntry.Live"/>, once for all recipients.</summary>
    void WriteLive(Utf8JsonWriter writer, object live);
}
