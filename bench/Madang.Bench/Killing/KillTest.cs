using System.Diagnostics;
using Madang.Bench.Measuring;
using Madang.Bench.Serving;
using Madang.Bench.Wire;

namespace Madang.Bench.Killing;

/// <summary>
/// Many people write while the server, or its database, is killed at random moments and started again. Afterwards the journal of acks, kept outside,
/// is held against histories, inboxes and what each connection had received.
/// </summary>
internal sealed class KillTest(KillOptions options, ServerProcess server, PostgresProcess? postgres, TextWriter log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(options.Seed);
    private IReadOnlyList<StubbornSender> _senders = [];
    private int _acked;
    private int _kills;

    public async Task<KillReport> RunAsync(string journalPath, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var api = new ApiClient(server.Address);
        var admin = await api.SetUpAsync(ServerProcess.SetupToken, cancellationToken);
        var people = await api.MakePeopleAsync(admin, options.Senders, cancellationToken);
        // Everybody is in a direct room and in a group of ten.
        var rooms = (await api.MakeRoomsAsync(people, 2, cancellationToken)).Concat(await api.MakeRoomsAsync(people, 10, cancellationToken)).ToList();
        var cursors = new Dictionary<long, string>();
        foreach (var person in people)
        {
            cursors[person.Id] = await api.CursorAsync(person, cancellationToken);
        }

        await using (var journal = new Journal(journalPath))
        {
            _senders = [.. people.Select((person, i) => new StubbornSender(
                server.Address, person, [.. rooms.Where(room => room.Members.Contains(person))], cursors[person.Id], journal, options.Seed + i))];
            await SendAndKillAsync(cancellationToken);
        }

        var took = Stopwatch.GetElapsedTime(began);
        var acks = await Journal.ReadAsync(journalPath);
        var faults = _senders.SelectMany(sender => sender.Faults).ToList();
        faults.AddRange(await new Audit(api, rooms).RunAsync(acks, _senders, cursors, cancellationToken));
        return new KillReport(acks.Count, _kills, _senders.Sum(sender => sender.Reconnects), _senders.Sum(sender => sender.Retries), took, faults);
    }

    private async Task SendAndKillAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = _senders
            .Select(sender => sender.RunAsync(options.Messages / options.Senders, n => Interlocked.Add(ref _acked, n), ending.Token))
            .ToList();
        await KillAtRandomAsync(cancellationToken);
        await UntilAsync(() => _acked >= TotalMessages, cancellationToken);
        // Each message reaches two members in a direct room and ten in a group.
        long Missing() => _senders.Sum(sender => sender.Received.Values.Sum(seqs => (long)seqs.Count));
        var seen = -1L;
        while (seen != Missing())
        {
            seen = Missing();
            await Task.Delay(1000, cancellationToken);
        }

        await ending.CancelAsync();
        await Task.WhenAll(running);
    }

    private int TotalMessages => options.Messages / options.Senders * options.Senders;

    private async Task KillAtRandomAsync(CancellationToken cancellationToken)
    {
        var moments = Enumerable.Range(0, options.Kills).Select(_ => _random.Next(TotalMessages / 20, TotalMessages * 19 / 20)).Order().ToList();
        foreach (var moment in moments)
        {
            // Moments that have passed meanwhile: let the next start breathe a little, at random.
            var acked = _acked;
            await UntilAsync(() => _acked >= moment && _acked > acked, cancellationToken);
            await Task.Delay(_random.Next(0, 50), cancellationToken);
            var at = _acked;
            if (options.Victim == Victim.Server)
            {
                await server.KillAsync();
                await server.StartAsync(cancellationToken);
            }
            else
            {
                await postgres!.CrashAndRestartAsync();
            }

            _kills++;
            await log.WriteLineAsync($"kill {_kills} after {at} acks");
        }
    }

    /// <summary>As long as messages are acknowledged, however slowly, there is hope.</summary>
    private async Task UntilAsync(Func<bool> holds, CancellationToken cancellationToken)
    {
        for (var (acked, at) = (-1, Stopwatch.GetTimestamp()); !holds(); await Task.Delay(5, cancellationToken))
        {
            if (acked != _acked)
            {
                (acked, at) = (_acked, Stopwatch.GetTimestamp());
            }
            else if (Stopwatch.GetElapsedTime(at) > Patience)
            {
                var stuck = _senders.Where(sender => sender.Acked < options.Messages / options.Senders);
                throw new TimeoutException($"Nothing was acknowledged for {Patience.TotalSeconds:0} s after {acked}: {string.Join("; ", stuck)}");
            }
        }
    }
}
