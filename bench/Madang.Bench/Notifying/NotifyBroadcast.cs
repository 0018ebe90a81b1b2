using System.Globalization;
using Madang.Bench.Measuring;

namespace Madang.Bench.Notifying;

/// <summary>One send to everybody while single ones go on beside it: how long it takes, and what the others feel of it.</summary>
internal sealed class NotifyBroadcast(NotifyPlaces places, int rate, int seconds, TimeSpan limit, TextWriter log)
{
    // A server's first seconds are its compiler's.
    private const int Fresh = 15;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var client = new NotifyClient(places.Server.Address, places.Token, TimeSpan.FromSeconds(30));
        var before = new NotifyLoad(places, new NotifyLoadOptions { Rate = rate, Warmup = Fresh });
        await before.SendAsync(client, TimeSpan.FromSeconds(Fresh + seconds), cancellationToken);
        await before.DrainAsync(cancellationToken);
        await log.WriteLineAsync($"before     {before.Accept}");

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var during = new NotifyLoad(places, new NotifyLoadOptions { Rate = rate, Warmup = 0 });
        var (began, cpu) = (Clock.Now, places.ServerCpu());
        await client.BroadcastAsync($"broadcast-{began}", cancellationToken);
        await log.WriteLineAsync(Text($"accepted   after {(Clock.Now - began) / 1e3:0} ms"));
        var sending = during.SendAsync(client, limit, over.Token);
        long People(StandInCounts counts) => counts.Messages - before.Accepted - during.Accepted;
        long arrived;
        var said = Clock.Now;
        while ((arrived = People(await places.Sandbox.CountsAsync(NotifyLoad.Phones, cancellationToken))) < places.People && Clock.Now - began < (long)limit.TotalMicroseconds)
        {
            if (Clock.Now - said > 20_000_000)
            {
                said = Clock.Now;
                await log.WriteLineAsync(Text($"           {arrived} after {(Clock.Now - began) / 1e6:0} s"));
            }

            await Task.Delay(200, cancellationToken);
        }

        var (took, spent) = ((Clock.Now - began) / 1e6, places.ServerCpu() - cpu);
        await over.CancelAsync();
        await sending;
        await log.WriteLineAsync($"during     {during.Accept}");
        await log.WriteLineAsync(Text($"broadcast  {arrived} of {places.People} phones in {took:0} s ({arrived / took:0}/s), {spent:0} CPU-s with the single ones; server {places.PeakMegabytes():0} MB at the peak"));
        await log.WriteLineAsync(Text($"p99 before {before.Accept.Percentile(99) / 1e3:0.0} ms, during {during.Accept.Percentile(99) / 1e3:0.0} ms; single ones beside it {during.Accepted}, errors {during.Errors.Values.Sum()}"));
        return arrived >= places.People ? 0 : 1;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
