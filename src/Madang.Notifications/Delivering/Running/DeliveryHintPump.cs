using Madang.Storage;
using Madang.Storage.Hinting;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Delivering.Running;

/// <summary>Says which queues got deliveries, or were stopped or let go, and wakes the runner for those of other nodes.</summary>
internal sealed class DeliveryHintPump : HintPump
{
    private readonly DeliveryRunner _runner;

    public DeliveryHintPump(INodeHints hints, DeliveryRunner runner, Database database, TimeProvider time, ILogger<DeliveryHintPump> log)
        : base("madang_deliveries", hints, time, log)
    {
        _runner = runner;
        database.OnCommit<DeliveriesReady>(ready =>
        {
            // What is due later is found by everybody's own look at the time.
            if (ready.DueAt <= time.GetUtcNow())
            {
                Say(ready.Queue);
            }
        });
        database.OnCommit<QueueChanged>(changed => Say(changed.Queue));
    }

    protected override void Heard(string name) => _runner.Wake(name, DateTimeOffset.MinValue);

    protected override void Look() => _runner.Look();
}
