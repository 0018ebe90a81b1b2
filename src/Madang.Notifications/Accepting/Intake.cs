using Madang.Api;
using Madang.Notifications.Audiences;
using Madang.Notifications.Planning;
using Madang.Storage;

namespace Madang.Notifications.Accepting;

/// <summary>Takes notifications in: checked, then written, then acknowledged. What is acknowledged is on the disk.</summary>
internal sealed class Intake(AcceptanceCheck check, INotificationStore store, IAudienceStore audiences, PlanTurn plan, Database database, TimeProvider time)
{
    /// <summary>How many of a bulk call share one write; the writer is not held for longer than a few milliseconds.</summary>
    private const int Piece = 200;

    public int MaxBulk => check.MaxBulk;

    public async Task<Result<Accepted>> AcceptAsync(long sender, NewNotification given, CancellationToken cancellationToken)
    {
        var checkedOne = check.Check(sender, given);
        var fault = checkedOne.Error
            ?? (given.To.Audience is { } name && await audiences.FindAsync(name, cancellationToken) is null ? NotificationsErrors.AudienceNotFound : null);
        return fault is null ? await WriteAsync(checkedOne.Value, cancellationToken) : await RepeatedAsync(sender, given, cancellationToken) ?? fault;
    }

    /// <summary>One result for each, in order; one that is refused holds up no other.</summary>
    public async Task<IReadOnlyList<Result<Accepted>>> AcceptAsync(long sender, IReadOnlyList<Result<NewNotification>> given, CancellationToken cancellationToken)
    {
        var results = new Result<Accepted>[given.Count];
        var good = new List<(int Place, Acceptance Acceptance)>(given.Count);
        var missing = await MissingAsync(given, cancellationToken);
        for (var i = 0; i < given.Count; i++)
        {
            var one = given[i].Error is { } unread ? unread
                : given[i].Value.To.Audience is { } name && missing.Contains(name) ? NotificationsErrors.AudienceNotFound
                : check.Check(sender, given[i].Value);
            if (one.IsOk)
            {
                good.Add((i, one.Value));
            }
            else
            {
                results[i] = given[i].IsOk ? await RepeatedAsync(sender, given[i].Value, cancellationToken) ?? one.Error : one.Error;
            }
        }

        foreach (var piece in good.Chunk(Piece))
        {
            _ = await database.WriteAsync(
                tx =>
                {
                    PlanTurn.Later(tx, Fill(results, piece, tx));
                    return Done.Value;
                },
                cancellationToken: cancellationToken);
        }

        return results;
    }

    /// <summary>One inside somebody else's write: accepted if and only if that commits, and planned after it.</summary>
    public Result<Accepted> Accept(WriteTx tx, long sender, NewNotification given)
    {
        var accepted = Accept(tx, sender, [given])[0];
        if (accepted is { IsOk: true, Value.Repeated: false })
        {
            PlanTurn.Later(tx, [accepted.Value.Notification]);
        }

        return accepted;
    }

    /// <summary>Many, for the caller to have planned.</summary>
    public IReadOnlyList<Result<Accepted>> Accept(WriteTx tx, long sender, IReadOnlyList<NewNotification> given)
    {
        var results = new Result<Accepted>[given.Count];
        var good = new List<(int Place, Acceptance Acceptance)>(given.Count);
        for (var i = 0; i < given.Count; i++)
        {
            var one = check.Check(sender, given[i]);
            if (one.IsOk)
            {
                good.Add((i, one.Value));
            }
            else
            {
                results[i] = one.Error;
            }
        }

        _ = Fill(results, good, tx);
        return results;
    }

    /// <summary>One to few people is planned in the write that accepts it: one commit less, and its row is written once.</summary>
    private async Task<Result<Accepted>> WriteAsync(Acceptance acceptance, CancellationToken cancellationToken)
    {
        try
        {
            return await store.AcceptAsync(acceptance, plan.Soon, cancellationToken);
        }
        catch (Exception fault) when (PlanTurn.IsOwnFault(fault))
        {
            // Whatever keeps it from being planned keeps nobody from accepting it: the planner meets the same and says so.
            return await store.AcceptAsync(acceptance, PlanTurn.Later, cancellationToken);
        }
    }

    /// <summary>
    /// What would be refused today may have been accepted before its category, template or audience changed: a retry of it gets its first answer all the same.
    /// Null when its event id is new.
    /// </summary>
    private async ValueTask<Result<Accepted>?> RepeatedAsync(long sender, NewNotification given, CancellationToken cancellationToken) =>
        given.EventId is not { } id || check.DigestOf(given) is not { } digest || await store.FirstAsync(sender, id, time.GetUtcNow(), cancellationToken) is not var (first, used) ? null
        : used == digest ? (Result<Accepted>?)new Accepted(first, Repeated: true)
        : (Result<Accepted>?)ApiErrors.IdempotencyConflict;

    /// <summary>The audiences among them that do not exist, each looked up once.</summary>
    private async Task<IReadOnlySet<string>> MissingAsync(IReadOnlyList<Result<NewNotification>> given, CancellationToken cancellationToken)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in given.Where(one => one.IsOk).Select(one => one.Value.To.Audience).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await audiences.FindAsync(name, cancellationToken) is null)
            {
                _ = missing.Add(name);
            }
        }

        return missing;
    }

    /// <summary>Those that are new.</summary>
    private List<Notification> Fill(Result<Accepted>[] results, IReadOnlyList<(int Place, Acceptance Acceptance)> good, WriteTx tx)
    {
        var fresh = new List<Notification>(good.Count);
        var accepted = store.Accept(tx, [.. good.Select(one => one.Acceptance)]);
        for (var i = 0; i < accepted.Count; i++)
        {
            results[good[i].Place] = accepted[i];
            if (accepted[i] is { IsOk: true, Value.Repeated: false })
            {
                fresh.Add(accepted[i].Value.Notification);
            }
        }

        return fresh;
    }
}
