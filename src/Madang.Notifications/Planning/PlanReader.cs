using Madang.Api;
using Madang.Notifications.Categories;
using Madang.Notifications.Limits;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Planning;

/// <summary>Reads what <see cref="PlanRules"/> goes by, a chunk of people at a time.</summary>
internal sealed class PlanReader(IPersonStore people, IOptions<NotificationsOptions> options)
{
    private readonly Allowance _total = new(NullIfNone(options.Value.PerPersonPerHour), NullIfNone(options.Value.PerPersonPerDay));

    /// <summary>The question that is asked about every person of this notification.</summary>
    public PlanRequest Request(Category category, IReadOnlyList<DeliveryChannel>? channels, DateTimeOffset expiresAt, string digestKey = "") => new()
    {
        Category = category,
        Channels = channels,
        ExpiresAt = expiresAt,
        DigestKey = digestKey,
        Total = _total,
    };

    /// <summary>One person for each id, in the order asked. A person must not be asked about twice in one call.</summary>
    public IReadOnlyList<Person> Read(WriteTx tx, IReadOnlyList<UserId> ids, PlanRequest request)
    {
        // Whoever only gets an entry of the inbox has no addresses and no counters looked up.
        var onlyInbox = request.Channels is { Count: 1 } only && only[0] == DeliveryChannel.Inbox;
        return ids.Count == 0
            ? []
            : people.Read(tx, ids, request.Category.Name, new(!onlyInbox, !onlyInbox && request.CountsTotal, !onlyInbox && request.CountsCategory));
    }

    private static int? NullIfNone(int value) => value == 0 ? null : value;
}
