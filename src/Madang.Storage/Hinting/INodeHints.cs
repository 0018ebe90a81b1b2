namespace Madang.Storage.Hinting;

/// <summary>
/// Tells other nodes that something waits under a name. A lost hint costs at most <see cref="Poll"/>. With one process there is none: it hears of its own
/// commits, and nothing polls.
/// </summary>
public interface INodeHints
{
    /// <summary>How often to look without a hint.</summary>
    TimeSpan Poll { get; }

    /// <param name="topic">Words of <c>a–z</c> and <c>_</c>, said by code: <c>madang_jobs</c>.</param>
    Task SendAsync(string topic, IReadOnlyCollection<string> names, CancellationToken cancellationToken);

    /// <summary>Names said by other nodes under the topic; ends with the token, goes on over broken lines.</summary>
    IAsyncEnumerable<string> ListenAsync(string topic, CancellationToken cancellationToken);
}
