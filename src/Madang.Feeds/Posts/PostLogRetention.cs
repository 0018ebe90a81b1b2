using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Posts;

/// <summary>Lets go of the log when it is old and everybody has read it.</summary>
internal sealed class PostLogRetention(IPostLogStore log, IEnumerable<IPostLogReader> readers, IOptions<FeedsOptions> options) : IRetention
{
    private readonly IReadOnlyList<string> _readers = [.. readers.Select(reader => reader.Name)];

    public string Name => "post_log";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => log.Prune(tx, now - TimeSpan.FromHours(options.Value.PostLogHours), _readers, limit);
}
