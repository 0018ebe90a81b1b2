using Madang.Api;
using Madang.Notifications.Planning;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Digests;

/// <summary>Puts notifications into digests, in the transaction that plans them. (Not <c>Digests</c>: that is the namespace.)</summary>
internal sealed class DigestBook(IDigestStore store, Snowflake ids, IOptions<NotificationsOptions> options)
{
    // A full digest closes at the next turn; a few more may come before.
    private const int MaxRead = 2_000;

    /// <summary>Gathers for everybody whose plan says so. Whom the notification was gathered for already is left alone, so a repeated chunk changes nothing.</summary>
    /// <param name="plans">Of one notification and of different people.</param>
    public void Add(WriteTx tx, NotificationId notification, IReadOnlyList<PersonPlan> plans)
    {
        // By category and key: of one notification there is one pair, but nothing here depends on it.
        foreach (var group in plans.Where(plan => plan.Digest is not null).GroupBy(plan => (plan.Digest!.Category, plan.Digest.Key)))
        {
            var entries = group.OrderBy(plan => plan.User.Value).ToDictionary(plan => plan.User, plan => plan.Digest!);
            foreach (var user in store.Gathered(tx, notification, [.. entries.Keys]))
            {
                entries.Remove(user);
            }

            while (entries.Count > 0)
            {
                AddTo(tx, notification, group.Key.Category, group.Key.Key, entries);
            }
        }
    }

    public void Add(WriteTx tx, NotificationId notification, UserId user, DigestEntry entry) =>
        Add(tx, notification, [new PersonPlan { User = user, Digest = entry }]);

    /// <summary>Takes a canceled notification out of what was not sent yet, at most <paramref name="limit"/> people; how many: call again while it answers so many.</summary>
    public int Remove(WriteTx tx, NotificationId notification, int limit = 500) => store.Remove(tx, notification, limit);

    /// <summary>What a digest's delivery by this channel is made of, oldest first.</summary>
    public Task<IReadOnlyList<NotificationId>> ItemsAsync(long digest, DeliveryChannel channel, CancellationToken cancellationToken) =>
        store.ItemsAsync(digest, channel, MaxRead, cancellationToken);

    /// <summary>For explaining: the digest that a notification went into. Its deliveries stand under <see cref="Digest.Notification"/>.</summary>
    public Task<Digest?> OfAsync(NotificationId notification, UserId user, CancellationToken cancellationToken) => store.OfAsync(notification, user, cancellationToken);

    /// <summary>Into the open digests, or new ones; whoever lost the race to open one stays in <paramref name="entries"/> for another round.</summary>
    private void AddTo(WriteTx tx, NotificationId notification, string category, string key, Dictionary<UserId, DigestEntry> entries)
    {
        var open = store.LockOpen(tx, category, key, [.. entries.Keys]);
        var opened = entries.Where(entry => !open.ContainsKey(entry.Key)).Select(entry => Gather(Digest.Open(ids.Next(), entry.Key, entry.Value, tx.Now), entry.Value, tx.Now)).ToList();
        var inserted = opened.Count == 0 ? new HashSet<long>() : store.Insert(tx, opened);
        var gathered = open.Values.Select(digest => Gather(digest, entries[digest.User], tx.Now)).ToList();
        store.Put(tx, gathered);
        gathered.AddRange(opened.Where(digest => inserted.Contains(digest.Id)));
        store.AddItems(tx, notification, [.. gathered.Select(digest => (digest, entries[digest.User].Channels))]);
        foreach (var digest in gathered)
        {
            entries.Remove(digest.User);
            tx.Publish(new DigestDue(digest.ClosesAt));
        }
    }

    private Digest Gather(Digest digest, DigestEntry entry, DateTimeOffset now) => digest.Gather(entry, options.Value.DigestMaxItems, now);
}

/// <summary>Committed: a digest closes then.</summary>
internal sealed record DigestDue(DateTimeOffset At);
