using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Notifications.Planning;

namespace Madang.Notifications.Digests;

/// <summary>How far a digest is. The numbers are stored, and a partial index names the first.</summary>
internal enum DigestState
{
    /// <summary>Gathers. There is one open digest at most for each person, category and key.</summary>
    Open = 1,

    /// <summary>Its deliveries were planned in the transaction that closed it.</summary>
    Sent = 2,

    /// <summary>There was nobody, nowhere or nothing to send.</summary>
    Dropped = 3,
}

/// <summary>
/// Notifications that become one. A state machine without I/O: open → gathers → sent or dropped, and never back. Each step is one row compared by its state and
/// each item a row of its own that exists once per person and notification, so that a step may be repeated after any crash.
/// </summary>
internal sealed record Digest
{
    /// <summary>Whoever is never free for it stops waiting.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);

    /// <summary>Unique among notifications too: its deliveries stand under this id as their notification.</summary>
    public required long Id { get; init; }

    public required UserId User { get; init; }

    public required string Category { get; init; }

    public required string Key { get; init; }

    public required DigestState State { get; init; }

    /// <summary>Of all its items; an item goes out by its own channels only.</summary>
    public required ChannelSet Channels { get; init; }

    public required int Items { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required DateTimeOffset ClosesAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The notification that its deliveries belong to.</summary>
    public NotificationId Notification => new(Id);

    /// <summary>Without an item yet.</summary>
    public static Digest Open(long id, UserId user, DigestEntry entry, DateTimeOffset now) => new()
    {
        Id = id,
        User = user,
        Category = entry.Category,
        Key = entry.Key,
        State = DigestState.Open,
        Channels = default,
        Items = 0,
        OpenedAt = now,
        ClosesAt = DeliveryRules.Cut(entry.ClosesAt),
    };

    /// <summary>One item more. It closes no later than any of its items wants, and at once when it is full.</summary>
    public Digest Gather(DigestEntry entry, int maxItems, DateTimeOffset now)
    {
        var closesAt = entry.ClosesAt < ClosesAt ? DeliveryRules.Cut(entry.ClosesAt) : ClosesAt;
        return Live with { Channels = Channels.And(entry.Channels), Items = Items + 1, ClosesAt = Items + 1 >= maxItems && now < closesAt ? now : closesAt };
    }

    public Digest Postpone(DateTimeOffset until) => Live with { ClosesAt = DeliveryRules.Cut(until) };

    public Digest Close(bool sent, DateTimeOffset now) => Live with { State = sent ? DigestState.Sent : DigestState.Dropped, ClosedAt = now };

    private Digest Live => State == DigestState.Open ? this : throw new InvalidOperationException("A digest that has ended does not change.");
}
