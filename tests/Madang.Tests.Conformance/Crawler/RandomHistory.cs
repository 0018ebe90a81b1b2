using Madang.Crawler.Frontier;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>A seeded random life of a frontier beside a copy that knows no tricks: a dictionary of URLs.</summary>
internal sealed class RandomHistory(Books books, int seed)
{
    private const int Hosts = 5;
    private static readonly UrlState[] Ends = [UrlState.Done, UrlState.Resting, UrlState.Gone, UrlState.Waiting, UrlState.Refused];
    private static readonly RefusalReason[] Reasons = [RefusalReason.DomainBudget, RefusalReason.Spam];
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<(long Host, long Hash), Copy> _urls = [];
    private long _seq;
    private long _visits;

    public async Task StepAsync()
    {
        switch (_random.Next(10))
        {
            case 0:
                await WakeAsync();
                break;
            case 1:
                await UnparkAsync();
                break;
            default:
                Fill();
                _ = await books.CommitAsync();
                break;
        }
    }

    public async Task AssertAsync()
    {
        await using var pages = await books.PagesAsync();
        for (var host = 1; host <= Hosts; host++)
        {
            var mine = _urls.Where(url => url.Key.Host == host).ToList();
            var queue = mine.Where(url => url.Value.State == UrlState.Waiting).OrderBy(url => url.Value.Class).ThenBy(url => url.Value.Seq).Select(url => url.Key.Hash).ToArray();
            Assert.Equal(queue, await books.QueueAsync(host, 10_000));
            if (await pages.HostAsync(host, Books.Token) is { } row)
            {
                var (fetched, parked) = (mine.Count(url => url.Value.Visited > 0), mine.Count(url => url.Value.State == UrlState.Parked));
                Assert.Equal((queue.Length, fetched, parked), (row.Waiting, row.Fetched, row.Parked));
            }

            foreach (var (place, hash) in queue.Index())
            {
                Assert.Equal(place, await pages.PlaceAsync(Books.Key(host, hash), Books.Token));
            }
        }

        foreach (var (key, copy) in _urls)
        {
            var url = (await pages.UrlAsync(Books.Key(key.Host, key.Hash), Books.Token))!;
            Assert.Equal((copy.State, copy.Class, copy.Reason, copy.DueAt), (url.State, url.Class, url.Reason, url.DueAt));
            Assert.Equal(copy.Visited == 0 ? null : copy.Visited, (await pages.PageAsync(Books.Key(key.Host, key.Hash), Books.Token))?.Page.FetchedAt);
        }

        var counts = await pages.CountsAsync(Books.Token);
        foreach (var state in Enum.GetValues<UrlState>())
        {
            Assert.Equal(_urls.Values.Count(copy => copy.State == state), counts.GetValueOrDefault(state.Count()));
        }

        var log = _urls.Values.Where(copy => copy.Visited > 0).OrderBy(copy => copy.Visited).Select(copy => copy.Visited).ToList();
        var read = await Books.UntilAsync(log.Count, () => pages.PagesAsync(new PageFilter(), null, false, 100_000, Books.Token));
        Assert.Equal(log, read.Select(page => page.Page.FetchedAt));
    }

    private void Fill()
    {
        for (var n = _random.Next(30); n > 0; n--)
        {
            Add();
        }

        for (var n = _random.Next(10); n > 0; n--)
        {
            Move();
        }

        for (var n = _random.Next(10); n > 0; n--)
        {
            Visit();
        }
    }

    private void Add()
    {
        long host = _random.Next(1, Hosts + 1), hash = _random.Next(60);
        var state = (UrlState)_random.Next(6);
        var copy = new Copy { State = state, Class = _random.Next(16), Seq = ++_seq, Reason = state == UrlState.Parked ? Reasons[_random.Next(2)] : RefusalReason.None, DueAt = _random.Next(100) };
        books.Host(host).Url(host, hash, copy.Class, state, copy.Reason, copy.DueAt);
        if (!_urls.TryGetValue((host, hash), out var known))
        {
            _urls.Add((host, hash), copy);
        }
        else if (state == UrlState.Waiting && known.State == UrlState.Waiting)
        {
            known.Class = Math.Min(known.Class, copy.Class);
        }
    }

    private void Move()
    {
        if (Pick() is not { } key)
        {
            return;
        }

        var copy = _urls[key];
        var state = (UrlState)_random.Next(6);
        copy.Seq = state == UrlState.Waiting && copy.State != UrlState.Waiting ? ++_seq : copy.Seq;
        var better = _random.Next(-1, 16);
        copy.Class = better < 0 ? copy.Class : better;
        (copy.State, copy.Reason, copy.DueAt) = (state, state == UrlState.Parked ? Reasons[_random.Next(2)] : RefusalReason.None, _random.Next(100));
        books.Batch.Moves.Add(new UrlMove(Books.Key(key.Host, key.Hash), state, copy.Reason, better, copy.DueAt, -1));
    }

    private void Visit()
    {
        if (Pick() is not { } key)
        {
            return;
        }

        var copy = _urls[key];
        var next = Ends[_random.Next(Ends.Length)];
        copy.Seq = next == UrlState.Waiting ? ++_seq : copy.Seq;
        (copy.State, copy.Reason, copy.DueAt, copy.Visited) = (next, RefusalReason.None, _random.Next(100), ++_visits);
        books.Page(Books.Visit(key.Host, key.Hash, next: next, due: copy.DueAt) with { FetchedAt = _visits });
    }

    private async Task WakeAsync()
    {
        var now = _random.Next(100);
        var due = _urls.Values.Where(copy => copy.State == UrlState.Resting && copy.DueAt <= now).ToList();
        Assert.Equal(due.Count, (await books.Frontier.WakeAsync(now, 100_000, Books.Token)).Woken);
        await RequeueAsync(due);
    }

    private async Task UnparkAsync()
    {
        long? host = _random.Next(2) == 0 ? null : _random.Next(1, Hosts + 1);
        var reason = Reasons[_random.Next(2)];
        var parked = _urls.Where(url => url.Value.State == UrlState.Parked && url.Value.Reason == reason && (host is null || url.Key.Host == host)).Select(url => url.Value).ToList();
        Assert.Equal(parked.Count, await books.Frontier.UnparkAsync(host is null ? null : $"h{host}.example", reason, 100_000, Books.Token));
        await RequeueAsync(parked);
    }

    /// <summary>In which order they come back is the store's affair: the copy takes it from there.</summary>
    private async Task RequeueAsync(List<Copy> back)
    {
        foreach (var copy in back)
        {
            (copy.State, copy.Reason, copy.DueAt) = (UrlState.Waiting, RefusalReason.None, 0);
        }

        for (var host = 1; host <= Hosts; host++)
        {
            foreach (var url in await books.Frontier.QueueAsync(host, 100_000, Books.Token))
            {
                if (back.Contains(_urls[(host, url.Key.Hash)]))
                {
                    _urls[(host, url.Key.Hash)].Seq = url.Seq;
                    _seq = Math.Max(_seq, url.Seq);
                }
            }
        }
    }

    private (long Host, long Hash)? Pick() => _urls.Count == 0 ? null : _urls.Keys.ElementAt(_random.Next(_urls.Count));

    private sealed class Copy
    {
        public required UrlState State { get; set; }

        public required int Class { get; set; }

        public required long Seq { get; set; }

        public required RefusalReason Reason { get; set; }

        public required long DueAt { get; set; }

        /// <summary>Number of its last visit, 0 for none.</summary>
        public long Visited { get; set; }
    }
}
