using System.Text;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Traps;

/// <summary>
/// How many pages each registrable domain may have: a base and so many more for each other domain that links to it, since links from others are what a spam farm has to pay for
/// (STAR in Lee, Leonard, Wang, Loguinov 2008: "IRLbot"). What goes beyond is parked and comes back when the budget grows (their BEAST).
/// A domain is owned while this node leases hosts of it; of all others only new references are gathered for the store. One thread at a time; some 300 bytes a domain.
/// </summary>
internal sealed class DomainBudgets(CrawlSettings settings)
{
    // References of domains that are not ours are forgotten beyond this: they are merged in the store, and counted again when met again.
    private const int MostForeign = 100_000;

    private readonly Dictionary<string, Book> _books = new(DomainNames.Instance);
    private readonly List<Book> _dirty = [];
    private readonly List<Book> _grown = [];
    private int _foreign;

    /// <summary>This node now decides for a domain.</summary>
    /// <param name="row">Null for one that is new.</param>
    public void Own(string domain, DomainRow? row)
    {
        var book = Find(domain) ?? Make(domain);
        _foreign -= book.IsOwned ? 0 : 1;
        book.IsOwned = true;
        book.Fetched = (row?.Fetched ?? 0) + book.Delta;
        if (row?.References is { } references)
        {
            ReferenceBitmap.Merge(book.References, references);
            book.Estimate = -1;
        }
    }

    /// <summary>Another node decides from now on. What is not yet drained still is.</summary>
    public void Release(string domain)
    {
        if (Find(domain) is { IsOwned: true } book)
        {
            book.IsOwned = false;
            _foreign++;
        }
    }

    /// <summary>Whether one more page of a domain may be fetched: <see cref="RefusalReason.None"/> or <see cref="RefusalReason.DomainBudget"/>.</summary>
    public RefusalReason Check(string domain)
    {
        var book = Find(domain) ?? Make(domain);
        if (book.Fetched < Allowance(book))
        {
            return RefusalReason.None;
        }
        book.IsFull = true;
        return RefusalReason.DomainBudget;
    }

    /// <summary>A page of a domain was fetched.</summary>
    public void Fetched(string domain)
    {
        var book = Mark(Find(domain) ?? Make(domain));
        book.Fetched++;
        book.Delta++;
    }

    /// <summary>A page of one domain links to another.</summary>
    public void Refer(ReadOnlySpan<byte> to, ReadOnlySpan<byte> from)
    {
        if (to.SequenceEqual(from) || to.IsEmpty || from.IsEmpty)
        {
            return;
        }
        if (!_books.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(to, out var book))
        {
            book = Make(Encoding.UTF8.GetString(to));
        }
        if (ReferenceBitmap.Set(book.References, from))
        {
            book.Estimate = -1;
            book.HasNewReferences = true;
            Mark(book);
            if (book is { IsFull: true, IsOwned: true })
            {
                book.IsFull = false;
                _grown.Add(book);
            }
        }
    }

    /// <summary>The domain's budget, as it is explained.</summary>
    public (long Fetched, long Allowance, int References) Explain(string domain) =>
        Find(domain) is { } book ? (book.Fetched, Allowance(book), Estimate(book)) : (0, settings.DomainBudget, 0);

    /// <summary>Appends what changed since the last time, for the batch.</summary>
    public void Drain(List<DomainDelta> deltas)
    {
        foreach (var book in _dirty)
        {
            deltas.Add(new DomainDelta(book.Domain, book.Delta, book.HasNewReferences ? book.References.ToArray() : null));
            book.Delta = 0;
            book.HasNewReferences = false;
            book.IsDirty = false;
        }
        _dirty.Clear();
        if (_foreign > MostForeign)
        {
            foreach (var (domain, _) in _books.Where(b => !b.Value.IsOwned).ToList())
            {
                _books.Remove(domain);
            }
            _foreign = 0;
        }
    }

    /// <summary>Domains whose parked URLs may come back, and how many of them. Each is answered once.</summary>
    public IReadOnlyList<(string Domain, int Room)> TakeGrown()
    {
        if (_grown.Count == 0)
        {
            return [];
        }
        var grown = _grown.Select(b => (b.Domain, (int)Math.Clamp(Allowance(b) - b.Fetched, 0, int.MaxValue))).Where(g => g.Item2 > 0).ToList();
        _grown.Clear();
        return grown;
    }

    private long Allowance(Book book) => Math.Max(settings.DomainBudget, 0) + ((long)Math.Max(settings.BudgetPerReference, 0) * Estimate(book));

    private static int Estimate(Book book) => book.Estimate >= 0 ? book.Estimate : book.Estimate = ReferenceBitmap.Estimate(book.References);

    private Book? Find(string domain) => _books.GetValueOrDefault(domain);

    private Book Make(string domain)
    {
        _foreign++;
        return _books[domain] = new Book { Domain = domain };
    }

    private Book Mark(Book book)
    {
        if (!book.IsDirty)
        {
            book.IsDirty = true;
            _dirty.Add(book);
        }
        return book;
    }

    private sealed class Book
    {
        public required string Domain { get; init; }

        public byte[] References { get; } = new byte[ReferenceBitmap.Length];

        public long Fetched { get; set; }

        public int Delta { get; set; }

        /// <summary>-1 when it has to be counted again.</summary>
        public int Estimate { get; set; } = -1;

        public bool HasNewReferences { get; set; }

        public bool IsOwned { get; set; }

        public bool IsFull { get; set; }

        public bool IsDirty { get; set; }
    }
}
