using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Feeds.Telling;

/// <summary>Writes down what happens in somebody else's transaction: one row each, read later.</summary>
internal sealed class TellingEvents(ITellingStore store) : IPostEvents, IAccountEvents
{
    public void Reacted(WriteTx tx, UserId who, PostId post, UserId author, ReactionKind kind, bool on)
    {
        if (who != author)
        {
            store.Note(tx, new(new(author, kind == ReactionKind.Like ? TellingKind.Like : TellingKind.Reaction, post.Value), who, default, !on, tx.Now));
        }
    }

    public void Followed(WriteTx tx, UserId follower, UserId followed, bool on) =>
        store.Note(tx, new(new(followed, TellingKind.Follow, Day(tx.Now)), follower, default, !on, tx.Now));

    public void RelationsChanged(WriteTx tx, IReadOnlyList<(UserId Viewer, UserId Other)> changed)
    {
        // What a relation hides is looked up when something is told.
    }

    public void CredentialsEnded(IReadOnlyCollection<long> credentials)
    {
        // Nothing here hangs on a credential.
    }

    /// <summary>Follows of one day are told together.</summary>
    public static long Day(DateTimeOffset at) => at.ToUnixTimeSeconds() / 86_400;
}
