using System.Security.Cryptography;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Dedupe;

/// <summary>
/// What the pages of a crawl look like, in memory: which page has the same bytes as this one, which nearly the same text (SimHash, at most three bits apart).
/// One thread adds; any number look up meanwhile without a lock. Bounded: when the newest generation is full the oldest one leaves whole, so that between half of the pages and all are remembered.
/// About 70 bytes a page at a million pages, 9 MiB when empty; a look-up among them takes 2 µs.
/// </summary>
internal sealed class Fingerprints
{
    public const int DefaultPages = 4_000_000;

    private readonly int _pagesEach;
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    // Replaced whole, never changed: newest first.
    private FingerprintGeneration[] _generations;
    private readonly int _mostGenerations;

    /// <param name="pages">At least 2; the most that are remembered.</param>
    public Fingerprints(int pages = DefaultPages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 2);
        _mostGenerations = Math.Max(2, (int)((pages + FingerprintGeneration.MostPages - 1L) / FingerprintGeneration.MostPages));
        _pagesEach = pages / _mostGenerations;
        _generations = [new FingerprintGeneration(_pagesEach, _seed)];
    }

    /// <summary>How many pages are remembered.</summary>
    public int Count => Volatile.Read(ref _generations).Sum(g => g.Count);

    /// <summary>A page, other than <paramref name="self"/>, with this body; null when none is remembered. A hash of 0 is none.</summary>
    public UrlKey? FindBody(long bodyHash, UrlKey self)
    {
        if (bodyHash == 0)
        {
            return null;
        }
        foreach (var generation in Volatile.Read(ref _generations))
        {
            if (generation.FindBody(bodyHash, self) is { } key)
            {
                return key;
            }
        }
        return null;
    }

    /// <summary>The page, other than <paramref name="self"/>, whose text is nearest to this one: at most <see cref="SimHashBands.MostBits"/> bits apart. A hash of 0 has no neighbours.</summary>
    public UrlKey? FindNear(long simHash, UrlKey self)
    {
        if (simHash == 0)
        {
            return null;
        }
        var best = new NearPage(default, SimHashBands.MostBits + 1);
        foreach (var generation in Volatile.Read(ref _generations))
        {
            generation.FindNear(simHash, self, ref best);
        }
        return best.Bits <= SimHashBands.MostBits ? best.Key : null;
    }

    /// <summary>Remembers a page. One whose bytes or exact text are already there under another key adds nothing and is left out.</summary>
    /// <param name="simHash">0 where the text is too short to compare.</param>
    public void Add(UrlKey key, long bodyHash, long simHash)
    {
        if ((bodyHash == 0 && simHash == 0) || FindBody(bodyHash, default) is not null)
        {
            return;
        }
        var generations = _generations;
        if (generations[0].TryAdd(key, bodyHash, simHash))
        {
            return;
        }
        var next = new FingerprintGeneration(_pagesEach, _seed);
        next.TryAdd(key, bodyHash, simHash);
        Volatile.Write(ref _generations, [next, .. generations.Take(_mostGenerations - 1)]);
    }

    /// <summary>A page has changed or is gone: what it looked like stands for it no more. Called by the thread that adds.</summary>
    public void Forget(UrlKey key, long bodyHash, long simHash)
    {
        foreach (var generation in _generations)
        {
            generation.Forget(key, bodyHash, simHash);
        }
    }
}
