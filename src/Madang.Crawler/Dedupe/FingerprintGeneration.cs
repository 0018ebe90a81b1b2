using System.Numerics;
using System.Runtime.CompilerServices;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Dedupe;

/// <summary>
/// A bounded set of pages that is only added to: rows of 32 bytes in slabs, a hash chain by body and the bands by SimHash. One thread adds; readers see a row only after it is whole.
/// </summary>
internal sealed class FingerprintGeneration
{
    public const int MostPages = SimHashBands.MostPages;

    private const int RowsPerSlab = 2_048;

    // Chains by a seeded hash are short; longer ones are not walked.
    private const int MostChain = 64;

    private readonly Row[]?[] _slabs;
    private readonly int[]?[] _nexts;
    private readonly int[] _heads;
    private readonly SimHashBands _bands = new();
    private readonly int _capacity;
    private readonly int _shift;
    private readonly long _seed;
    private int _count;

    public FingerprintGeneration(int capacity, long seed)
    {
        _capacity = Math.Min(capacity, MostPages);
        _seed = seed;
        _slabs = new Row[]?[(_capacity / RowsPerSlab) + 1];
        _nexts = new int[]?[_slabs.Length];
        var heads = BitOperations.RoundUpToPowerOf2((uint)Math.Max(_capacity, 16));
        _heads = new int[heads];
        _shift = 64 - BitOperations.Log2(heads);
    }

    public int Count => Volatile.Read(ref _count);

    /// <returns>False when it is full.</returns>
    public bool TryAdd(UrlKey key, long bodyHash, long simHash)
    {
        if (_count == _capacity)
        {
            return false;
        }
        var number = _count;
        var slab = number / RowsPerSlab;
        if (_slabs[slab] is null)
        {
            _nexts[slab] = new int[RowsPerSlab];
            Volatile.Write(ref _slabs[slab], new Row[RowsPerSlab]);
        }
        ref var row = ref At(number);
        row = new Row { Host = key.Host, Hash = key.Hash, Body = bodyHash, Sim = simHash };
        if (bodyHash != 0)
        {
            ref var head = ref _heads[Chain(bodyHash)];
            _nexts[slab]![number % RowsPerSlab] = head;
            Volatile.Write(ref head, number + 1);
        }
        if (simHash != 0)
        {
            _bands.Add(simHash, number);
        }
        Volatile.Write(ref _count, number + 1);
        return true;
    }

    public UrlKey? FindBody(long bodyHash, UrlKey self)
    {
        var number = BodyNumber(bodyHash, self, isSelf: false);
        return number < 0 ? null : At(number).Key;
    }

    /// <summary>Improves <paramref name="best"/>; of equally near pages the one met first stays.</summary>
    [SkipLocalsInit]
    public void FindNear(long simHash, UrlKey self, ref NearPage best)
    {
        Span<int> numbers = stackalloc int[SimHashBands.MostCandidates];
        numbers = numbers[.._bands.Candidates(simHash, numbers)];
        foreach (var number in numbers)
        {
            Ahead.Of(ref At(number));
        }
        foreach (var number in numbers)
        {
            ref var row = ref At(number);
            var other = Volatile.Read(ref row.Sim);
            var bits = BitOperations.PopCount((ulong)(other ^ simHash));
            if (bits < best.Bits && other != 0 && row.Key != self)
            {
                best = new NearPage(row.Key, bits);
            }
        }
    }

    public void Forget(UrlKey key, long bodyHash, long simHash)
    {
        var number = bodyHash != 0 ? BodyNumber(bodyHash, key, isSelf: true) : SimNumber(simHash, key);
        if (number >= 0)
        {
            ref var row = ref At(number);
            Volatile.Write(ref row.Body, 0);
            Volatile.Write(ref row.Sim, 0);
        }
    }

    private int BodyNumber(long bodyHash, UrlKey key, bool isSelf)
    {
        var at = Volatile.Read(ref _heads[Chain(bodyHash)]);
        for (var steps = 0; at != 0 && steps < MostChain; steps++)
        {
            ref var row = ref At(at - 1);
            if (Volatile.Read(ref row.Body) == bodyHash && row.Key == key == isSelf)
            {
                return at - 1;
            }
            at = _nexts[(at - 1) / RowsPerSlab]![(at - 1) % RowsPerSlab];
        }
        return -1;
    }

    [SkipLocalsInit]
    private int SimNumber(long simHash, UrlKey key)
    {
        Span<int> numbers = stackalloc int[SimHashBands.MostCandidates];
        foreach (var number in numbers[.._bands.Candidates(simHash, numbers)])
        {
            ref var row = ref At(number);
            if (row.Sim == simHash && row.Key == key)
            {
                return number;
            }
        }
        return -1;
    }

    private int Chain(long bodyHash) => (int)((ulong)((bodyHash ^ _seed) * -7046029254386353131) >> _shift);

    private ref Row At(int number) => ref Volatile.Read(ref _slabs[number / RowsPerSlab])![number % RowsPerSlab];

    private struct Row
    {
        public long Host;
        public long Hash;
        public long Body;
        public long Sim;

        public readonly UrlKey Key => new(Host, Hash);
    }
}
