using Madang.Storage;
using Madang.Storage.Hinting;
using Microsoft.Extensions.Logging;

namespace Madang.Jobs.Running;

/// <summary>Says which queues got jobs, and wakes the runner for those of other nodes.</summary>
internal sealed class JobHintPump : HintPump
{
    private readonly JobRunner _runner;

    public JobHintPump(INodeHints hints, JobRunner runner, Database database, TimeProvider time, ILogger<JobHintPump> log)
        : base("madang_jobs", hints, time, log)
    {
        _runner = runner;
        database.OnCommit<JobReady>(ready =>
        {
            // What is due later is found by everybody's own look at the time.
            if (ready.RunAt <= time.GetUtcNow())
            {
                Say(ready.Queue);
            }
        });
    }

    protected override void Heard(string name) => _runner.Wake(name, DateTimeOffset.MinValue);

    protected override void Look() => _runner.Look();
}
