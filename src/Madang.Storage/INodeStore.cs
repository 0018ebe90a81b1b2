namespace Madang.Storage;

/// <summary>Who holds which of the node ids 0 to 1023.</summary>
internal interface INodeStore
{
    /// <summary>
    /// Takes the lowest id whose lease has ended, by the database's clock where nodes have clocks of their own, and answers the mark of the holders
    /// before. Null when all are held.
    /// </summary>
    NodeGrant? Take(WriteTx tx, string owner, DateTimeOffset until);

    /// <summary>
    /// Moves lease and mark on, never back: no id handed out before the next renewal lies after <paramref name="highWater"/>. False when the lease
    /// belongs to another owner by now.
    /// </summary>
    bool Renew(WriteTx tx, int id, string owner, DateTimeOffset until, DateTimeOffset highWater);

    /// <summary>Ends the lease; the mark falls back to what was really handed out.</summary>
    void Release(WriteTx tx, int id, string owner, DateTimeOffset highWater);
}

/// <param name="HighWater">The mark of the holders before: the new one's ids come after it.</param>
internal sealed record NodeGrant(int Id, DateTimeOffset HighWater);
