using System.Globalization;
using Madang.Bench.Measuring;

namespace Madang.Bench.Notifying;

/// <summary>
/// One provider refuses everything for a while: what pushes by the other feel of it, then and while the backlog leaves, and how soon that is gone when the
/// provider is back and new ones go on coming.
/// </summary>
/// <param name="rate">Pushes a second by the other, and as many for the dead one, before, during and after.</param>
/// <param name="backlog">That much waits at least when the provider is back: what the rate has not brought by then comes in calls of a hundred.</param>
internal sealed class NotifyDead(NotifyPlaces places, string dead, int rate, int seconds, int backlog, TextWriter log)
{
    private const int Before = 30;
    private const int LongestDrain = 200;

    // Notifications a second that fill up the backlog, and what may be on its way at any moment without waiting.
    private const int FillRate = 2_000;
    private const int OnTheWay = 50;

    // A server's first seconds are its compiler's.
    private const int Fresh = 15;

    private string Alive => NotifyLoad.Phones.First(name => name != dead);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = [.. places.Sandbox.Names.Where(name => dead == "sms" ? name is "kannel" or "twilio" : name == dead)];
        using var client = new NotifyClient(places.Server.Address, places.Token, TimeSpan.FromSeconds(30));
        var (calm, first) = (Load(Alive, Before, Fresh), Load(dead, Before, Fresh));
        await Task.WhenAll(MeasureAsync(calm, client, Fresh + Before, cancellationToken), MeasureAsync(first, client, Fresh + Before, cancellationToken));
        await ArrivedAsync(names, () => first.Accepted, cancellationToken);

        await SetAsync(names, [new { status = 503 }], cancellationToken);
        var (shaken, piled) = (Load(Alive, seconds), Load(dead, seconds));
        await Task.WhenAll(MeasureAsync(shaken, client, seconds, cancellationToken), MeasureAsync(piled, client, seconds, cancellationToken));
        var (beside, more) = await FillAsync(client, backlog - piled.Accepted, cancellationToken);
        var refused = await places.Sandbox.CountsAsync(names, cancellationToken);
        await SetAsync(names, [], cancellationToken);

        var waiting = piled.Accepted + more;
        var (began, cpu) = (Clock.Now, places.ServerCpu());
        var (leaving, coming) = (Load(Alive, LongestDrain), Load(dead, LongestDrain));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var both = Task.WhenAll(MeasureAsync(leaving, client, LongestDrain, over.Token), MeasureAsync(coming, client, LongestDrain, over.Token));
        var woken = await ArrivedAsync(names, () => first.Accepted + 1 + OnTheWay, cancellationToken);
        var drained = woken + await ArrivedAsync(names, () => first.Accepted + waiting + coming.Accepted, cancellationToken);
        var spent = places.ServerCpu() - cpu;
        await over.CancelAsync();
        await both;

        var codes = first.Accepted + waiting + coming.Accepted;
        var pushes = calm.Accepted + shaken.Accepted + beside + leaving.Accepted;
        await ArrivedAsync(names, () => codes + OnTheWay, cancellationToken, TimeSpan.FromSeconds(40));
        var (ofDead, ofAlive) = (await places.Sandbox.CountsAsync(names, cancellationToken), await places.Sandbox.CountsAsync(Alive, cancellationToken));
        await log.WriteLineAsync($"{Alive,-5} before   {calm.Arrival}");
        await log.WriteLineAsync($"{Alive,-5} during   {shaken.Arrival}");
        await log.WriteLineAsync($"{Alive,-5} leaving  {leaving.Arrival}");
        await log.WriteLineAsync(Text($"{dead} answered 503 for {seconds} s and until {waiting} waited ({refused.Refused} requests)"));
        await log.WriteLineAsync(Text($"back: the first of them left after {woken:0.0} s, all of them and {coming.Accepted} new ones after {drained:0.0} s: {(waiting + coming.Accepted) / Math.Max(0.1, drained - woken):0}/s, {spent / drained:0.00} processors"));
        await log.WriteLineAsync(Text($"lost {codes - ofDead.Messages + pushes - ofAlive.Messages}, sent twice {ofDead.TransportDoubles + ofAlive.TransportDoubles}, errors {leaving.Errors.Values.Sum() + coming.Errors.Values.Sum()}"));
        return ofDead.Messages >= codes && drained <= 120 ? 0 : 1;
    }

    private NotifyLoad Load(string phone, int length, int warmup = 0) => new(places, new NotifyLoadOptions { Rate = rate, Phone = phone, Warmup = warmup, Seconds = length });

    /// <summary>So many more for the dead one, quickly, and pushes beside them as ever.</summary>
    private async Task<(long Beside, long More)> FillAsync(NotifyClient client, long count, CancellationToken cancellationToken)
    {
        if (count <= 0)
        {
            return (0, 0);
        }

        var length = TimeSpan.FromSeconds((double)count / FillRate);
        var more = new NotifyLoad(places, new NotifyLoadOptions { Rate = FillRate, Bulk = 100, Phone = dead, Warmup = 0 });
        var beside = Load(Alive, 0);
        await Task.WhenAll(more.SendAsync(client, length, cancellationToken), beside.SendAsync(client, length, cancellationToken));
        await log.WriteLineAsync(Text($"filled     {more.Accepted} in calls of 100, accept {more.Accept}; errors {more.Errors.Values.Sum()}"));
        return (beside.Accepted, more.Accepted);
    }

    private static async Task MeasureAsync(NotifyLoad load, NotifyClient client, int length, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sampling = load.SampleAsync(over.Token);
        await load.SendAsync(client, TimeSpan.FromSeconds(length), cancellationToken);
        await Task.Delay(1_000, CancellationToken.None);
        await over.CancelAsync();
        await sampling;
    }

    private async Task SetAsync(IReadOnlyList<string> names, object[] rules, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            await places.Sandbox.SetFaultsAsync(name, rules, cancellationToken);
        }
    }

    /// <summary>Seconds until no more than a handful of so many have not reached the phones of the dead one.</summary>
    private async Task<double> ArrivedAsync(IReadOnlyList<string> names, Func<long> expected, CancellationToken cancellationToken, TimeSpan? most = null)
    {
        var (began, limit, said) = (Clock.Now, (long)(most ?? TimeSpan.FromSeconds(LongestDrain)).TotalMicroseconds, Clock.Now);
        long arrived;
        while ((arrived = (await places.Sandbox.CountsAsync(names, cancellationToken)).Messages) < expected() - OnTheWay && Clock.Now - began < limit)
        {
            if (Clock.Now - said > 10_000_000)
            {
                said = Clock.Now;
                await log.WriteLineAsync(Text($"           {arrived} of {expected()} after {(said - began) / 1e6:0} s"));
            }

            await Task.Delay(100, cancellationToken);
        }

        return (Clock.Now - began) / 1e6;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
