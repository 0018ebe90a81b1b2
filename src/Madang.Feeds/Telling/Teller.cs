using System.Globalization;
using System.Text.Json;
using Madang.Api;
using Madang.Notifications;
using Madang.Storage;

namespace Madang.Feeds.Telling;

/// <summary>
/// Tells what is due. Who may know what is asked now, of the database: nothing goes across a block or a mute, nothing to who may not see it, nothing of
/// people who are gone. The notification and the note that it was told are one transaction.
/// </summary>
internal sealed class Teller(ITellingStore store, TellingFold fold, TellingSight sight, Notifier notifier, Database database, TimeProvider time)
{
    /// <summary>So many are told in one transaction, which writes a few rows for each.</summary>
    private const int Batch = 8;

    /// <summary>Folds in everything that was written down and tells everything that is due. Whether there was anything.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var any = false;
        while (await store.HasDeedsAsync(cancellationToken))
        {
            any |= await database.WriteAsync(FoldSome, Lane.Background, cancellationToken) > 0;
        }

        IReadOnlyList<DueTelling> due;
        do
        {
            due = await store.DueAsync(time.GetUtcNow(), Batch, cancellationToken);
            await TellAsync(due, cancellationToken);
            any |= due.Count > 0;
        }
        while (due.Count == Batch);

        return any;
    }

    private int FoldSome(WriteTx tx)
    {
        var deeds = store.Take(tx, TellingFold.Batch);
        fold.Fold(tx, deeds);
        return deeds.Count;
    }

    private async Task TellAsync(IReadOnlyList<DueTelling> due, CancellationToken cancellationToken)
    {
        var send = new List<(Telling Telling, NewNotification Notification)>();
        foreach (var telling in due)
        {
            if (telling.Count > 0 && await sight.WordsAsync(telling, cancellationToken) is { } words)
            {
                send.Add((telling.Telling, Notification(telling, words)));
            }
            else
            {
                await database.WriteAsync(tx => TakeBack(tx, telling), Lane.Background, cancellationToken);
            }
        }

        if (send.Count > 0)
        {
            await database.WriteAsync(tx => Send(tx, send), Lane.Background, cancellationToken);
        }
    }

    private Done Send(WriteTx tx, List<(Telling Telling, NewNotification Notification)> send)
    {
        var mine = new List<NewNotification>(send.Count);
        foreach (var (telling, notification) in send)
        {
            // Something happened since it was read, or another node has told it: it is due again, or not any more.
            if (IsStillDue(tx, telling))
            {
                store.Put(tx, telling with { Told = telling.Told + 1, DueAt = null, ToldAt = tx.Now });
                mine.Add(notification);
            }
        }

        // Last in the transaction: it appends to inboxes.
        if (mine.Count > 0)
        {
            _ = notifier.Send(tx, mine);
        }

        return Done.Value;
    }

    /// <summary>Nobody is left to name, or nobody whom this person may hear of.</summary>
    private Done TakeBack(WriteTx tx, DueTelling due)
    {
        if (IsStillDue(tx, due.Telling))
        {
            store.Put(tx, due.Telling with { DueAt = null });
            if (due.Count == 0 && due.Telling.Told > 0)
            {
                _ = notifier.CancelCollapsed(tx, due.Telling.Key.To, due.Telling.Key.CollapseKey);
            }
        }

        return Done.Value;
    }

    private bool IsStillDue(WriteTx tx, Telling telling) => store.Lock(tx, telling.Key) is { DueAt: not null } now && now.Version == telling.Version;

    private static NewNotification Notification(DueTelling due, ToldWords words)
    {
        var key = due.Telling.Key;
        return new()
        {
            EventId = string.Create(CultureInfo.InvariantCulture, $"{key.CollapseKey}-{key.To}-{due.Telling.DueAt?.ToUnixTimeMilliseconds()}"),
            Category = key.Kind == TellingKind.Mention ? "mention" : "social",
            Content = words.Content,
            To = new() { UserIds = [key.To] },
            CollapseKey = key.CollapseKey,
            Data = JsonSerializer.Serialize(
                new TellingDetail(key.Kind, key.Kind == TellingKind.Follow ? null : new PostId(key.Subject), words.Item.Value == 0 ? null : words.Item, words.Actors, words.Count),
                ApiJson.Options),
        };
    }

    /// <param name="PostId">What it happened to.</param>
    /// <param name="ItemId">The newest comment, share or post that came of it.</param>
    /// <param name="UserIds">Some of those who did it, the newest first.</param>
    private sealed record TellingDetail(TellingKind Kind, PostId? PostId, PostId? ItemId, IReadOnlyList<UserId> UserIds, int Count);
}
