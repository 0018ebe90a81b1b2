using Madang.Storage;

namespace Madang.Jobs;

/// <summary>
/// What a module lets go of after a while. Register it as a service; one runner in the cluster calls every retention in turn, each time until it has
/// nothing left (<see cref="RetentionWorker"/>).
/// </summary>
public interface IRetention
{
    /// <summary>For the log: <c>inbox</c>.</summary>
    string Name { get; }

    /// <summary>Deletes at most <paramref name="limit"/> expired rows, in the background lane; how many it deleted. Fewer than the limit ends this round.</summary>
    int Prune(WriteTx tx, DateTimeOffset now, int limit);
}
