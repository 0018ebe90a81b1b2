using System.Globalization;
using Madang.Bench.Measuring;

namespace Madang.Bench.Notifying;

/// <summary>
/// <c>kill -9</c> of the server again and again while notifications are accepted and sent and some of the providers' answers are lost. Whoever sends repeats
/// what was not answered, under the same event ids. At the end every accepted notification has reached its phone or stands as in doubt.
/// </summary>
internal sealed class NotifyKill(NotifyPlaces places, int notifications, int kills, double lostAnswers, int bulk, Random random, TextWriter log)
{
    private const int Senders = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly string _run = Guid.CreateVersion7().ToString("N");
    private long _next;
    private long _accepted;
    private long _repeated;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var name in NotifyLoad.Phones)
        {
            await places.Sandbox.SetFaultsAsync(name, [new { rate = lostAnswers, effect = "lost" }], cancellationToken);
        }

        var began = Clock.Now;
        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAsync(cancellationToken)));
        var killed = 0;
        for (; killed < kills; killed++)
        {
            // Spread over the acceptance of all of them, at a moment that nobody chose.
            var at = (long)notifications * (killed + 1) / (kills + 1);
            while (Volatile.Read(ref _accepted) < at && !sending.IsCompleted)
            {
                await Task.Delay(20, cancellationToken);
            }

            await Task.Delay(random.Next(300), cancellationToken);
            await places.Server.KillAsync();
            await places.Server.StartAsync(cancellationToken);
        }

        await sending;
        var accepting = (Clock.Now - began) / 1e6;
        await log.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{killed} kills; {_accepted} accepted in {accepting:0} s, {_repeated} calls repeated"));
        await SettleAsync(cancellationToken);
        var counts = await places.Sandbox.CountsAsync(NotifyLoad.Phones, cancellationToken);
        return await JudgeAsync(counts, (Clock.Now - began) / 1e6, cancellationToken);
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        using var client = new NotifyClient(places.Server.Address, places.Token, TimeSpan.FromSeconds(10));
        for (long first; (first = Interlocked.Add(ref _next, bulk) - bulk) < notifications;)
        {
            var many = Enumerable.Range(0, (int)Math.Min(bulk, notifications - first))
                .Select(i => ($"{_run}-{first + i}", NotifyPlaces.FirstPerson + ((first + i) % places.People))).ToList();
            // The same again must be the same to the letter.
            var due = Wall.Now;
            for (var left = many.Count; left > 0;)
            {
                try
                {
                    var taken = await client.SendAsync(many, due, cancellationToken);
                    if (taken == many.Count)
                    {
                        Interlocked.Add(ref _accepted, taken);
                        left = 0;
                        continue;
                    }
                }
                catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or System.Text.Json.JsonException && !cancellationToken.IsCancellationRequested)
                {
                    // The server is being killed: the same again, until it says yes.
                }

                Interlocked.Increment(ref _repeated);
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    /// <summary>Until all have arrived and nothing is asked about any more, or nothing has moved for a while.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        // What was in doubt is sent again some seconds later; a second copy comes then.
        for (var (taken, at, began) = (-1L, Clock.Now, Clock.Now); Clock.Now - at < 30_000_000 && Clock.Now - began < (long)Patience.TotalMicroseconds; await Task.Delay(500, cancellationToken))
        {
            var now = (await places.Sandbox.CountsAsync(NotifyLoad.Phones, cancellationToken)).Taken;
            (taken, at) = now == taken ? (taken, at) : (now, Clock.Now);
        }
    }

    private async Task<int> JudgeAsync(StandInCounts counts, double seconds, CancellationToken cancellationToken)
    {
        var states = await places.AskAsync("SELECT state, count(*), sum(CASE WHEN ambiguous > 0 THEN 1 ELSE 0 END), sum(ambiguous) FROM delivery GROUP BY state ORDER BY state", cancellationToken);
        var rows = await places.AskAsync("SELECT count(*) FROM notification", cancellationToken);
        long Sum(int column, params string[] which) => states.Where(row => which.Length == 0 || which.Contains(row[0])).Sum(row => long.Parse(row[column], CultureInfo.InvariantCulture));
        var (deliveries, inDoubt, held) = (Sum(1), Sum(3), Sum(1, "3"));
        await log.WriteLineAsync(Text($"notifications {rows[0][0]}, deliveries {deliveries} (by state: {string.Join(", ", states.Select(row => $"{row[0]}={row[1]}"))}), in {seconds:0} s"));
        await log.WriteLineAsync(Text($"at the phones {counts.Messages} different; sent twice {counts.TransportDoubles}, shown twice {counts.ShownDoubles}"));
        await log.WriteLineAsync(Text($"marked as in doubt {Sum(2)} deliveries, {inDoubt} times; still held {held}"));
        var lost = Math.Max(0, Math.Max(notifications - counts.Messages - held, notifications - deliveries));
        await log.WriteLineAsync(Text($"lost {lost}; doubles without a mark: {Math.Max(0, counts.TransportDoubles - inDoubt)}"));
        return lost == 0 && counts.ShownDoubles <= 10 && counts.TransportDoubles <= inDoubt && long.Parse(rows[0][0], CultureInfo.InvariantCulture) == notifications ? 0 : 1;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
