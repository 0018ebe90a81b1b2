namespace Madang.Storage;

/// <summary>A transaction in the writer's hands. Stores know their engine's own kind and take its prepared statements from it.</summary>
public abstract class WriteTx
{
    private readonly List<object> _publications = [];

    /// <summary>The time of this transaction, to the millisecond; the same for every row it writes.</summary>
    public abstract DateTimeOffset Now { get; }

    /// <summary>Says something to this node's own listeners once, and only if, this closure commits (see <see cref="Database.OnCommit{T}"/>).</summary>
    public void Publish(object publication) => _publications.Add(publication);

    /// <summary>For the engines: what this closure has said so far; forgotten when it is rolled back.</summary>
    protected List<object> Publications => _publications;
}
