using Madang.Api;
using Madang.Notifications.Planning;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Accepting;

/// <summary>Takes notifications in: checked, then written, then acknowledged. What is acknowledged is on the disk.</summary>
internal sealed class Intake(INotificationStore store, Database database, Snowflake ids, TimeProvider time, IOptions<NotificationsOptions> options)
{
    /// <summary>How many of a bulk call share one write; the writer is not held for longer than a few milliseconds.</summary>
    private const int Piece = 200;

    public int MaxBulk => options.Value.MaxBulk;

    public async Task<Result<Accepted>> AcceptAsync(long sender, NewNotification given, CancellationToken cancellationToken)
    {
        var checkedOne = Check(sender, given);
        return checkedOne.IsOk ? await store.AcceptAsync(checkedOne.Value, cancellationToken) : checkedOne.Error;
    }

    /// <summary>One result for each, in order; one that is refused holds up no other.</summary>
    public async Task<IReadOnlyList<Result<Accepted>>> AcceptAsync(long sender, IReadOnlyList<Result<NewNotification>> given, CancellationToken cancellationToken)
    {
        var results = new Result<Accepted>[given.Count];
        var good = new List<(int Place, Acceptance Acceptance)>(given.Count);
        for (var i = 0; i < given.Count; i++)
        {
            var one = given[i].Error is { } unread ? unread : Check(sender, given[i].Value);
            if (one.IsOk)
            {
                good.Add((i, one.Value));
            }
            else
            {
                results[i] = one.Error;
            }
        }

        foreach (var piece in good.Chunk(Piece))
        {
            var accepted = await database.WriteAsync(
                tx => store.Accept(tx, [.. piece.Select(one => one.Acceptance)]), cancellationToken: cancellationToken);
            for (var i = 0; i < piece.Length; i++)
            {
                results[piece[i].Place] = accepted[i];
            }
        }

        return results;
    }

    /// <summary>The same inside somebody else's write: accepted if and only if that commits.</summary>
    public Result<Accepted> Accept(WriteTx tx, long sender, NewNotification given)
    {
        var checkedOne = Check(sender, given);
        return checkedOne.IsOk ? store.Accept(tx, [checkedOne.Value])[0] : checkedOne.Error;
    }

    private Result<Acceptance> Check(long sender, NewNotification given)
    {
        var now = NotificationRules.Cut(time.GetUtcNow());
        var read = NotificationRules.Check(given, options.Value.MaxBulk, now);
        if (!read.IsOk)
        {
            return read.Error;
        }

        if (Basics.Find(given.Category) is not { } category)
        {
            return NotificationsErrors.CategoryNotFound;
        }

        var notification = NotificationRules.AsAccepted(read.Value, new(ids.Next()), sender, null, category, now);
        return new Acceptance(notification, ContentHash.Of(read.Value));
    }
}
