using Madang.Jobs;
using Madang.Storage;

namespace Madang.Feeds.Posts;

/// <summary>Lets go of client ids after seven days or a little more; from then on a reused one makes a new post.</summary>
internal sealed class PostKeyRetention(IPostStore posts) : IRetention
{
    public string Name => "post_key";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => posts.PruneKeys(tx, KeyBucket.OldestKept(now), limit);
}
