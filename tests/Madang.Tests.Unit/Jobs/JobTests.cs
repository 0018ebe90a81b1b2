using FsCheck;
using FsCheck.Fluent;
using Madang.Jobs;
using Madang.Jobs.Running;

namespace Madang.Tests.Unit.Jobs;

public sealed class JobTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_delay_is_never_above_the_doubled_first_nor_the_cap() => Prop.ForAll(
        Gen.Choose(1, 2000).ToArbitrary(),
        Gen.Choose(0, 1_000_000).Select(millionths => millionths / 1_000_000.0).ToArbitrary(),
        (attempt, random) =>
        {
            // The oracle doubles step by step.
            var most = Backoff.Default.First;
            for (var i = 1; i < attempt && most < Backoff.Default.Cap; i++)
            {
                most += most;
            }

            most = most > Backoff.Default.Cap ? Backoff.Default.Cap : most;
            var delay = Backoff.Default.Delay(attempt, random);
            return delay >= TimeSpan.Zero && delay <= most && Math.Abs((delay - (most * random)).TotalMilliseconds) <= 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_history_keeps_the_rules_of_the_state_machine() => Prop.ForAll(
        Gen.Choose(0, 6).ListOf(40).ToArbitrary(),
        steps =>
        {
            // The oracle: a few counters beside the job, moved by the words of the README.
            var (job, begun, now) = (NewOne(maxAttempts: 3), 0, Now);
            foreach (var step in steps)
            {
                now = now.AddMinutes(1);
                var before = job;
                if (job.State == JobState.Waiting && step != 6)
                {
                    job = Claim(job, now);
                    begun++;
                }

                if (job.State == JobState.Running)
                {
                    job = step switch
                    {
                        0 => job.After(JobOutcome.Done, Backoff.Default, 0.5, now),
                        1 or 2 => job.After(JobOutcome.Retry("no"), Backoff.Default, 0.5, now),
                        3 => job.After(JobOutcome.Snooze(TimeSpan.FromMinutes(5)), Backoff.Default, 0.5, now),
                        4 => job.After(JobOutcome.Dead("never"), Backoff.Default, 0.5, now),
                        5 => job.Cancel(now)!.After(JobOutcome.Retry("no"), Backoff.Default, 0.5, now),
                        _ => job,
                    };
                    begun -= step == 3 ? 1 : 0;
                }
                else if (step == 6)
                {
                    if (job.Cancel(now) is { } canceled)
                    {
                        job = canceled;
                    }
                    else
                    {
                        (job, begun) = (job.Replay(now)!, 0);
                    }
                }

                var isRight = job.Fence >= before.Fence && job.Attempt == begun && job.Attempt <= job.MaxAttempts
                    && (job.FinishedAt is null) == job.IsAlive
                    && (job.LeaseUntil is not null) == (job.State == JobState.Running)
                    && !(job.State == JobState.Waiting && job.Attempt >= job.MaxAttempts)
                    && !(job.State == JobState.Dead && job.Reason is null)
                    && !(job.CancelRequested && job.State != JobState.Running);
                if (!isRight)
                {
                    return false;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_retry_that_would_come_after_the_deadline_buries_the_job()
    {
        var job = Claim(NewOne(10) with { Deadline = Now.AddMinutes(1) }, Now);
        var dead = job.After(JobOutcome.Retry("busy", TimeSpan.FromMinutes(1)), Backoff.Default, 0, Now);
        Assert.Equal((JobState.Dead, "expired: its deadline passed; last: busy"), (dead.State, dead.Reason));
        Assert.Equal(JobState.Waiting, job.After(JobOutcome.Retry("busy", TimeSpan.FromSeconds(59)), Backoff.Default, 0, Now).State);
        Assert.Equal(JobState.Dead, job.After(JobOutcome.Snooze(TimeSpan.FromHours(1)), Backoff.Default, 0, Now).State);
    }

    [Fact]
    public void A_job_that_is_asked_to_stop_but_finished_is_done()
    {
        var asked = Claim(NewOne(3), Now).Cancel(Now)!;
        Assert.Equal(JobState.Done, asked.After(JobOutcome.Done, Backoff.Default, 0, Now).State);
        Assert.Equal(JobState.Canceled, asked.After(JobOutcome.Snooze(TimeSpan.Zero), Backoff.Default, 0, Now).State);
    }

    [Fact]
    public void A_long_reason_is_cut() => Assert.Equal(500, Claim(NewOne(1), Now).After(JobOutcome.Dead(new string('x', 9000)), Backoff.Default, 0, Now).Reason!.Length);

    [Fact]
    public void An_attempt_tells_why_it_was_stopped()
    {
        static Attempt Begin() => new(Claim(NewOne(3), Now), 0);
        using var canceled = Begin();
        canceled.Cancel();
        Assert.True(canceled.Token.IsCancellationRequested && canceled.Job.CancelRequested);
        Assert.Equal(JobOutcome.Canceled, canceled.Stopped);

        using var lost = Begin();
        lost.Lose();
        Assert.Null(lost.Stopped);

        var ended = Begin();
        ended.Dispose();
        ended.Release();
        Assert.Equal(JobOutcome.Snooze(TimeSpan.Zero), ended.Stopped);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mail")]
    [InlineData("a b")]
    [InlineData("메일")]
    public void A_queue_has_a_plain_name(string queue) => Assert.Throws<ArgumentException>(() => new NewJob(queue, "{}").Check());

    [Fact]
    public void A_new_job_keeps_its_bounds()
    {
        var job = new NewJob("mail", "{}");
        job.Check();
        Assert.Throws<ArgumentException>(() => new NewJob(new string('a', 65), "{}").Check());
        Assert.Throws<ArgumentException>(() => new NewJob("mail", new string('가', 30_000)).Check());
        Assert.Throws<ArgumentException>(() => (job with { UniqueKey = "" }).Check());
        Assert.Throws<ArgumentException>(() => (job with { UniqueKey = new string('k', 201) }).Check());
        Assert.Throws<ArgumentException>(() => (job with { MaxAttempts = 0 }).Check());
        Assert.Throws<ArgumentException>(() => (job with { Priority = (JobPriority)9 }).Check());
    }

    [Fact]
    public void Errors_have_codes_of_their_own() => Assert.Equal(JobsErrors.All.Count, JobsErrors.All.Select(error => error.Code).Distinct().Count());

    private static Job NewOne(int maxAttempts) => new()
    {
        Id = new(1),
        Queue = "mail",
        State = JobState.Waiting,
        Priority = JobPriority.Normal,
        RunAt = Now,
        Attempt = 0,
        MaxAttempts = maxAttempts,
        Fence = 0,
        Payload = "{}",
        CreatedAt = Now,
    };

    private static Job Claim(Job job, DateTimeOffset now) => job with
    {
        State = JobState.Running,
        Attempt = job.Attempt + 1,
        Fence = job.Fence + 1,
        Node = 1,
        LeaseUntil = now.AddSeconds(30),
        StartedAt = now,
    };
}
