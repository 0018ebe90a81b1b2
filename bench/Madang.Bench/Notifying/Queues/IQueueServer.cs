namespace Madang.Bench.Notifying.Queues;

/// <summary>What a queue runs on beside its workers: private, in a folder of its own, on a free port.</summary>
internal interface IQueueServer : IAsyncDisposable
{
    /// <summary>Where workers connect to.</summary>
    string Address { get; }

    /// <summary>Its processes, without those that descend from them.</summary>
    IReadOnlyList<int> Roots { get; }

    /// <summary>As by a power cut, and up again on the same data and port.</summary>
    Task CrashAndRestartAsync(CancellationToken cancellationToken);
}
