using System.Numerics;
using Madang.Crawler.Dedupe;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Priority;

/// <summary>What <see cref="UrlMemory"/> knows of a URL.</summary>
internal enum UrlStanding
{
    /// <summary>New, or forgotten: the store decides.</summary>
    Unknown,

    /// <summary>Seen: fetched, parked or refused.</summary>
    Known,

    Waiting,
}

/// <param name="Class">Of a waiting URL.</param>
/// <param name="IsBetter">Whether this gift moved it to <paramref name="Class"/> from a worse one.</param>
internal readonly record struct UrlGift(UrlStanding Standing, int Class, bool IsBetter);

/// <summary>
/// The URLs that a crawl met lately, with the importance that they gather while they wait: answers most links without asking the store.
/// A cache of bounded size: sets of eight slots by URL hash, second chance within a set (clock). What it forgets loses its cash and is looked up in the store again, nothing else.
/// 16 bytes a slot (8 of tag, 4 of cash, 2 of class and flags, 2 unused) and an eighth of a byte for the hand: 16 MiB for a million.
/// One thread at a time. Told apart by <see cref="UrlKey.Hash"/> alone, which is keyed: with 10 million URLs and a million slots a confusion is a matter of 1 in 10^6.
/// </summary>
internal sealed class UrlMemory
{
    public const int DefaultSlots = 1 << 20;

    private const int Ways = 8;
    private const byte IsWaiting = 1;
    private const byte WasUsed = 2;

    private readonly long[] _tags;
    private readonly Entry[] _entries;
    private readonly byte[] _hands;
    private readonly long _sets;

    /// <param name="slots">Rounded up to a power of two.</param>
    public UrlMemory(int slots = DefaultSlots)
    {
        var count = (int)Math.Min(1u << 30, BitOperations.RoundUpToPowerOf2((uint)Math.Max(slots, Ways)));
        _tags = new long[count];
        _entries = new Entry[count];
        _hands = new byte[count / Ways];
        _sets = count / Ways - 1;
    }

    public int Slots => _tags.Length;

    /// <summary>Asks the processor for what is known of a URL that is about to be looked up.</summary>
    public void AskFor(UrlKey key)
    {
        var set = Set(key);
        Ahead.Of(ref _tags[set]);
        Ahead.Of(ref _entries[set]);
    }

    /// <summary>A page links to this URL: its cash grows. A waiting URL whose importance has doubled moves one class ahead.</summary>
    /// <param name="share">Not finite or not positive counts as nothing.</param>
    public UrlGift Give(UrlKey key, float share)
    {
        var at = Find(key);
        if (at < 0)
        {
            return default;
        }
        ref var entry = ref _entries[at];
        entry.Flags |= WasUsed;
        var before = entry.Cash;
        if (share > 0 && float.IsFinite(share))
        {
            entry.Cash = MathF.Min(before + share, Importance.MostCash);
        }
        if ((entry.Flags & IsWaiting) == 0)
        {
            return new UrlGift(UrlStanding.Known, 0, false);
        }
        var now = PriorityClass.Of(entry.Offset, entry.Cash);
        return new UrlGift(UrlStanding.Waiting, now, now < PriorityClass.Of(entry.Offset, before));
    }

    /// <summary>Remembers a URL, or changes where it stands; cash that it has already is kept and <paramref name="cash"/> comes on top.</summary>
    /// <param name="offset"><see cref="PriorityClass.Offset"/>.</param>
    /// <returns>Its class.</returns>
    public int Add(UrlKey key, int offset, float cash, bool isWaiting)
    {
        var at = Find(key);
        if (at < 0)
        {
            at = Free(key);
            _tags[at] = Tag(key);
            _entries[at] = default;
        }
        ref var entry = ref _entries[at];
        entry.Offset = (sbyte)Math.Clamp(offset, sbyte.MinValue, sbyte.MaxValue);
        entry.Flags = (byte)((entry.Flags & WasUsed) | (isWaiting ? IsWaiting : 0));
        if (cash > 0 && float.IsFinite(cash))
        {
            entry.Cash = MathF.Min(entry.Cash + cash, Importance.MostCash);
        }
        return PriorityClass.Of(entry.Offset, entry.Cash);
    }

    /// <summary>A URL was fetched: takes its cash, and it waits no longer.</summary>
    /// <returns>Its importance; <see cref="Importance.Base"/> when it was forgotten.</returns>
    public float Visit(UrlKey key)
    {
        var at = Find(key);
        if (at < 0)
        {
            return Importance.Base;
        }
        ref var entry = ref _entries[at];
        var importance = Importance.Base + entry.Cash;
        entry.Cash = 0;
        entry.Flags = WasUsed;
        return importance;
    }

    /// <summary>A URL was parked, refused or taken away: it waits no longer and keeps its cash.</summary>
    public void Rest(UrlKey key)
    {
        if (Find(key) is >= 0 and var at)
        {
            _entries[at].Flags = WasUsed;
        }
    }

    public UrlStanding Standing(UrlKey key) =>
        Find(key) is >= 0 and var at ? (_entries[at].Flags & IsWaiting) != 0 ? UrlStanding.Waiting : UrlStanding.Known : UrlStanding.Unknown;

    /// <summary>What it has gathered since its last visit; 0 when it is not remembered.</summary>
    public float Cash(UrlKey key) => Find(key) is >= 0 and var at ? _entries[at].Cash : 0;

    // 0 marks an empty slot.
    private static long Tag(UrlKey key) => key.Hash == 0 ? 1 : key.Hash;

    private int Set(UrlKey key) => (int)(key.Hash & _sets) * Ways;

    private int Find(UrlKey key)
    {
        var set = Set(key);
        var way = _tags.AsSpan(set, Ways).IndexOf(Tag(key));
        return way < 0 ? -1 : set + way;
    }

    private int Free(UrlKey key)
    {
        var set = Set(key);
        var way = _tags.AsSpan(set, Ways).IndexOf(0L);
        if (way >= 0)
        {
            return set + way;
        }
        ref var hand = ref _hands[set / Ways];
        while (true)
        {
            var at = set + hand;
            hand = (byte)((hand + 1) % Ways);
            ref var entry = ref _entries[at];
            if ((entry.Flags & WasUsed) == 0)
            {
                return at;
            }
            entry.Flags &= unchecked((byte)~WasUsed);
        }
    }

    private struct Entry
    {
        public float Cash;
        public sbyte Offset;
        public byte Flags;
    }
}
