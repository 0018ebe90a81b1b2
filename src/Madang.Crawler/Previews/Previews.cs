using System.Collections.Concurrent;
using Madang.Api;
using Madang.Outbound;
using Madang.Storage;

namespace Madang.Crawler.Previews;

/// <summary>
/// Previews of links for chat and feed. A preview is fetched because a person shares or reads a link, not by a crawl: robots.txt, which is for crawlers
/// (RFC 9309 §1), is not asked, while <c>nosnippet</c> and <c>noimageindex</c> of the page are obeyed. It goes out through Outbound alone, is kept for a
/// day (a failure for ten minutes), and however many ask for one URL at once, it is fetched once.
/// </summary>
public sealed class Previews
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);
    public static readonly TimeSpan FailureKept = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Of a page, decoded; what is behind is not read.</summary>
    public const int MaxBytes = 1024 * 1024;

    public const int MaxRedirects = 5;

    /// <summary>Fetches at the same time; whoever comes then is asked to come again.</summary>
    public const int MaxFetches = 32;

    private readonly ConcurrentDictionary<UInt128, Task<Result<Preview>>> _fetching = new();
    private readonly IPreviewStore _store;
    private readonly Database _database;
    private readonly OutboundClient _outbound;
    private readonly WriteLimits _limits;
    private readonly IReadOnlyList<ILocalPages> _local;
    private readonly TimeProvider _time;
    private readonly string? _ownAuthority;
    private int _fetches;

    internal Previews(
        IPreviewStore store, Database database, OutboundClient outbound, WriteLimits limits, IEnumerable<ILocalPages> local, TimeProvider time, Uri? publicUrl)
    {
        (_store, _database, _outbound, _limits, _local, _time) = (store, database, outbound, limits, [.. local], time);
        _ownAuthority = publicUrl?.Authority;
    }

    /// <summary>The preview of a URL, from memory of it or fetched.</summary>
    /// <param name="url">Absolute, http or https.</param>
    /// <param name="host">Host and port by which the caller reached us: a link there is one of our own pages.</param>
    public async Task<Result<Preview>> FindAsync(string? url, Caller viewer, string? host, CancellationToken cancellationToken)
    {
        var parsed = PreviewAddress.Parse(url);
        if (!parsed.IsOk)
        {
            return parsed.Error;
        }

        var address = parsed.Value;
        if (IsOwn(address, host))
        {
            return await LocalAsync(address, viewer, cancellationToken);
        }

        if (_fetching.TryGetValue(address.Key, out var underWay))
        {
            return await underWay.WaitAsync(cancellationToken);
        }

        var kept = await _store.FindAsync(address.Key, cancellationToken);
        if (kept is not null && kept.ExpiresAt > _time.GetUtcNow())
        {
            return Answer(kept);
        }

        // What is known costs nothing; a fetch makes us connect to somebody and write, and counts as a write.
        if (!_fetching.ContainsKey(address.Key) && _limits.TryTake(viewer) is { } refused)
        {
            return refused;
        }

        return await FetchOnce(address).WaitAsync(cancellationToken);
    }

    private bool IsOwn(PreviewAddress address, string? host) =>
        string.Equals(address.Authority, host, StringComparison.OrdinalIgnoreCase) || string.Equals(address.Authority, _ownAuthority, StringComparison.OrdinalIgnoreCase);

    private async Task<Result<Preview>> LocalAsync(PreviewAddress address, Caller viewer, CancellationToken cancellationToken)
    {
        foreach (var pages in _local)
        {
            if (await pages.FindAsync(address.PathAndQuery, viewer, cancellationToken) is { } preview)
            {
                return preview with { Url = address.Href };
            }
        }

        return PreviewErrors.NoPage;
    }

    /// <summary>The fetch under way, or a new one. It belongs to nobody: who gives up waiting does not end it for the others.</summary>
    private Task<Result<Preview>> FetchOnce(PreviewAddress address)
    {
        var mine = new TaskCompletionSource<Result<Preview>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fetch = _fetching.GetOrAdd(address.Key, mine.Task);
        if (fetch != mine.Task)
        {
            return fetch;
        }

        _ = RunAsync(address, mine);
        return fetch;
    }

    private async Task RunAsync(PreviewAddress address, TaskCompletionSource<Result<Preview>> done)
    {
        try
        {
            if (Interlocked.Increment(ref _fetches) > MaxFetches)
            {
                done.SetResult(ApiErrors.Overloaded with { RetryAfter = TimeSpan.FromSeconds(1) });
                return;
            }

            var fetched = await FetchAsync(address);
            await _database.WriteAsync(
                tx =>
                {
                    _store.Put(tx, fetched);
                    return 0;
                },
                Lane.Background);
            done.SetResult(Answer(fetched));
        }
        catch (Exception broken)
        {
            // Whoever waits gets it, as if each had fetched alone; the edge logs it.
            done.SetException(broken);
        }
        finally
        {
            Interlocked.Decrement(ref _fetches);
            _fetching.TryRemove(address.Key, out _);
        }
    }

    private async Task<StoredPreview> FetchAsync(PreviewAddress address)
    {
        var request = new OutboundRequest
        {
            Url = address.Href,
            Headers = [new("User-Agent", "Madang/1.0 (link preview)"), new("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5")],
            MaxBytes = MaxBytes,
            MaxWireBytes = MaxBytes,
            CutsAtLimit = true,
            MaxRedirects = MaxRedirects,
            ConnectTimeout = Timeout,
            HeaderTimeout = Timeout,
            IdleTimeout = Timeout,
            TotalTimeout = Timeout,
            Accepts = PreviewReading.IsPage,
        };
        using var response = await _outbound.SendAsync(request, CancellationToken.None);
        var now = _time.GetUtcNow();
        var failure = response.Fault switch
        {
            OutboundFaults.AddressRefused or OutboundFaults.PortRefused => PreviewErrors.AddressRefused,
            not null => PreviewErrors.Unreachable,
            null => response.Status is >= 200 and < 300 ? null : PreviewErrors.NoPage,
        };
        return failure is null
            ? new StoredPreview(address.Key, await PreviewReading.OfAsync(response, now, _time, CancellationToken.None), null, now + Kept)
            : new StoredPreview(address.Key, null, failure.Code, now + FailureKept);
    }

    private static Result<Preview> Answer(StoredPreview stored) => stored.Content is { } preview ? preview : PreviewErrors.Of(stored.Failure ?? "");
}
