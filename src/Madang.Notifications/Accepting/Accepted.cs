using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Accepting;

/// <summary>A checked notification on its way to the log.</summary>
/// <param name="Digest">Of everything the sender said: what comes again under the same event id must have the same.</param>
internal sealed record Acceptance(Notification Notification, long Digest);

/// <summary>One in the queue of the hot write, with what follows in its transaction.</summary>
internal sealed record AcceptanceInQueue(Acceptance Acceptance, Action<WriteTx, IReadOnlyList<Notification>> Follow)
{
    /// <summary>Lets follow what must, for all that are new in a batch, once for each kind of it.</summary>
    public static void Followed(WriteTx tx, IReadOnlyList<AcceptanceInQueue> items, IReadOnlyList<Notification> fresh)
    {
        if (fresh.Count == 0)
        {
            return;
        }

        if (items.All(item => item.Follow == items[0].Follow))
        {
            items[0].Follow(tx, fresh);
            return;
        }

        var follows = items.ToDictionary(item => item.Acceptance.Notification.Id, item => item.Follow);
        foreach (var group in fresh.GroupBy(one => follows[one.Id]))
        {
            group.Key(tx, [.. group]);
        }
    }
}

/// <summary>It is in the log.</summary>
/// <param name="Notification">As it was accepted the first time.</param>
/// <param name="Repeated">The event id had been used for the same content.</param>
internal sealed record Accepted(Notification Notification, bool Repeated);

/// <summary>Committed: something is to be planned at this time.</summary>
internal sealed record NotificationDue(bool IsWide, DateTimeOffset At);

/// <summary>Who sends: what event ids are unique for.</summary>
internal static class Sender
{
    public const long Server = -1;

    public static long Of(Caller caller) => caller.Kind switch
    {
        CallerKind.Operator => 0,
        CallerKind.ApiKey => caller.Credential,
        _ => caller.Person.Value,
    };
}

/// <summary>Event ids are kept by whole weeks, so that what is written together lies together and is dropped together.</summary>
internal static class EventBucket
{
    private const long Week = 7 * 24 * 3600;

    public static long Of(DateTimeOffset time) => time.ToUnixTimeSeconds() / Week;

    /// <summary>Buckets below this hold nothing younger than seven days: a look-up tries the current one and the one before.</summary>
    public static long OldestKept(DateTimeOffset now) => Of(now) - 1;
}
