using System.Globalization;
using Madang.Bench.Measuring;

namespace Madang.Bench.Notifying;

/// <summary>One provider refuses everything for a while: what pushes by the other feel of it, and how soon its backlog is gone when it is back.</summary>
internal sealed class NotifyDead(NotifyPlaces places, string dead, int rate, int seconds, TextWriter log)
{
    private const int Before = 60;

    // A server's first seconds are its compiler's.
    private const int Fresh = 15;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var alive = NotifyLoad.Phones.First(name => name != dead);
        IReadOnlyList<string> names = [.. places.Sandbox.Names.Where(name => dead == "sms" ? name is "kannel" or "twilio" : name == dead)];
        using var client = new NotifyClient(places.Server.Address, places.Token, TimeSpan.FromSeconds(30));
        var (calm, waiting) = (Load(alive, Before, Fresh), Load(dead, Before, Fresh));
        await Task.WhenAll(MeasureAsync(calm, client, Fresh + Before, cancellationToken), MeasureAsync(waiting, client, Fresh + Before, cancellationToken));
        await DrainedAsync(names, waiting.Accepted, cancellationToken);

        foreach (var name in names)
        {
            await places.Sandbox.SetFaultsAsync(name, [new { status = 503 }], cancellationToken);
        }

        var (shaken, piled) = (Load(alive, seconds), Load(dead, seconds));
        await Task.WhenAll(MeasureAsync(shaken, client, seconds, cancellationToken), MeasureAsync(piled, client, seconds, cancellationToken));
        var refused = await places.Sandbox.CountsAsync(names, cancellationToken);
        foreach (var name in names)
        {
            await places.Sandbox.SetFaultsAsync(name, [], cancellationToken);
        }

        var drained = await DrainedAsync(names, waiting.Accepted + piled.Accepted, cancellationToken);
        var (ofDead, ofAlive) = (await places.Sandbox.CountsAsync(names, cancellationToken), await places.Sandbox.CountsAsync(alive, cancellationToken));
        await log.WriteLineAsync($"{alive,-5} before  {calm.Arrival}");
        await log.WriteLineAsync($"{alive,-5} during  {shaken.Arrival}");
        await log.WriteLineAsync(Text($"{dead} answered 503 for {seconds} s ({refused.Refused} requests of {piled.Accepted} notifications); back, its backlog of {piled.Accepted} was gone after {drained:0.0} s"));
        await log.WriteLineAsync(Text($"lost {waiting.Accepted + piled.Accepted - ofDead.Messages + calm.Accepted + shaken.Accepted - ofAlive.Messages}, sent twice {ofDead.TransportDoubles + ofAlive.TransportDoubles}"));
        return ofDead.Messages == waiting.Accepted + piled.Accepted && drained <= 120 ? 0 : 1;
    }

    private NotifyLoad Load(string phone, int length, int warmup = 0) => new(places, new NotifyLoadOptions { Rate = rate, Phone = phone, Warmup = warmup, Seconds = length });

    private static async Task MeasureAsync(NotifyLoad load, NotifyClient client, int length, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sampling = load.SampleAsync(over.Token);
        await load.SendAsync(client, TimeSpan.FromSeconds(length), cancellationToken);
        await Task.Delay(1_000, cancellationToken);
        await over.CancelAsync();
        await sampling;
    }

    /// <summary>Seconds until so many have reached the phones of the dead one; ten minutes at most.</summary>
    private async Task<double> DrainedAsync(IReadOnlyList<string> names, long expected, CancellationToken cancellationToken)
    {
        var began = Clock.Now;
        while ((await places.Sandbox.CountsAsync(names, cancellationToken)).Messages < expected && Clock.Now - began < 600_000_000)
        {
            await Task.Delay(100, cancellationToken);
        }

        return (Clock.Now - began) / 1e6;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
