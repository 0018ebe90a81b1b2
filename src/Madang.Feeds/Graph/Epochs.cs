using Madang.Accounts;
using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Graph;

/// <summary>
/// Raises people's epochs in the transaction that changes how they stand to somebody. Both sides of every pair: who is blocked out of nothing is not told
/// by Accounts, and yet sees less from now on.
/// </summary>
internal sealed class Epochs(IGraphStore store) : IAccountEvents
{
    public void Raise(WriteTx tx, IEnumerable<UserId> people)
    {
        UserId[] ascending = [.. people.Distinct().OrderBy(person => person.Value)];
        if (ascending.Length > 0)
        {
            store.Raise(tx, ascending);
            tx.Publish(new EpochsRaised(ascending));
        }
    }

    public void RelationsChanged(WriteTx tx, IReadOnlyList<(UserId Viewer, UserId Other)> changed) =>
        Raise(tx, changed.SelectMany(pair => new[] { pair.Viewer, pair.Other }));

    public void CredentialsEnded(IReadOnlyCollection<long> credentials)
    {
        // Who may sign in changes nothing in what anybody sees.
    }
}

/// <summary>Said to this node at the commit; other nodes learn of it by the epoch that every page reads.</summary>
internal sealed record EpochsRaised(IReadOnlyList<UserId> People);
