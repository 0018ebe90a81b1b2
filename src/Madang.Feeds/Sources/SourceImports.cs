using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Outward;
using Madang.Storage;

namespace Madang.Feeds.Sources;

/// <summary>
/// Takes over the subscriptions of another feed reader (OPML): makes each a source, unless it is one, and follows it. What is so already stays, so the same file may be brought again. Every
/// row is answered for; one that was not reached in time says so.
/// </summary>
internal sealed class SourceImports(Sources sources, ISourceStore store, Relations relations, TimeProvider time)
{
    /// <summary>Addresses that are looked at at once; each takes as long as its site.</summary>
    private const int AtOnce = 8;

    /// <summary>Imports at once on this node: each may ask hundreds of sites.</summary>
    private const int MostImports = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int _running;

    /// <summary>Codes: invalid_fields (what is no OPML, or holds too much), overloaded.</summary>
    public async Task<Result<ImportedSources>> TakeAsync(Caller caller, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        var read = Opml.Read(document);
        if (!read.IsOk)
        {
            return read.Error;
        }

        try
        {
            if (Interlocked.Increment(ref _running) > MostImports)
            {
                return ApiErrors.Overloaded with { RetryAfter = TimeSpan.FromSeconds(10) };
            }

            var rows = await TakeAsync(caller, read.Value.Outlines, cancellationToken);
            await FollowAsync(caller.Person, rows, cancellationToken);
            var taken = rows.Count(row => row.Source is not null);
            return new ImportedSources(rows.Length, taken, rows.Length - taken, read.Value.Duplicates, rows);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<ImportedSource[]> TakeAsync(Caller caller, IReadOnlyList<OpmlOutline> outlines, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(cancellationToken);
        var rows = new ConcurrentDictionary<int, ImportedSource>();
        using var late = new CancellationTokenSource(Patience, time);
        Error? full = null;
        await Parallel.ForEachAsync(
            outlines.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (one, cancel) =>
            {
                var url = one.Item.XmlUrl;
                if (SourceLook.Normal(url) is { } place && known.TryGetValue(place, out var source))
                {
                    rows[one.Index] = ImportedSource.Taken(one.Index, url, "existing", source);
                    return;
                }

                // Where no more fit, nobody is asked in vain.
                if (late.IsCancellationRequested || Volatile.Read(ref full) is not null)
                {
                    rows[one.Index] = ImportedSource.Refused(one.Index, url, Volatile.Read(ref full)?.Code ?? ImportedSource.NotTried);
                    return;
                }

                var added = await sources.AddAsync(caller, url, cancel);
                if (added.Error?.Code == FeedsErrors.TooManySources.Code)
                {
                    Volatile.Write(ref full, added.Error);
                }

                rows[one.Index] = added.IsOk
                    ? ImportedSource.Taken(one.Index, url, added.Value.IsNew ? "created" : "existing", added.Value.Source)
                    : ImportedSource.Refused(one.Index, url, added.Error.Code);
            });
        return [.. Enumerable.Range(0, outlines.Count).Select(i => rows[i])];
    }

    private async Task<Dictionary<string, Source>> KnownAsync(CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, Source>(StringComparer.Ordinal);
        SourceId? before = null;
        IReadOnlyList<Source> some;
        do
        {
            some = await store.ListAsync(before, PageQuery.MaxLimit, cancellationToken);
            foreach (var source in some)
            {
                known[source.At] = source;
                known[source.Url] = source;
                before = source.Id;
            }
        }
        while (some.Count == PageQuery.MaxLimit);
        return known;
    }

    /// <summary>A source that may not be followed stays one; its row says why.</summary>
    private async Task FollowAsync(UserId person, ImportedSource[] rows, CancellationToken cancellationToken)
    {
        foreach (var chunk in rows.Index().Where(row => row.Item.Source is not null).Chunk(Relations.MaxAtOnce))
        {
            var answers = await relations.PutAsync(
                person, [.. chunk.Select(row => new NewRelation(RelationKind.Follow, row.Item.Source!.UserId))], Lane.Background, cancellationToken);
            for (var i = 0; i < chunk.Length; i++)
            {
                if (!answers[i].IsOk)
                {
                    rows[chunk[i].Index] = chunk[i].Item with { Code = answers[i].Error!.Code };
                }
            }
        }
    }
}

/// <summary>What became of a list of subscriptions.</summary>
/// <param name="Rows">How many addresses it named.</param>
/// <param name="Taken">How many of them are sources now, whether they were before or not.</param>
/// <param name="NotTaken">How many are not.</param>
/// <param name="Duplicates">How often an address was named again.</param>
/// <param name="Items">One for each address, in order.</param>
internal sealed record ImportedSources(int Rows, int Taken, int NotTaken, int Duplicates, IReadOnlyList<ImportedSource> Items);

/// <param name="Row">From 1.</param>
/// <param name="Url">As the list named it.</param>
/// <param name="Outcome">created, existing or refused.</param>
internal sealed record ImportedSource(int Row, string Url, string Outcome)
{
    /// <summary>There was no time left for it: the same list again goes on here.</summary>
    public const string NotTried = "not_tried";

    /// <summary>Why it was refused: not_tried, or a code of <c>POST /v1/sources</c>. Of a source that stands: why you do not follow it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SourceJson? Source { get; init; }

    public static ImportedSource Taken(int index, string url, string outcome, Source source) => new(index + 1, Shown(url), outcome) { Source = SourceJson.Of(source) };

    public static ImportedSource Refused(int index, string url, string code) => new(index + 1, Shown(url), "refused") { Code = code };

    private static string Shown(string url) => url.Length <= SourceLook.MaxUrl ? url : url[..SourceLook.MaxUrl];
}
