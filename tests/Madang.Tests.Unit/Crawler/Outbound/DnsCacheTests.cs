using System.Net;
using Madang.Outbound;
using Madang.Outbound.Names;

namespace Madang.Tests.Unit.Crawler.Outbound;

/// <summary>What is remembered and for how long, on a clock that the test moves.</summary>
public sealed class DnsCacheTests
{
    private readonly FakeTime _time = new();
    private readonly Script _source = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_is_asked_for_once_in_its_time()
    {
        var cache = Cache();
        _source.Says(Found("1.1.1.1", 100));
        Assert.Equal("1.1.1.1", await Address(cache));
        _time.Advance(TimeSpan.FromSeconds(79));
        Assert.Equal("1.1.1.1", await Address(cache));
        Assert.Equal(1, _source.Asked);
    }

    [Fact]
    public async Task From_80_percent_on_it_is_asked_in_the_background_and_the_old_answer_given()
    {
        var cache = Cache();
        _source.Says(Found("1.1.1.1", 100));
        await Address(cache);
        var slow = _source.SaysLater();
        _time.Advance(TimeSpan.FromSeconds(81));
        Assert.Equal("1.1.1.1", await Address(cache));
        Assert.Equal("1.1.1.1", await Address(cache));
        await _source.UntilAsked(2);
        slow.SetResult(Found("2.2.2.2", 100));
        await UntilAsync(async () => await Address(cache) == "2.2.2.2");
        Assert.Equal(2, _source.Asked);
    }

    [Fact]
    public async Task Many_who_ask_at_once_are_one_look_up_and_one_who_gives_up_ends_it_for_nobody()
    {
        var cache = Cache();
        var slow = _source.SaysLater();
        using var giveUp = new CancellationTokenSource();
        var impatient = cache.ResolveAsync("site.example", giveUp.Token).AsTask();
        var others = Enumerable.Range(0, 50).Select(_ => Address(cache)).ToList();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        slow.SetResult(Found("1.1.1.1", 100));
        Assert.All(await Task.WhenAll(others), address => Assert.Equal("1.1.1.1", address));
        Assert.Equal(1, _source.Asked);
    }

    [Fact]
    public async Task No_is_remembered_for_a_minute_at_most()
    {
        var cache = Cache();
        _source.Says(new DnsAnswer(DnsVerdict.NoSuchHost, [], TimeSpan.FromDays(1)));
        Assert.Equal(DnsVerdict.NoSuchHost, (await cache.ResolveAsync("site.example", Stop)).Verdict);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(DnsVerdict.NoSuchHost, (await cache.ResolveAsync("site.example", Stop)).Verdict);
        Assert.Equal(1, _source.Asked);
        _time.Advance(TimeSpan.FromSeconds(2));
        _source.Says(Found("1.1.1.1", 100));
        Assert.Equal("1.1.1.1", await Address(cache));
    }

    [Fact]
    public async Task While_no_server_answers_an_old_address_serves_for_an_hour_and_no_longer()
    {
        var cache = Cache();
        _source.Says(Found("1.1.1.1", 100));
        await Address(cache);
        _source.Says(DnsAnswer.NotAnswered);
        _time.Advance(TimeSpan.FromSeconds(101));
        Assert.Equal("1.1.1.1", await Address(cache));
        Assert.Equal(2, _source.Asked);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("1.1.1.1", await Address(cache));
        Assert.Equal(2, _source.Asked);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(DnsVerdict.Failed, (await cache.ResolveAsync("site.example", Stop)).Verdict);
    }

    [Fact]
    public async Task An_old_address_serves_when_the_fresh_one_lets_wait()
    {
        var cache = Cache();
        _source.Says(Found("1.1.1.1", 100));
        await Address(cache);
        _time.Advance(TimeSpan.FromSeconds(101));
        var slow = _source.SaysLater();
        var waiting = Address(cache);
        await _source.UntilAsked(2);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal("1.1.1.1", await waiting);
        slow.SetResult(Found("2.2.2.2", 100));
        await UntilAsync(async () => await Address(cache) == "2.2.2.2");
    }

    [Fact]
    public async Task A_failure_is_not_asked_for_again_at_once()
    {
        var cache = Cache();
        _source.Says(DnsAnswer.NotAnswered);
        Assert.Equal(DnsVerdict.Failed, (await cache.ResolveAsync("site.example", Stop)).Verdict);
        Assert.Equal(DnsVerdict.Failed, (await cache.ResolveAsync("site.example", Stop)).Verdict);
        Assert.Equal(1, _source.Asked);
        _time.Advance(TimeSpan.FromSeconds(6));
        _source.Says(Found("1.1.1.1", 0));
        Assert.Equal("1.1.1.1", await Address(cache));
    }

    [Theory]
    [InlineData(0, 9.9, 10.1)]
    [InlineData(10_000_000, 86_399, 86_401)]
    public async Task A_zone_may_not_say_never_nor_for_ever(int ttl, double within, double beyond)
    {
        var cache = Cache(staleMinutes: 0);
        _source.Says(Found("1.1.1.1", ttl));
        await Address(cache);
        _source.Says(DnsAnswer.NotAnswered);
        _time.Advance(TimeSpan.FromSeconds(within));
        Assert.Equal("1.1.1.1", await Address(cache));
        await _source.UntilAsked(2); // the refresh, which fails
        _time.Advance(TimeSpan.FromSeconds(beyond - within + 5));
        Assert.Equal(DnsVerdict.Failed, (await cache.ResolveAsync("site.example", Stop)).Verdict);
    }

    [Fact]
    public async Task The_names_that_nobody_asked_for_the_longest_are_forgotten_first()
    {
        var cache = Cache();
        _source.Says(Found("1.1.1.1", 86_400));
        for (var i = 0; i < 350; i++)
        {
            await cache.ResolveAsync($"n{i}.example", Stop);
            await cache.ResolveAsync("favourite.example", Stop);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(cache.Count, 50, 101);
        var asked = _source.Asked;
        await cache.ResolveAsync("favourite.example", Stop);
        await cache.ResolveAsync("n349.example", Stop);
        Assert.Equal(asked, _source.Asked);
        await cache.ResolveAsync("n0.example", Stop);
        Assert.Equal(asked + 1, _source.Asked);
    }

    private DnsCache Cache(int staleMinutes = 60) => new(_source, _time, new OutboundOptions { MaxNames = 100, StaleMinutes = staleMinutes });

    private static async Task<string?> Address(DnsCache cache)
    {
        var answer = await cache.ResolveAsync("site.example", Stop);
        return answer.Addresses.FirstOrDefault()?.ToString();
    }

    private static DnsAnswer Found(string address, int ttl) => new(DnsVerdict.Found, [IPAddress.Parse(address)], TimeSpan.FromSeconds(ttl));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            Stop.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class Script : IDnsSource
    {
        private readonly Lock _gate = new();
        private Func<Task<DnsAnswer>> _next = () => Task.FromResult(DnsAnswer.NotAnswered);
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public void Says(DnsAnswer answer) => Set(() => Task.FromResult(answer));

        public TaskCompletionSource<DnsAnswer> SaysLater()
        {
            var later = new TaskCompletionSource<DnsAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            Set(() => later.Task);
            return later;
        }

        public Task UntilAsked(int times) => UntilAsync(() => Task.FromResult(Asked >= times));

        public Task<DnsAnswer> LookUpAsync(string name, CancellationToken cancellation)
        {
            lock (_gate)
            {
                _asked++;
                return _next();
            }
        }

        private void Set(Func<Task<DnsAnswer>> next)
        {
            lock (_gate)
            {
                _next = next;
            }
        }
    }
}
