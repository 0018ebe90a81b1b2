using Madang.Jobs;
using Madang.Jobs.Running;
using Madang.Jobs.Scheduling;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Conformance.Jobs;

/// <summary>The runner on a real database and a clock that the test moves, turn by turn.</summary>
public abstract class JobRunnerFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_runs_and_is_done()
    {
        await using var test = await FreshAsync(new Worker("mail", (job, _) => Task.FromResult(job.Payload == "[1]" ? JobOutcome.Done : JobOutcome.Dead("other"))));
        var runner = test.Store<JobRunner>();
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        var id = await EnqueueAsync(test, "mail", "[1]");
        var job = await UntilAsync(test, runner, id, found => !found.IsAlive);
        Assert.Equal((JobState.Done, 1, (string?)null, (DateTimeOffset?)test.Time.GetUtcNow()), (job.State, job.Attempt, job.Reason, job.FinishedAt));
        Assert.Null(job.LeaseUntil);
    }

    [Fact]
    public async Task A_failed_job_comes_back_after_its_backoff_and_dies_with_its_last_reason()
    {
        var runs = 0;
        await using var test = await FreshAsync(new Worker("mail", (_, _) => Interlocked.Increment(ref runs) == 1
            ? throw new InvalidOperationException("the line broke")
            : Task.FromResult(JobOutcome.Retry("busy", TimeSpan.FromMinutes(2)))));
        var runner = test.Store<JobRunner>();
        var id = (await test.Store<JobQueue>().EnqueueAsync(new NewJob("mail", "{}") { MaxAttempts = 3 }, Token)).Id;

        var job = await UntilAsync(test, runner, id, found => found is { Attempt: 1, State: JobState.Waiting });
        Assert.Equal("InvalidOperationException: the line broke", job.Reason);
        Assert.InRange(job.RunAt - test.Time.GetUtcNow(), TimeSpan.Zero, Backoff.Default.First);

        test.Time.Advance(Backoff.Default.First);
        job = await UntilAsync(test, runner, id, found => found is { Attempt: 2, State: JobState.Waiting });
        Assert.Equal(("busy", test.Time.GetUtcNow().AddMinutes(2)), (job.Reason, job.RunAt));
        Assert.Equal(job.RunAt, runner.NextTurn(claims: true));

        test.Time.Advance(TimeSpan.FromMinutes(2));
        job = await UntilAsync(test, runner, id, found => !found.IsAlive);
        Assert.Equal((JobState.Dead, "busy", 3), (job.State, job.Reason, job.Attempt));
    }

    [Fact]
    public async Task A_snooze_costs_no_attempt_and_a_strange_payload_no_second_one()
    {
        await using var test = await FreshAsync(
            new Worker("later", (_, _) => Task.FromResult(JobOutcome.Snooze(TimeSpan.FromHours(1)))),
            new Worker("typed", (job, _) => Task.FromResult(job.Read(PayloadJson.Default.Payload).Number > 0 ? JobOutcome.Done : JobOutcome.Retry("?"))));
        var runner = test.Store<JobRunner>();
        var snoozed = await EnqueueAsync(test, "later", "{}");
        var (broken, good) = (await EnqueueAsync(test, "typed", "[]"), await EnqueueAsync(test, "typed", """{"Number":1}"""));

        Assert.Equal(test.Time.GetUtcNow().AddHours(1), (await UntilAsync(test, runner, snoozed, job => job is { Attempt: 0, Fence: 1, State: JobState.Waiting })).RunAt);
        Assert.StartsWith("The payload is no Payload", (await UntilAsync(test, runner, broken, job => job.State == JobState.Dead)).Reason, StringComparison.Ordinal);
        await UntilAsync(test, runner, good, job => job.State == JobState.Done);
    }

    [Fact]
    public async Task A_slow_queue_holds_up_no_other_and_keeps_to_its_places()
    {
        var hold = new TaskCompletionSource<JobOutcome>();
        var slow = new Worker("slow", (_, _) => hold.Task) { Concurrency = 2 };
        await using var test = await FreshAsync(slow, new Worker("fast", (_, _) => Task.FromResult(JobOutcome.Done)));
        var runner = test.Store<JobRunner>();
        var slowJobs = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => EnqueueAsync(test, "slow", "{}")));
        var fastJobs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => EnqueueAsync(test, "fast", "{}")));
        foreach (var id in fastJobs)
        {
            await UntilAsync(test, runner, id, job => job.State == JobState.Done);
        }

        Assert.Equal(2, await CountAsync(test, "slow", JobState.Running));
        hold.SetResult(JobOutcome.Done);
        foreach (var id in slowJobs)
        {
            await UntilAsync(test, runner, id, job => job.State == JobState.Done);
        }

        Assert.InRange(slow.Most, 1, 2);
    }

    [Fact]
    public async Task Cancelling_a_running_job_stops_its_worker()
    {
        var started = new TaskCompletionSource();
        await using var test = await FreshAsync(new Worker("mail", (_, stop) => WaitAsync(started, stop)));
        var runner = test.Store<JobRunner>();
        var id = await EnqueueAsync(test, "mail", "{}");
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        await started.Task.WaitAsync(Token);
        Assert.True((await test.Store<JobQueue>().CancelAsync(id, Token)).IsOk);
        await UntilAsync(test, runner, id, job => job.State == JobState.Canceled);
    }

    [Fact]
    public async Task A_cancel_on_another_node_is_heard_with_the_next_renewal()
    {
        var started = new TaskCompletionSource();
        await using var test = await FreshAsync(new Worker("mail", (_, stop) => WaitAsync(started, stop)));
        var runner = test.Store<JobRunner>();
        var id = await EnqueueAsync(test, "mail", "{}");
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        await started.Task.WaitAsync(Token);

        // Written straight to the store, so that this node hears no publication.
        await test.Database.WriteAsync(
            tx => test.Store<IJobStore>().Lock(tx, id) is { } job && test.Store<IJobStore>().Put(tx, job, job.Cancel(tx.Now)!), cancellationToken: Token);
        Assert.Equal(test.Time.GetUtcNow().AddSeconds(10), runner.NextTurn(claims: true));
        test.Time.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(test, runner, id, job => job.State == JobState.Canceled);
    }

    [Fact]
    public async Task A_running_job_keeps_its_lease_for_as_long_as_it_takes()
    {
        var hold = new TaskCompletionSource<JobOutcome>();
        await using var test = await FreshAsync(new Worker("mail", (_, _) => hold.Task));
        var (runner, other) = (test.Store<JobRunner>(), Node(test, 2));
        var id = await EnqueueAsync(test, "mail", "{}");
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        for (var i = 0; i < 12; i++)
        {
            test.Time.Advance(TimeSpan.FromSeconds(10));
            await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
            other.Look();
            await other.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        }

        hold.SetResult(JobOutcome.Done);
        Assert.Equal((JobState.Done, 1), await UntilAsync(test, runner, id, job => !job.IsAlive) is var job ? (job.State, job.Attempt) : default);
    }

    [Fact]
    public async Task The_job_of_a_node_that_fell_silent_runs_elsewhere_and_its_late_answer_is_refused()
    {
        var silent = new TaskCompletionSource<JobOutcome>();
        var second = new TaskCompletionSource<JobOutcome>();
        await using var test = await FreshAsync(new Worker("mail", (job, _) => job.Attempt == 1 ? silent.Task : second.Task));
        var (runner, other) = (test.Store<JobRunner>(), Node(test, 2));
        var id = await EnqueueAsync(test, "mail", "{}");
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);

        test.Time.Advance(TimeSpan.FromSeconds(31));
        other.Look();
        await UntilAsync(test, other, id, job => job is { State: JobState.Waiting, Reason: "the node that ran it was lost" });
        test.Time.Advance(Backoff.Default.First);
        await UntilAsync(test, other, id, job => job is { State: JobState.Running, Node: 2, Fence: 2 });

        silent.SetResult(JobOutcome.Dead("too late"));
        await runner.WokenAsync(Token);
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        Assert.Equal((JobState.Running, 2), await FindAsync(test, id) is var job ? (job.State, job.Node) : default);
        second.SetResult(JobOutcome.Done);
        await UntilAsync(test, other, id, found => found.State == JobState.Done);
    }

    [Fact]
    public async Task A_process_that_starts_again_takes_up_what_its_predecessor_left()
    {
        await using var test = await FreshAsync(new Worker("mail", (_, _) => Task.FromResult(JobOutcome.Done)));
        var id = await EnqueueAsync(test, "mail", "{}");
        await test.Database.WriteAsync(tx => test.Store<IJobStore>().Claim(tx, "mail", 1, 1, tx.Now.AddHours(1)), cancellationToken: Token);

        var runner = test.Store<JobRunner>();
        await UntilAsync(test, runner, id, job => job is { State: JobState.Waiting, Attempt: 1 });
        test.Time.Advance(Backoff.Default.First);
        await UntilAsync(test, runner, id, job => job is { State: JobState.Done, Attempt: 2 });
    }

    [Fact]
    public async Task A_job_whose_deadline_passed_is_dead_and_never_ran()
    {
        var worker = new Worker("mail", (_, _) => Task.FromResult(JobOutcome.Done));
        await using var test = await FreshAsync(worker);
        var id = (await test.Store<JobQueue>().EnqueueAsync(new NewJob("mail", "{}") { Deadline = test.Time.GetUtcNow().AddSeconds(5) }, Token)).Id;
        test.Time.Advance(TimeSpan.FromSeconds(5));
        var job = await UntilAsync(test, test.Store<JobRunner>(), id, found => !found.IsAlive);
        Assert.Equal((JobState.Dead, Job.Expired, 0), (job.State, job.Reason, job.Attempt));
        Assert.Equal(0, worker.Most);
    }

    [Fact]
    public async Task A_schedule_fires_once_across_nodes_and_once_for_what_was_missed()
    {
        await using var test = await FreshAsync([new JobSchedule("report", "0 * * * *", "Asia/Seoul", new NewJob("reports", "{}"))]);
        var nodes = Enumerable.Range(1, 4).Select(node => Node(test, node)).ToList();
        await Task.WhenAll(nodes.Select(node => node.TurnAsync(claims: true, TestContext.Current.CancellationToken)));
        Assert.Equal(0, await CountAsync(test, "reports", JobState.Waiting));

        test.Time.Advance(TimeSpan.FromMinutes(60));
        await Task.WhenAll(nodes.Select(node => node.TurnAsync(claims: true, TestContext.Current.CancellationToken)));
        var fired = Assert.Single(await test.Store<IJobArchive>().ListAsync("reports", null, null, 10, Token));
        Assert.Equal(test.Time.GetUtcNow(), fired.RunAt);

        // Hours later: the job of the last firing is over, and one firing stands for all that were missed.
        await test.Store<JobQueue>().CancelAsync(fired.Id, Token);
        test.Time.Advance(TimeSpan.FromHours(5));
        await Task.WhenAll(nodes.Select(node => node.TurnAsync(claims: true, TestContext.Current.CancellationToken)));
        await Task.WhenAll(nodes.Select(node => node.TurnAsync(claims: true, TestContext.Current.CancellationToken)));
        Assert.Equal(1, await CountAsync(test, "reports", JobState.Waiting));
        Assert.All(nodes, node => Assert.True(node.NextTurn(claims: true) <= test.Time.GetUtcNow().AddHours(1)));
    }

    [Fact]
    public async Task The_whole_runner_works_and_drains()
    {
        var hold = new TaskCompletionSource<JobOutcome>();
        var (started, stubborn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var test = await FreshAsync(
            new Worker("quick", (_, _) => Task.FromResult(JobOutcome.Done)),
            new Worker("finishes", (_, _) => hold.Task),
            new Worker("obeys", (_, stop) => WaitAsync(started, stop)),
            new Worker("deaf", (_, _) => WaitAsync(stubborn, Token)));
        var runner = test.Store<JobRunner>();
        var (finishes, obeys, deaf) = (await EnqueueAsync(test, "finishes", "{}"), await EnqueueAsync(test, "obeys", "{}"), await EnqueueAsync(test, "deaf", "{}"));
        await runner.StartAsync(Token);
        var quick = await EnqueueAsync(test, "quick", "{}");
        await Task.WhenAll(started.Task, stubborn.Task).WaitAsync(Token);

        var stopping = runner.StopAsync(Token);
        var late = await EnqueueAsync(test, "quick", "{}");
        hold.SetResult(JobOutcome.Done);
        while (!stopping.IsCompleted)
        {
            test.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stopping;
        Assert.Equal(JobState.Done, (await FindAsync(test, finishes)).State);
        Assert.Equal((JobState.Waiting, 0), await FindAsync(test, obeys) is var released ? (released.State, released.Attempt) : default);
        Assert.Equal((JobState.Waiting, 0), await FindAsync(test, deaf) is var taken ? (taken.State, taken.Attempt) : default);
        Assert.Contains((await FindAsync(test, quick)).State, new[] { JobState.Done, JobState.Waiting });
        Assert.Equal(JobState.Waiting, (await FindAsync(test, late)).State);
    }

    [Fact]
    public async Task Nothing_polls_when_nothing_is_due()
    {
        await using var test = await FreshAsync(new Worker("mail", (_, _) => Task.FromResult(JobOutcome.Done)));
        var runner = Node(test, 1, new Worker("mail", (_, _) => Task.FromResult(JobOutcome.Done)));
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        var tomorrow = test.Time.GetUtcNow().AddDays(1);
        await test.Store<JobQueue>().EnqueueAsync(new NewJob("mail", "{}") { RunAt = tomorrow }, Token);
        await runner.WokenAsync(Token);
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        Assert.Equal(test.Time.GetUtcNow().AddMinutes(10), runner.NextTurn(claims: true)); // the retention's schedule
        Assert.Equal(DateTimeOffset.MaxValue, runner.NextTurn(claims: false));
    }

    [Fact]
    public async Task Retentions_run_until_nothing_is_left_and_a_broken_one_stops_no_other()
    {
        var (left, broken) = (new Retention("left", 120), new Retention("broken", -1));
        await using var test = await FreshAsync([], broken, left);
        var runner = test.Store<JobRunner>();
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        test.Time.Advance(TimeSpan.FromMinutes(10));
        await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
        var id = Assert.Single(await test.Store<IJobArchive>().ListAsync(RetentionWorker.Name, null, null, 10, Token)).Id;
        var job = await UntilAsync(test, runner, id, found => !found.IsAlive);
        Assert.Equal((JobState.Dead, "broken: out of order"), (job.State, job.Reason));
        Assert.Equal(0, left.Rows);
    }

    private static async Task<JobOutcome> WaitAsync(TaskCompletionSource started, CancellationToken stop)
    {
        started.TrySetResult();
        await Task.Delay(Timeout.Infinite, stop);
        return JobOutcome.Done;
    }

    private Task<TestDatabase> FreshAsync(params IJobWorker[] workers) => fresh(builder => Array.ForEach(workers, worker => builder.Services.AddSingleton(worker)));

    private Task<TestDatabase> FreshAsync(JobSchedule[] schedules, params IRetention[] retentions) => fresh(builder =>
    {
        Array.ForEach(schedules, schedule => builder.Services.AddSingleton(schedule));
        Array.ForEach(retentions, retention => builder.Services.AddSingleton(retention));
    });

    private static JobRunner Node(TestDatabase test, int node, params IJobWorker[] workers)
    {
        var options = test.Store<IOptions<JobsOptions>>();
        return new(
            test.Database, new JobTurn(test.Store<IJobStore>(), test.Store<Schedules>(), new Snowflake(test.Time, node), options),
            workers.Length > 0 ? workers : test.Services.GetServices<IJobWorker>(), test.Store<JobMetrics>(), test.Time, options, NullLogger<JobRunner>.Instance);
    }

    private static async Task<JobId> EnqueueAsync(TestDatabase test, string queue, string payload) =>
        (await test.Store<JobQueue>().EnqueueAsync(new NewJob(queue, payload), Token)).Id;

    private static async Task<Job> UntilAsync(TestDatabase test, JobRunner runner, JobId id, Func<Job, bool> until)
    {
        while (true)
        {
            await runner.TurnAsync(claims: true, TestContext.Current.CancellationToken);
            if (await FindAsync(test, id) is var job && until(job))
            {
                return job;
            }

            await runner.WokenAsync(Token);
        }
    }

    private static async Task<Job> FindAsync(TestDatabase test, JobId id) => (await test.Store<IJobArchive>().FindAsync(id, Token))!;

    private static async Task<long> CountAsync(TestDatabase test, string queue, JobState state) =>
        (await test.Store<IJobArchive>().CountsAsync(Token)).Where(count => count.Queue == queue && count.State == state).Sum(count => count.Count);

    private sealed class Worker(string queue, Func<Job, CancellationToken, Task<JobOutcome>> run) : IJobWorker
    {
        private int _running;
        private int _most;

        public string Queue => queue;

        public int Concurrency { get; init; } = 4;

        /// <summary>The most that ran at once.</summary>
        public int Most => _most;

        public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
        {
            var running = Interlocked.Increment(ref _running);
            InterlockedMax(running);
            try
            {
                return await run(job, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }

        private void InterlockedMax(int value)
        {
            for (var most = _most; value > most; most = _most)
            {
                Interlocked.CompareExchange(ref _most, value, most);
            }
        }
    }

    private sealed class Retention(string name, int rows) : IRetention
    {
        public string Name => name;

        public int Rows { get; private set; } = rows;

        public int Prune(WriteTx tx, DateTimeOffset now, int limit)
        {
            if (Rows < 0)
            {
                throw new InvalidOperationException("out of order");
            }

            var pruned = Math.Min(Rows, limit);
            Rows -= pruned;
            return pruned;
        }
    }
}

internal sealed record Payload(int Number);

[System.Text.Json.Serialization.JsonSerializable(typeof(Payload))]
internal sealed partial class PayloadJson : System.Text.Json.Serialization.JsonSerializerContext;

public sealed class SqliteJobRunnerFacts() : JobRunnerFacts(TestDatabase.SqliteAsync);

public sealed class PostgresJobRunnerFacts() : JobRunnerFacts(TestDatabase.PostgresAsync);
