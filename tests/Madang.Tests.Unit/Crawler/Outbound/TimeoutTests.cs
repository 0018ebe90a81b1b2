using Madang.Outbound;
using Madang.Outbound.Names;

namespace Madang.Tests.Unit.Crawler.Outbound;

/// <summary>Each time-out on a clock that the test moves, against a real socket.</summary>
public sealed class TimeoutTests
{
    private readonly FakeTime _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_says_nothing_is_left_after_the_header_time()
    {
        var asked = new TaskCompletionSource();
        await using var site = new RawSite((_, _, _) => Task.FromResult(asked.TrySetResult()));
        using var client = Clients.Local(time: _time);
        var sending = client.SendAsync(new OutboundRequest { Url = site.Url, HeaderTimeout = TimeSpan.FromSeconds(10) }, Stop);
        await asked.Task.WaitAsync(Stop);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        using var response = await sending;
        Assert.Equal(OutboundFaults.HeaderTimeout, response.Fault);
        Assert.InRange(response.Total, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10.1));
    }

    [Fact]
    public async Task A_body_that_stands_still_is_left_after_the_idle_time_and_one_that_moves_is_not()
    {
        var next = new SemaphoreSlim(0);
        await using var site = new RawSite(async (_, stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"u8.ToArray());
            while (true)
            {
                await next.WaitAsync(Stop);
                await stream.WriteAsync("x"u8.ToArray());
            }
        });
        using var client = Clients.Local(time: _time);
        var headers = new TaskCompletionSource<OutboundResponse>();
        var sending = client.SendAsync(new OutboundRequest { Url = site.Url, IdleTimeout = TimeSpan.FromSeconds(10), TotalTimeout = TimeSpan.FromMinutes(10), Accepts = head => headers.TrySetResult(head) }, Stop);
        var seen = await headers.Task.WaitAsync(Stop);
        for (var i = 1; i <= 5; i++)
        {
            next.Release();
            await UntilAsync(() => seen.WireBytes == i);
            _time.Advance(TimeSpan.FromSeconds(9));
            Assert.False(sending.IsCompleted);
        }

        _time.Advance(TimeSpan.FromSeconds(1.1));
        using var response = await sending;
        Assert.Equal(OutboundFaults.IdleTimeout, response.Fault);
        Assert.Equal(200, response.Status);
        Assert.True(response.Body.IsEmpty);
    }

    [Fact]
    public async Task A_body_that_drips_for_ever_is_left_after_the_total_time()
    {
        var next = new SemaphoreSlim(0);
        await using var site = new RawSite(async (_, stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"u8.ToArray());
            while (true)
            {
                await next.WaitAsync(Stop);
                await stream.WriteAsync("x"u8.ToArray());
            }
        });
        using var client = Clients.Local(time: _time);
        var headers = new TaskCompletionSource<OutboundResponse>();
        var sending = client.SendAsync(new OutboundRequest { Url = site.Url, TotalTimeout = TimeSpan.FromSeconds(30), Accepts = head => headers.TrySetResult(head) }, Stop);
        var seen = await headers.Task.WaitAsync(Stop);
        for (var i = 1; i <= 5; i++)
        {
            next.Release();
            await UntilAsync(() => seen.WireBytes == i);
            _time.Advance(TimeSpan.FromSeconds(5.9));
        }

        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.6));
        using var response = await sending;
        Assert.Equal(OutboundFaults.TotalTimeout, response.Fault);
    }

    [Fact]
    public async Task A_host_that_does_not_take_the_connection_is_left_after_the_connect_time()
    {
        var asked = new TaskCompletionSource();
        using var client = Clients.Local(new SilentNames(asked), _time);
        var sending = client.SendAsync(new OutboundRequest { Url = "http://silent.example/", ConnectTimeout = TimeSpan.FromSeconds(5) }, Stop);
        await asked.Task.WaitAsync(Stop);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        using var response = await sending;
        Assert.Equal(OutboundFaults.ConnectTimeout, response.Fault);
    }

    [Fact]
    public async Task All_redirects_together_have_one_total_time()
    {
        var requests = 0;
        await using var site = new RawSite(async (_, stream, _) =>
        {
            if (Interlocked.Increment(ref requests) <= 3)
            {
                _time.Advance(TimeSpan.FromSeconds(8));
                await stream.WriteAsync("HTTP/1.1 302 Found\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            }
            else
            {
                _time.Advance(TimeSpan.FromSeconds(8));
            }
        });
        using var client = Clients.Local(time: _time);
        using var response = await client.SendAsync(new OutboundRequest { Url = site.Url, MaxRedirects = 10, TotalTimeout = TimeSpan.FromSeconds(30) }, Stop);
        Assert.Equal(OutboundFaults.TotalTimeout, response.Fault);
        Assert.Equal(4, requests);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Stop.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class SilentNames(TaskCompletionSource asked) : IDnsSource
    {
        public async Task<DnsAnswer> LookUpAsync(string name, CancellationToken cancellation)
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            throw new InvalidOperationException("Nobody comes here.");
        }
    }
}
