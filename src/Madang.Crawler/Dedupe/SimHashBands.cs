namespace Madang.Crawler.Dedupe;

/// <summary>
/// An index of 64-bit SimHashes for pages that differ in at most three bits: cut into four bands of 16 bits, two such hashes agree in at least one band (Manku, Jain, Das Sarma 2007).
/// Each band has a table of 65,536 buckets; a bucket is a list of blocks of a cache line, newest first, that is only ever added to. An entry is the page's number with 11 bits of the next band,
/// which rule out nine of ten strangers without looking at their rows.
/// One thread adds, others read: a block is filled before it is shown and an entry is written in one piece.
/// </summary>
internal sealed class SimHashBands
{
    public const int MostBits = 3;

    /// <summary>Pages per index: what the number in an entry has room for.</summary>
    public const int MostPages = (1 << NumberBits) - 1;

    private const int NumberBits = 21;
    private const int FilterBits = 32 - NumberBits;
    private const uint FilterMask = (1u << FilterBits) - 1;
    private const int Bands = 4;
    private const int BlockWords = 16;
    private const int BlocksPerSlab = 4_096;

    // 16 blocks hold 240 pages. A bucket of a full index has 32 by chance; more than this only if somebody writes pages to that end, or much the same page again and again.
    private const int MostBlocks = 16;

    private readonly int[] _heads = new int[Bands << 16];
    private readonly byte[] _lengths = new byte[Bands << 16];
    private readonly uint[]?[] _slabs = new uint[]?[(MostPages * Bands / BlocksPerSlab) + 1];
    private int _blocks;

    /// <param name="number">0 to <see cref="MostPages"/> - 1, once each; its row can already be read.</param>
    public void Add(long simHash, int number)
    {
        for (var band = 0; band < Bands; band++)
        {
            var bucket = Bucket(simHash, band);
            // A number of 0 with a filter of 0 would look like a free place.
            var entry = ((uint)(number + 1) << FilterBits) | Filter(simHash, band);
            var head = _heads[bucket];
            if (head != 0)
            {
                var block = Block(head);
                var free = block[1..].IndexOf(0u);
                if (free >= 0)
                {
                    Volatile.Write(ref block[free + 1], entry);
                    continue;
                }
            }
            if (_lengths[bucket] < MostBlocks)
            {
                _lengths[bucket]++;
                var added = Block(NewBlock());
                added[0] = (uint)head;
                added[1] = entry;
                Volatile.Write(ref _heads[bucket], _blocks);
            }
        }
    }

    /// <summary>Numbers of pages that may be near, written to <paramref name="numbers"/>; some twice. The caller compares the hashes.</summary>
    /// <param name="numbers">Room for <see cref="MostCandidates"/>.</param>
    /// <returns>How many.</returns>
    public int Candidates(long simHash, Span<int> numbers)
    {
        // The four lists are walked side by side, each next block asked for ahead of time: what a look-up costs is waiting for memory.
        Span<int> at = stackalloc int[Bands];
        for (var band = 0; band < Bands; band++)
        {
            Ahead.Of(ref _heads[Bucket(simHash, band)]);
        }
        for (var band = 0; band < Bands; band++)
        {
            at[band] = Volatile.Read(ref _heads[Bucket(simHash, band)]);
            AskFor(at[band]);
        }
        var count = 0;
        for (var left = true; left;)
        {
            left = false;
            for (var band = 0; band < Bands; band++)
            {
                if (at[band] != 0)
                {
                    var block = Block(at[band]);
                    at[band] = (int)block[0];
                    AskFor(at[band]);
                    left |= at[band] != 0;
                    count += Scan(block, Filter(simHash, band), numbers[count..]);
                }
            }
        }
        return count;
    }

    public const int MostCandidates = Bands * MostBlocks * (BlockWords - 1);

    private static int Scan(Span<uint> block, uint filter, Span<int> numbers)
    {
        var count = 0;
        for (var i = 1; i < block.Length; i++)
        {
            var entry = Volatile.Read(ref block[i]);
            if (entry == 0)
            {
                break;
            }
            if (uint.PopCount((entry ^ filter) & FilterMask) <= MostBits)
            {
                numbers[count++] = (int)(entry >> FilterBits) - 1;
            }
        }
        return count;
    }

    private void AskFor(int block)
    {
        if (block != 0)
        {
            Ahead.Of(ref Block(block)[0]);
        }
    }

    private static int Bucket(long simHash, int band) => (band << 16) | (ushort)(simHash >> (16 * band));

    private static uint Filter(long simHash, int band) => (uint)(simHash >> (16 * ((band + 1) % Bands))) & FilterMask;

    private int NewBlock()
    {
        var at = _blocks++;
        _slabs[at / BlocksPerSlab] ??= new uint[BlocksPerSlab * BlockWords];
        return _blocks;
    }

    /// <param name="id">From 1.</param>
    private Span<uint> Block(int id) => _slabs[(id - 1) / BlocksPerSlab].AsSpan((id - 1) % BlocksPerSlab * BlockWords, BlockWords);
}
