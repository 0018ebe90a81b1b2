using System.Buffers;
using System.Text.Json;
using Madang.Api;
using Microsoft.Extensions.Logging;

namespace Madang.Realtime.Reading;

/// <summary>Which module answers for which type of entry.</summary>
internal sealed partial class EntrySources(IEnumerable<IEntrySource> sources, ILogger<EntrySources> log)
{
    // The same encoder as ApiJson: an entry has the same bytes live and from the store.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = ApiJson.Options.Encoder, SkipValidation = true };

    private readonly Dictionary<EntryType, IEntrySource> _sources = sources.SelectMany(source => source.Types.Select(type => (type, source)))
        .ToDictionary(pair => pair.type, pair => pair.source);

    /// <summary>The tails of these entries as the viewer may see them now, in order; empty where the viewer may not.</summary>
    public async Task<ReadOnlyMemory<byte>[]> HydrateAsync(UserId viewer, IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        var tails = new ReadOnlyMemory<byte>[entries.Count];
        foreach (var group in Enumerable.Range(0, entries.Count).GroupBy(i => _sources.GetValueOrDefault(entries[i].Ref.Type)))
        {
            var places = group.ToArray();
            if (group.Key is not { } source)
            {
                // A type of a newer version that was rolled back, or of a module that is gone: the position stays used.
                NoSource(entries[places[0]].Ref.Type);
                continue;
            }

            var data = await source.HydrateAsync(viewer, [.. places.Select(i => entries[i].Ref)], cancellationToken);
            Render(entries, places, data, tails);
        }

        return tails;
    }

    /// <summary>The tail that all live readers share; empty when each must read the store.</summary>
    public ReadOnlyMemory<byte> Render(NewEntry entry, DateTimeOffset at)
    {
        if (entry.Live is null || !_sources.TryGetValue(entry.Ref.Type, out var source))
        {
            return default;
        }

        var data = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(data, WriterOptions))
        {
            source.WriteLive(writer, entry.Live);
        }

        var tail = new ArrayBufferWriter<byte>(data.WrittenCount + 96);
        EntryJson.WriteTail(tail, entry.Ref.Type, at, data.WrittenSpan);
        return tail.WrittenMemory;
    }

    private static void Render(IReadOnlyList<InboxEntry> entries, int[] places, IReadOnlyList<ReadOnlyMemory<byte>> data, ReadOnlyMemory<byte>[] tails)
    {
        // One buffer of the exact size for the whole page, so that the slices stay valid.
        var output = new ArrayBufferWriter<byte>(Math.Max(1, data.Sum(one => one.Length + 96)));
        var ends = new int[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            if (!data[i].IsEmpty)
            {
                EntryJson.WriteTail(output, entries[places[i]].Ref.Type, entries[places[i]].At, data[i].Span);
            }

            ends[i] = output.WrittenCount;
        }

        var start = 0;
        for (var i = 0; i < places.Length; i++)
        {
            tails[places[i]] = output.WrittenMemory[start..ends[i]];
            start = ends[i];
        }
    }

    [LoggerMessage(LogLevel.Warning, "No module answers for inbox entries of type {Type}; they are left out")]
    private partial void NoSource(EntryType type);
}
