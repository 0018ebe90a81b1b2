using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Bench.Notifying.Queues;

/// <summary>Madang's own part in the race: the delivery queue as the runner uses it, in the words that the peers speak (<c>peers/queue_peer.cjs</c>).</summary>
internal static class QueueWorkerCommand
{
    public static Command Create()
    {
        var address = new Argument<string>("address") { Description = "A connection string, or a folder for SQLite" };
        var count = new Argument<int>("count");
        var warmup = new Argument<int>("warmup");
        var batch = new Argument<int>("batch");
        var journals = new Argument<string?>("journals") { Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("notify-queue-worker", "One worker of notify-peers") { address, count, warmup, batch, journals };
        command.Hidden = true;
        command.SetAction(async (given, cancelled) =>
        {
            var place = given.GetValue(address)!;
            var connection = place.Contains('=', StringComparison.Ordinal) ? place : null;
            var folder = connection is null ? Directory.CreateDirectory(place).FullName : Directory.CreateTempSubdirectory("madang-queue-").FullName;
            using var host = QueueRun.BuildHost(folder, connection);
            await using var database = host.Services.GetRequiredService<Database>();
            await database.OpenAsync(cancelled);
            var worker = new QueueWorker(database, host.Services.GetRequiredService<IDeliveryQueue>(), host.Services.GetRequiredService<Deliveries>(), given.GetValue(batch));
            if (given.GetValue(journals) is { } kept)
            {
                await worker.GoOnAsync(new WorkerJournals(kept), given.GetValue(count), cancelled);
                Console.WriteLine("done 0");
                return 0;
            }

            await worker.RunAsync(given.GetValue(warmup), null, cancelled);
            Console.WriteLine("ready");
            Console.ReadLine();
            var began = Stopwatch.GetTimestamp();
            await worker.RunAsync(given.GetValue(count), null, cancelled);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {Stopwatch.GetElapsedTime(began).TotalSeconds}"));
            await Task.Delay(300, cancelled);
            return 0;
        });
        return command;
    }
}

/// <summary>What was accepted and what was done, a line each; what a killed process has written stands.</summary>
internal sealed class WorkerJournals(string folder)
{
    private readonly FileStream _acked = Open(folder, "acked");
    private readonly FileStream _performed = Open(folder, "performed");

    public void Acked(IEnumerable<long> ids) => Write(_acked, ids.Select(id => $"{id}\n"));

    /// <summary>A question mark after those that may have been done before.</summary>
    public void Performed(IEnumerable<Delivery> deliveries) =>
        Write(_performed, deliveries.Select(one => one.Ambiguous > 0 ? $"{one.Notification.Value}?\n" : $"{one.Notification.Value}\n"));

    public HashSet<string> Read(string name) => [.. File.ReadLines(Path.Combine(folder, name)).Select(line => line.TrimEnd('?'))];

    private static FileStream Open(string folder, string name) => new(Path.Combine(folder, name), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private static void Write(FileStream file, IEnumerable<string> lines) => file.Write(System.Text.Encoding.ASCII.GetBytes(string.Concat(lines)));
}

/// <summary>Plans batches, and in the next transaction ends what was claimed and claims again.</summary>
internal sealed class QueueWorker(Database database, IDeliveryQueue queue, Deliveries deliveries, int batch)
{
    private const string Queue = "apns";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private readonly Snowflake _ids = new(TimeProvider.System, 2);

    public async Task RunAsync(int count, WorkerJournals? journals, CancellationToken cancellationToken)
    {
        IReadOnlyList<Delivery> claimed = [];
        for (var planned = 0; planned < count || claimed.Count > 0;)
        {
            var more = Math.Min(batch, count - planned);
            planned += more;
            var plan = more == 0 ? Task.FromResult(Array.Empty<long>()) : database.WriteAsync(tx => Plan(tx, more), cancellationToken: cancellationToken);
            journals?.Performed(claimed);
            var ended = claimed;
            journals?.Acked(await plan);
            await plan;
            claimed = await database.WriteAsync(tx => Turn(tx, ended), cancellationToken: cancellationToken);
        }
    }

    /// <summary>After a kill: what was out is in doubt, and is done again when its time comes; then what is still missing.</summary>
    public async Task GoOnAsync(WorkerJournals journals, int count, CancellationToken cancellationToken)
    {
        while (await database.WriteAsync(Recover, cancellationToken: cancellationToken) > 0)
        {
        }

        await RunAsync(Math.Max(0, count - journals.Read("acked").Count), journals, cancellationToken);
        for (var quiet = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(quiet) < TimeSpan.FromSeconds(30);)
        {
            var next = await database.WriteAsync(tx => queue.NextDueAt(tx, Queue), cancellationToken: cancellationToken);
            if (next is null)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            await RunAsync(0, journals, cancellationToken);
            for (var claimed = await ClaimAsync([]); claimed.Count > 0; claimed = await ClaimAsync(claimed))
            {
                journals.Performed(claimed);
                quiet = Stopwatch.GetTimestamp();
            }
        }

        Task<IReadOnlyList<Delivery>> ClaimAsync(IReadOnlyList<Delivery> ended) => database.WriteAsync(tx => Turn(tx, ended), cancellationToken: cancellationToken);
    }

    private int Recover(WriteTx tx)
    {
        var abandoned = queue.Abandoned(tx, 1, 200);
        queue.Put(tx, [.. abandoned.Select(lost => new DeliveryChange(lost, lost.Lost(0.5, tx.Now)))]);
        return abandoned.Count;
    }

    private long[] Plan(WriteTx tx, int count)
    {
        var ids = new long[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = _ids.Next();
        }

        deliveries.Plan(tx, [.. ids.Select(id => new NewDelivery
        {
            Notification = new(id),
            User = new((id & 0xFF_FFFF) * 7919 % 1_000_003 + 1),
            Category = "chat.message",
            Channel = DeliveryChannel.Push,
            Provider = Queue,
            AddressId = (id & 0xFF_FFFF) * 104729 % 1_000_033 + 1,
            Priority = DeliveryPriority.Normal,
            Ambiguous = AmbiguousPolicy.Resend,
            DueAt = tx.Now,
            ExpiresAt = tx.Now.AddDays(3),
        })]);
        return ids;
    }

    private IReadOnlyList<Delivery> Turn(WriteTx tx, IReadOnlyList<Delivery> ended)
    {
        if (ended.Count > 0)
        {
            queue.Put(tx, [.. ended.Select(delivery => new DeliveryChange(
                delivery,
                delivery.After(ProviderAnswer.Ok("200", "f47ac10b-58cc-4372-a567-0e02b2c3d479"), "apns", collapses: true, 0.5, tx.Now),
                new DeliveryAttempt { Number = delivery.Fence, At = tx.Now, Provider = Queue, Class = AnswerClass.Ok, Code = "200", Latency = TimeSpan.FromMilliseconds(17) }))]);
        }

        return queue.Claim(tx, new DeliveryClaim(Queue, Queue, batch, 1, tx.Now + Lease));
    }
}
