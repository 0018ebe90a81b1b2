using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Madang.Bench.Measuring;

namespace Madang.Bench.Notifying;

internal sealed record NotifyLoadOptions
{
    /// <summary>Notifications a second, each due at its own moment whatever became of the ones before; 0 keeps <see cref="Window"/> calls in flight.</summary>
    public int Rate { get; init; } = 1_000;

    public int Window { get; init; } = 16;

    /// <summary>Notifications of one call; 1 sends them by the single door.</summary>
    public int Bulk { get; init; } = 1;

    public int Seconds { get; init; } = 60;

    public int Warmup { get; init; } = 5;

    /// <summary>Only people with this kind of phone; or <c>sms</c>, <c>email</c>, <c>webhook</c>: codes to addresses outside of every account; pushes to everybody when null.</summary>
    public string? Phone { get; init; }
}

/// <summary>
/// Sends at a rate, from acceptance to the phone: what is accepted is counted here, what arrives by the stand-ins. Open loop by the clock, so that a slow
/// server cannot slow the questions down.
/// </summary>
internal sealed class NotifyLoad(NotifyPlaces places, NotifyLoadOptions options)
{
    private readonly Histogram _accept = new();
    private readonly Histogram _arrival = new();
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private readonly string _run = Guid.CreateVersion7().ToString("N");
    private long _sent;
    private long _accepted;
    private long _from;
    private long _until;
    private long _lag;

    public static string[] Phones { get; } = ["apns", "fcm"];

    public Histogram Accept => _accept;

    /// <summary>From due to the phone.</summary>
    public Histogram Arrival => _arrival;

    public long Accepted => Volatile.Read(ref _accepted);

    public IReadOnlyDictionary<string, int> Errors => _errors;

    /// <summary>Where what this load sends arrives.</summary>
    private async Task<StandInCounts> ArrivedAsync(CancellationToken cancellationToken) => options.Phone switch
    {
        "webhook" => new(places.Hooks.Messages, places.Hooks.Taken, places.Hooks.Taken - places.Hooks.Messages, 0, 0),
        "email" => await places.Sandbox.CountsAsync("smtp", cancellationToken),
        "sms" => await places.Sandbox.CountsAsync(places.Sandbox.Names.Where(name => name is "kannel" or "twilio"), cancellationToken),
        _ => await places.Sandbox.CountsAsync(Phones, cancellationToken),
    };

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        using var client = new NotifyClient(places.Server.Address, places.Token, TimeSpan.FromSeconds(30));
        var sending = SendAsync(client, TimeSpan.FromSeconds(options.Warmup + options.Seconds), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(options.Warmup), cancellationToken);
        var (began, before, cpu, stored) = (Clock.Now, await ArrivedAsync(cancellationToken), places.ServerCpu(), places.StoredBytes());
        var acceptedBefore = Accepted;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sampling = SampleAsync(over.Token);
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
        var (after, acceptedAfter, spent, took) = (await ArrivedAsync(cancellationToken), Accepted, places.ServerCpu() - cpu, (Clock.Now - began) / 1e6);
        await sending;
        await over.CancelAsync();
        await sampling;
        var drain = await DrainAsync(cancellationToken);
        var end = await ArrivedAsync(cancellationToken);
        var text = new StringBuilder();
        var arrived = after.Messages - before.Messages;
        Line($"load       {(options.Rate > 0 ? $"{options.Rate}/s" : $"saturated, {options.Window} calls in flight")}, {options.Bulk} a call, {options.Phone ?? $"{places.People} people"}, {options.Seconds} s after {options.Warmup} s");
        Line($"accepted   {Accepted} of {_sent}, {(acceptedAfter - acceptedBefore) / took:0}/s; whole lifecycle {arrived / took:0}/s; at the end {Accepted - after.Messages} on their way, gone after {drain:0.0} s");
        Line($"accept     {_accept}");
        Line($"to phone   {_arrival} (a sample of {_arrival.Count}, from when it was due)");
        Line($"processor  server {spent / took:0.00} of the machine's {Environment.ProcessorCount}, {spent / Math.Max(1, arrived) * 1e6:0} us a notification; driver lag {_lag / 1000.0:0} ms at worst");
        Line($"memory     server {places.PeakMegabytes():0} MB at the peak; {(places.StoredBytes() - stored) / Math.Max(1.0, acceptedAfter - acceptedBefore):0} bytes of database a notification (log included)");
        Line($"arrived    {end.Messages}, lost {Accepted - end.Messages}, sent twice {end.TransportDoubles}, shown twice {end.ShownDoubles}, refused {end.Refused}");
        foreach (var (error, count) in _errors)
        {
            Line($"error      {count} x {error}");
        }

        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Sends for so long, measuring from the end of the warm-up on.</summary>
    public async Task SendAsync(NotifyClient client, TimeSpan length, CancellationToken cancellationToken)
    {
        var start = Clock.Now;
        _from = start + options.Warmup * 1_000_000L;
        _until = start + (long)length.TotalMicroseconds;
        if (options.Rate == 0)
        {
            await Task.WhenAll(Enumerable.Range(0, options.Window).Select(_ => KeepAsync(client, cancellationToken)));
            return;
        }

        var pending = new ConcurrentDictionary<Task, bool>();
        var every = 1_000_000.0 * options.Bulk / options.Rate;
        for (var i = 0L; !cancellationToken.IsCancellationRequested; await Task.Delay(1, CancellationToken.None))
        {
            var now = Clock.Now;
            for (long due; (due = start + (long)(i * every)) <= now; i++)
            {
                if (due >= _until)
                {
                    await Task.WhenAll(pending.Keys);
                    return;
                }

                _lag = Math.Max(_lag, now - due);
                // What has been sent is waited for: whether it was accepted must be known.
                var call = CallAsync(client, due, CancellationToken.None);
                pending[call] = true;
                _ = call.ContinueWith(done => pending.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }

        await Task.WhenAll(pending.Keys);
    }

    /// <summary>Seconds until all that was accepted has arrived, or nothing has moved for a while.</summary>
    public async Task<double> DrainAsync(CancellationToken cancellationToken)
    {
        var began = Clock.Now;
        for (var (messages, at) = (-1L, Clock.Now); Clock.Now - at < 20_000_000; await Task.Delay(100, cancellationToken))
        {
            var now = (await ArrivedAsync(cancellationToken)).Messages;
            if (now >= Accepted)
            {
                break;
            }

            (messages, at) = now == messages ? (messages, at) : (now, Clock.Now);
        }

        return (Clock.Now - began) / 1e6;
    }

    private async Task KeepAsync(NotifyClient client, CancellationToken cancellationToken)
    {
        while (Clock.Now < _until && !cancellationToken.IsCancellationRequested)
        {
            await CallAsync(client, Clock.Now, cancellationToken);
        }
    }

    private async Task CallAsync(NotifyClient client, long due, CancellationToken cancellationToken)
    {
        var first = Interlocked.Add(ref _sent, options.Bulk) - options.Bulk;
        // The phone's clock is the wall's.
        var wall = Wall.Now - (Clock.Now - due);
        try
        {
            if (options is { Phone: "sms", Bulk: > 1 })
            {
                Interlocked.Add(ref _accepted, await client.SendCodesAsync(
                    [.. Enumerable.Range(0, options.Bulk).Select(i => ($"{_run}-{first + i}", AddressOf(first + i).Address, first + i))], cancellationToken));
            }
            else if (options.Phone is "sms" or "email" or "webhook")
            {
                var (kind, address) = AddressOf(first);
                await client.SendCodeAsync($"{_run}-{first}", kind, address, first, cancellationToken);
                Interlocked.Increment(ref _accepted);
            }
            else if (options.Bulk == 1)
            {
                await client.SendAsync($"{_run}-{first}", PersonOf(first), wall, cancellationToken);
                Interlocked.Increment(ref _accepted);
            }
            else
            {
                Interlocked.Add(ref _accepted, await client.SendAsync(
                    [.. Enumerable.Range(0, options.Bulk).Select(i => ($"{_run}-{first + i}", PersonOf(first + i)))], wall, cancellationToken));
            }

            if (due >= _from)
            {
                _accept.Record(Clock.Now - due);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            _errors.AddOrUpdate(fault is HttpRequestException { Message: var message } ? message[..Math.Min(120, message.Length)] : "no answer", 1, (_, n) => n + 1);
        }
    }

    private (string Kind, string Address) AddressOf(long number) => options.Phone switch
    {
        "email" => ("email", $"person-{number}@example.org"),
        "webhook" => ("url", $"{places.Hooks.Address}{number}"),
        _ => ("phone", "+8210" + (number % 100_000_000).ToString("D8", CultureInfo.InvariantCulture)),
    };

    // Even ones have an iPhone.
    private long PersonOf(long number) => NotifyPlaces.FirstPerson + (options.Phone is null ? number % places.People : (number % (places.People / 2) * 2) + (options.Phone == "apns" ? 0 : 1));

    /// <summary>Now and then the newest messages of a stand-in: how long after their moment they came.</summary>
    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(500, cancellationToken);
                foreach (var name in options.Phone is null ? Phones : Phones.Where(name => name == options.Phone))
                {
                    foreach (var message in await places.Sandbox.LastAsync(name, 100, cancellationToken))
                    {
                        var text = message.GetProperty("text").GetString()!;
                        var at = message.GetProperty("at").GetDateTimeOffset();
                        if (DueOf(text) is { } due)
                        {
                            _arrival.Record(Wall.Of(at) - due);
                        }
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    // APNs has our data as an object, FCM as texts.
    private static long? DueOf(string payload)
    {
        var at = payload.IndexOf("due", StringComparison.Ordinal);
        var digits = at < 0 ? [] : payload.AsSpan(at + 3);
        var begin = digits.IndexOfAnyInRange('0', '9');
        if (begin < 0)
        {
            return null;
        }

        digits = digits[begin..];
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture, out var due) && due > Wall.Now - 3_600_000_000 ? due : null;
    }
}

/// <summary>Microseconds since 1970: what two processes of one machine agree on.</summary>
internal static class Wall
{
    public static long Now => Of(TimeProvider.System.GetUtcNow());

    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
