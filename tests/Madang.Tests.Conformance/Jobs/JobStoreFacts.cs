using Madang.Api;
using Madang.Jobs;

namespace Madang.Tests.Conformance.Jobs;

/// <summary>What the queue promises to those who enqueue, claim and operate it.</summary>
public abstract class JobStoreFacts(Func<Task<TestDatabase>> fresh)
{
    private const string Queue = "mail";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_enqueued_job_rolls_back_with_its_transaction()
    {
        await using var test = await fresh();
        var jobs = test.Store<JobQueue>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Database.WriteAsync<int>(
            tx =>
            {
                jobs.Enqueue(tx, new NewJob(Queue, "{}"));
                throw new InvalidOperationException("the caller changed its mind");
            },
            cancellationToken: Token));

        var kept = await jobs.EnqueueAsync(new NewJob(Queue, "{}"), Token);
        Assert.Equal([kept.Id], (await ListAsync(test)).Select(job => job.Id));
        Assert.Equal([new QueueCount(Queue, JobState.Waiting, 1)], await test.Store<IJobArchive>().CountsAsync(Token));
    }

    [Fact]
    public async Task What_was_enqueued_is_read_back_as_it_was()
    {
        await using var test = await fresh();
        var now = test.Time.GetUtcNow();
        var job = new NewJob(Queue, """{"누구":"마당"}""")
        {
            UniqueKey = "한 번만",
            Priority = JobPriority.High,
            RunAt = now.AddMinutes(5).AddTicks(1234),
            MaxAttempts = 3,
            Deadline = now.AddHours(1),
        };
        var enqueued = await test.Store<JobQueue>().EnqueueAsync(job, Token);

        Assert.True(enqueued.IsNew);
        Assert.Equal(
            new Job
            {
                Id = enqueued.Id,
                Queue = Queue,
                State = JobState.Waiting,
                Priority = JobPriority.High,
                RunAt = now.AddMinutes(5),
                Attempt = 0,
                MaxAttempts = 3,
                Fence = 0,
                Deadline = now.AddHours(1),
                UniqueKey = "한 번만",
                Payload = """{"누구":"마당"}""",
                CreatedAt = now,
            },
            await test.Store<IJobArchive>().FindAsync(enqueued.Id, Token));
    }

    [Fact]
    public async Task Jobs_are_claimed_by_priority_then_time_then_id()
    {
        await using var test = await fresh();
        var start = test.Time.GetUtcNow();
        test.Time.Advance(TimeSpan.FromHours(1));
        List<(int Order, JobId Id)> expected = [];
        async Task Add(int order, JobPriority priority, int minutes) => expected.Add(
            (order, (await test.Store<JobQueue>().EnqueueAsync(new NewJob(Queue, "{}") { Priority = priority, RunAt = start.AddMinutes(minutes) }, Token)).Id));
        await Add(6, JobPriority.Low, 0);
        await Add(3, JobPriority.Normal, 10);
        await Add(4, JobPriority.Normal, 10);
        await Add(2, JobPriority.Normal, 5);
        await Add(1, JobPriority.High, 30);
        await Add(0, JobPriority.High, 20);
        await Add(5, JobPriority.Normal, 30);
        await Add(99, JobPriority.High, 61);

        var (first, then) = (await ClaimAsync(test, 4), await ClaimAsync(test, 10));

        var order = expected.Where(job => job.Order < 99).OrderBy(job => job.Order).Select(job => job.Id).ToList();
        Assert.Equal(order[..4], first.Select(job => job.Id));
        Assert.Equal(order[4..], then.Select(job => job.Id));
        Assert.All(first, job => Assert.Equal((JobState.Running, 1, 1L, (int?)1), (job.State, job.Attempt, job.Fence, job.Node)));
        Assert.Equal(start.AddMinutes(61), await test.Database.WriteAsync(tx => test.Store<IJobStore>().NextRunAt(tx, Queue), cancellationToken: Token));
        Assert.Null(await test.Database.WriteAsync(tx => test.Store<IJobStore>().NextRunAt(tx, "empty"), cancellationToken: Token));
    }

    [Fact]
    public async Task A_unique_key_holds_while_its_job_is_alive_and_no_longer()
    {
        await using var test = await fresh();
        var jobs = test.Store<JobQueue>();
        var keyed = new NewJob(Queue, "{}") { UniqueKey = "digest:7" };
        var first = await jobs.EnqueueAsync(keyed, Token);
        Assert.Equal(new Enqueued(first.Id, false), await jobs.EnqueueAsync(keyed, Token));
        Assert.True((await jobs.EnqueueAsync(keyed with { Queue = "other" }, Token)).IsNew);

        var claimed = Assert.Single(await ClaimAsync(test, 10));
        Assert.Equal(new Enqueued(first.Id, false), await jobs.EnqueueAsync(keyed, Token));

        Assert.True(await EndAsync(test, claimed, JobOutcome.Done));
        Assert.True((await jobs.EnqueueAsync(keyed, Token)).IsNew);
    }

    [Fact]
    public async Task A_hundred_enqueuers_of_one_key_make_one_job()
    {
        await using var test = await fresh();
        var enqueued = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => test.Store<JobQueue>().EnqueueAsync(new NewJob(Queue, "{}") { UniqueKey = "one" }, Token)));
        Assert.Single(enqueued, job => job.IsNew);
        Assert.Single(enqueued.Select(job => job.Id).Distinct());
    }

    [Fact]
    public async Task Claimers_at_the_same_time_never_share_a_job()
    {
        await using var test = await fresh();
        await AddAsync(test, 300);
        var claims = await Task.WhenAll(Enumerable.Range(0, 60).Select(node => ClaimAsync(test, 7, node)));
        var ids = claims.SelectMany(claim => claim).Select(job => job.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());

        // A claimer that skipped what others held may have come back with less; nothing is left behind all the same.
        ids.AddRange((await ClaimAsync(test, 300)).Select(job => job.Id));
        Assert.Equal(300, ids.Distinct().Count());
    }

    [Fact]
    public async Task The_fence_refuses_who_has_lost_the_job()
    {
        await using var test = await fresh();
        await AddAsync(test, 1);
        var stale = Assert.Single(await ClaimAsync(test, 1));
        test.Time.Advance(Lease + TimeSpan.FromMilliseconds(1));
        var lost = Assert.Single(await AbandonedAsync(test));
        Assert.True(await EndAsync(test, lost, JobOutcome.Retry("lost", TimeSpan.Zero)));

        // Waiting again: neither the end nor the renewal of the old claim counts.
        Assert.False(await EndAsync(test, stale, JobOutcome.Done));
        Assert.Empty(await RenewAsync(test, stale));

        // Running elsewhere under the next fence: the same.
        var mine = Assert.Single(await ClaimAsync(test, 1, node: 2));
        Assert.Equal((2L, 2), (mine.Fence, mine.Attempt));
        Assert.False(await EndAsync(test, stale, JobOutcome.Done));
        Assert.Empty(await RenewAsync(test, stale));
        Assert.Equal([mine.Id], (await RenewAsync(test, mine)).Keys);
        Assert.True(await EndAsync(test, mine, JobOutcome.Done));
        Assert.False(await EndAsync(test, mine, JobOutcome.Done));
    }

    [Fact]
    public async Task A_lease_that_ended_is_taken_up_once_and_a_renewed_one_never()
    {
        await using var test = await fresh();
        await AddAsync(test, 2);
        var claimed = await ClaimAsync(test, 2);
        Assert.Empty(await AbandonedAsync(test));
        test.Time.Advance(Lease - TimeSpan.FromSeconds(1));
        await RenewAsync(test, claimed[0]);
        test.Time.Advance(TimeSpan.FromSeconds(2));

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => test.Database.WriteAsync(
            tx =>
            {
                var store = test.Store<IJobStore>();
                var abandoned = store.Abandoned(tx, null, 10);
                return abandoned.Count(job => store.Put(tx, job, job.After(JobOutcome.Retry("lost"), Backoff.Default, 0.5, tx.Now)));
            },
            cancellationToken: Token)));

        Assert.Equal(1, taken.Sum());
        Assert.Equal(JobState.Running, (await FindAsync(test, claimed[0].Id)).State);
        Assert.Equal((JobState.Waiting, "lost", (int?)null), (await FindAsync(test, claimed[1].Id)) is var job ? (job.State, job.Reason, job.Node) : default);
    }

    [Fact]
    public async Task What_ran_under_a_node_is_found_by_it_whatever_its_lease()
    {
        await using var test = await fresh();
        await AddAsync(test, 3);
        var mine = await ClaimAsync(test, 2, node: 5);
        await ClaimAsync(test, 1, node: 6);
        var found = await test.Database.WriteAsync(tx => test.Store<IJobStore>().Abandoned(tx, 5, 10), cancellationToken: Token);
        Assert.Equal(mine.Select(job => job.Id).Order(Comparer<JobId>.Create((a, b) => a.Value.CompareTo(b.Value))), found.Select(job => job.Id));
    }

    [Fact]
    public async Task Cancelling_ends_a_waiting_job_and_asks_a_running_one()
    {
        await using var test = await fresh();
        var jobs = test.Store<JobQueue>();
        var running = (await jobs.EnqueueAsync(new NewJob(Queue, "{}"), Token)).Id;
        var claimed = Assert.Single(await ClaimAsync(test, 1));
        var waiting = (await jobs.EnqueueAsync(new NewJob(Queue, "{}"), Token)).Id;

        Assert.Equal(JobState.Canceled, (await jobs.CancelAsync(waiting, Token)).Value.State);
        Assert.Equal((JobState.Running, true), (await jobs.CancelAsync(running, Token)).Value is var asked ? (asked.State, asked.CancelRequested) : default);
        Assert.Equal([new(running, true)], await RenewAsync(test, claimed));
        Assert.Equal(JobsErrors.Finished, (await jobs.CancelAsync(waiting, Token)).Error);
        Assert.Equal(ApiErrors.NotFound, (await jobs.CancelAsync(new JobId(1), Token)).Error);
        Assert.True(await EndAsync(test, claimed, JobOutcome.Canceled));
        Assert.Equal(JobState.Canceled, (await FindAsync(test, running)).State);
    }

    [Fact]
    public async Task A_job_that_ended_is_replayed_with_all_its_attempts()
    {
        await using var test = await fresh();
        var jobs = test.Store<JobQueue>();
        var id = (await jobs.EnqueueAsync(new NewJob(Queue, "{}") { Deadline = test.Time.GetUtcNow().AddMinutes(1), UniqueKey = "k" }, Token)).Id;
        Assert.Equal(JobsErrors.Alive, (await jobs.ReplayAsync(id, Token)).Error);
        await EndAsync(test, Assert.Single(await ClaimAsync(test, 1)), JobOutcome.Dead("no such mailbox"));
        Assert.Equal((JobState.Dead, "no such mailbox"), await FindAsync(test, id) is var dead ? (dead.State, dead.Reason) : default);

        var other = (await jobs.EnqueueAsync(new NewJob(Queue, "{}") { UniqueKey = "k" }, Token)).Id;
        Assert.Equal(JobsErrors.Duplicate, (await jobs.ReplayAsync(id, Token)).Error);
        await jobs.CancelAsync(other, Token);
        test.Time.Advance(TimeSpan.FromHours(1));

        var again = (await jobs.ReplayAsync(id, Token)).Value;
        Assert.Equal((JobState.Waiting, 0, (DateTimeOffset?)null, test.Time.GetUtcNow()), (again.State, again.Attempt, again.Deadline, again.RunAt));
        Assert.Equal(again, await FindAsync(test, id));
        Assert.Equal((1, 2L), Assert.Single(await ClaimAsync(test, 1)) is var claimed ? (claimed.Attempt, claimed.Fence) : default);
        Assert.Equal(ApiErrors.NotFound, (await jobs.ReplayAsync(new JobId(1), Token)).Error);
    }

    [Fact]
    public async Task All_dead_jobs_of_a_queue_are_replayed_and_no_others()
    {
        await using var test = await fresh();
        var jobs = test.Store<JobQueue>();
        await AddAsync(test, 120);
        foreach (var claimed in await ClaimAsync(test, 120))
        {
            await EndAsync(test, claimed, claimed.Id.Value % 2 == 0 ? JobOutcome.Dead("x") : JobOutcome.Dead("y"));
        }

        var done = (await jobs.EnqueueAsync(new NewJob(Queue, "{}"), Token)).Id;
        await EndAsync(test, Assert.Single(await ClaimAsync(test, 1)), JobOutcome.Done);
        Assert.Equal((0, false), await jobs.ReplayQueueAsync("other", Token));
        Assert.Equal((120, false), await jobs.ReplayQueueAsync(Queue, Token));
        Assert.Equal(JobState.Done, (await FindAsync(test, done)).State);
        Assert.Equal(120, (await ClaimAsync(test, 200)).Count);
    }

    [Fact]
    public async Task Counts_equal_a_recount_after_any_history()
    {
        await using var test = await fresh();
        var jobs = test.Store<JobQueue>();
        var archive = test.Store<IJobArchive>();
        var random = new Random(20260601);
        for (var i = 0; i < 150; i++)
        {
            var queue = random.Next(2) == 0 ? Queue : "other";
            var claimed = random.Next(3) > 0 ? await ClaimAsync(test, random.Next(1, 4), queue: queue) : [];
            foreach (var job in claimed)
            {
                JobOutcome[] outcomes = [JobOutcome.Done, JobOutcome.Dead("x"), JobOutcome.Retry("y", TimeSpan.Zero), JobOutcome.Snooze(TimeSpan.Zero), JobOutcome.Canceled];
                await EndAsync(test, job, outcomes[random.Next(outcomes.Length)]);
            }

            var id = (await jobs.EnqueueAsync(new NewJob(queue, "{}") { UniqueKey = random.Next(4) == 0 ? $"k{random.Next(5)}" : null }, Token)).Id;
            _ = random.Next(6) switch
            {
                0 => (await jobs.CancelAsync(id, Token)).IsOk,
                1 => (await jobs.ReplayQueueAsync(queue, Token)).More,
                2 => await test.Database.WriteAsync(tx => archive.Prune(tx, JobState.Done, tx.Now, 3), cancellationToken: Token) > 0,
                _ => true,
            };
            test.Time.Advance(TimeSpan.FromSeconds(1));
            if (i % 50 == 0)
            {
                await archive.FoldAsync(Token);
            }
        }

        var all = await archive.ListAsync(null, null, null, 10_000, Token);
        var recount = all.GroupBy(job => (job.Queue, job.State)).Select(group => new QueueCount(group.Key.Queue, group.Key.State, group.LongCount())).ToHashSet();
        Assert.Equal(recount, (await archive.CountsAsync(Token)).ToHashSet());
        await archive.FoldAsync(Token);
        Assert.Equal(recount, (await archive.CountsAsync(Token)).ToHashSet());
        Assert.True(recount.Count >= 6, "the history reached most states");
    }

    [Fact]
    public async Task Pruning_deletes_what_ended_before_the_time_oldest_first_and_at_most_the_limit()
    {
        await using var test = await fresh();
        var archive = test.Store<IJobArchive>();
        await AddAsync(test, 6);
        var claimed = await ClaimAsync(test, 6);
        foreach (var job in claimed)
        {
            test.Time.Advance(TimeSpan.FromMinutes(1));
            await EndAsync(test, job, JobOutcome.Done);
        }

        var until = test.Time.GetUtcNow().AddMinutes(-1);
        async Task<int> PruneAsync(JobState state) => await test.Database.WriteAsync(tx => archive.Prune(tx, state, until, 3), cancellationToken: Token);
        Assert.Equal(0, await PruneAsync(JobState.Dead));
        Assert.Equal(3, await PruneAsync(JobState.Done));
        Assert.Equal(claimed.Skip(3).Select(job => job.Id).ToHashSet(), (await ListAsync(test)).Select(job => job.Id).ToHashSet());
        Assert.Equal(1, await PruneAsync(JobState.Done));
        Assert.Equal(0, await PruneAsync(JobState.Done));
        Assert.Equal([new QueueCount(Queue, JobState.Done, 2)], await archive.CountsAsync(Token));
    }

    [Fact]
    public async Task Lists_are_newest_first_and_filtered()
    {
        await using var test = await fresh();
        var archive = test.Store<IJobArchive>();
        var other = (await test.Store<JobQueue>().EnqueueAsync(new NewJob("other", "{}"), Token)).Id;
        await AddAsync(test, 5);
        var dead = Assert.Single(await ClaimAsync(test, 1));
        await EndAsync(test, dead, JobOutcome.Dead("x"));

        var all = await ListAsync(test);
        Assert.Equal(all.OrderByDescending(job => job.Id.Value), all);
        Assert.Equal(6, all.Count);
        Assert.Equal([other], (await archive.ListAsync("other", null, null, 10, Token)).Select(job => job.Id));
        Assert.Equal([dead.Id], (await archive.ListAsync(null, JobState.Dead, null, 10, Token)).Select(job => job.Id));
        Assert.Equal([dead.Id], (await archive.ListAsync(Queue, JobState.Dead, null, 10, Token)).Select(job => job.Id));
        Assert.Equal(all.Skip(2).Take(2), await archive.ListAsync(null, null, all[1].Id, 2, Token));
        Assert.Null(await archive.FindAsync(new JobId(1), Token));
    }

    private static Task<int> AddAsync(TestDatabase test, int count) => test.Database.WriteAsync(
        tx => Enumerable.Range(0, count).Select(_ => test.Store<JobQueue>().Enqueue(tx, new NewJob(Queue, "{}"))).Count(), cancellationToken: Token);

    private static Task<IReadOnlyList<Job>> ClaimAsync(TestDatabase test, int limit, int node = 1, string queue = Queue) => test.Database.WriteAsync(
        tx => test.Store<IJobStore>().Claim(tx, queue, limit, node, tx.Now + Lease), cancellationToken: Token);

    private static Task<bool> EndAsync(TestDatabase test, Job claimed, JobOutcome outcome) => test.Database.WriteAsync(
        tx => test.Store<IJobStore>().Put(tx, claimed, claimed.After(outcome, Backoff.Default, 0.5, tx.Now)), cancellationToken: Token);

    private static Task<IReadOnlyList<Job>> AbandonedAsync(TestDatabase test) =>
        test.Database.WriteAsync(tx => test.Store<IJobStore>().Abandoned(tx, null, 10), cancellationToken: Token);

    private static Task<IReadOnlyDictionary<JobId, bool>> RenewAsync(TestDatabase test, Job job) =>
        test.Database.WriteAsync(tx => test.Store<IJobStore>().Renew(tx, [job], tx.Now + Lease), cancellationToken: Token);

    private static Task<IReadOnlyList<Job>> ListAsync(TestDatabase test) => test.Store<IJobArchive>().ListAsync(null, null, null, 100, Token);

    private static async Task<Job> FindAsync(TestDatabase test, JobId id) => (await test.Store<IJobArchive>().FindAsync(id, Token))!;
}

public sealed class SqliteJobStoreFacts() : JobStoreFacts(TestDatabase.SqliteAsync);

public sealed class PostgresJobStoreFacts() : JobStoreFacts(TestDatabase.PostgresAsync);
