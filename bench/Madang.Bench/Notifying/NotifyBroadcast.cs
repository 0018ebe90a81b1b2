using System.Globalization;
using Madang.Bench.Measuring;
using Madang.Bench.Serving;

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
        var calm = BusyAsync(TimeSpan.FromSeconds(Fresh), TimeSpan.FromSeconds(seconds), cancellationToken);
        await before.SendAsync(client, TimeSpan.FromSeconds(Fresh + seconds), cancellationToken);
        await before.DrainAsync(cancellationToken);
        await log.WriteLineAsync($"before     {before.Accept}; {await calm}");

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var during = new NotifyLoad(places, new NotifyLoadOptions { Rate = rate, Warmup = 0 });
        var (began, cpu, busy) = (Clock.Now, places.ServerCpu(), new Processors(places));
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
        await log.WriteLineAsync($"during     {during.Accept}; {busy}");
        var after = new NotifyLoad(places, new NotifyLoadOptions { Rate = rate, Warmup = 2 });
        var calmAgain = BusyAsync(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(seconds), cancellationToken);
        await after.SendAsync(client, TimeSpan.FromSeconds(seconds + 2), cancellationToken);
        await log.WriteLineAsync($"after      {after.Accept}; {await calmAgain}");
        await log.WriteLineAsync(Text($"broadcast  {arrived} of {places.People} phones in {took:0} s ({arrived / took:0}/s), {spent:0} CPU-s with the single ones; server {places.PeakMegabytes():0} MB at the peak"));
        await log.WriteLineAsync(Text($"p99 before {before.Accept.Percentile(99) / 1e3:0.0} ms, during {during.Accept.Percentile(99) / 1e3:0.0} ms, after {after.Accept.Percentile(99) / 1e3:0.0} ms; single ones beside it {during.Accepted}, errors {during.Errors.Values.Sum()}"));
        return arrived >= places.People ? 0 : 1;
    }

    /// <summary>What each process takes of the processors from then on for so long.</summary>
    private async Task<string> BusyAsync(TimeSpan wait, TimeSpan length, CancellationToken cancellationToken)
    {
        await Task.Delay(wait, cancellationToken);
        var busy = new Processors(places);
        await Task.Delay(length, cancellationToken);
        return busy.ToString();
    }

    /// <summary>What server, stand-ins and driver have taken of the processors since it was made.</summary>
    private sealed class Processors(NotifyPlaces places)
    {
        private readonly (long At, double Server, double StandIns, double Driver) _from = Read(places);

        public override string ToString()
        {
            var now = Read(places);
            var took = (now.At - _from.At) / 1e6;
            return Text($"processors: server {(now.Server - _from.Server) / took:0.00}, stand-ins {(now.StandIns - _from.StandIns) / took:0.00}, driver {(now.Driver - _from.Driver) / took:0.00}");
        }

        private static (long At, double Server, double StandIns, double Driver) Read(NotifyPlaces places) => (Clock.Now, places.ServerCpu(), CpuTime.Of(places.Sandbox.Pid), CpuTime.Of(Environment.ProcessId));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
