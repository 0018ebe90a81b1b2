namespace Madang.Feeds.Timelines;

/// <summary>
/// Whether an author's posts are put into the rings of warm followers when they are written (push), or looked up in the author's own log when a follower
/// reads (pull). Either way every read is complete, so a change of mind needs no migration; it costs time only. Feeding Frenzy (SIGMOD 2010): push what is
/// read more often than it is written.
/// </summary>
/// <param name="PullFollowers">More warm followers than this in the shard: pull.</param>
/// <param name="PullWait">The last follower waited longer than this for a post to arrive: pull. Of those only who need more than one turn: the others wait for them.</param>
/// <param name="PullPostsPerView">Posts for each time that a follower looks: more than this costs more to push than to pull.</param>
internal sealed record HybridPolicy(int PullFollowers, TimeSpan PullWait, double PullPostsPerView)
{
    /// <summary>Of authors with fewer followers, or of fewer posts, the frequency does not matter.</summary>
    public const int FollowersThatMatter = 64;
    public const double PostsThatMatter = 16;

    /// <summary>What is pulled is pushed again below half of each bound only, so that nobody goes to and fro.</summary>
    private const double Release = 0.5;

    public bool Pulls(bool pullsNow, in AuthorLoad load)
    {
        var share = pullsNow ? Release : 1;
        return load.Followers > PullFollowers * share
            || (load.Followers > Shard.TurnFollowers && load.Wait > PullWait * share)
            || (load.Followers >= FollowersThatMatter && load.Posts >= PostsThatMatter * share && load.PostsPerView > PullPostsPerView * share);
    }
}

/// <param name="Followers">Warm followers in the shard.</param>
/// <param name="Wait">How long the last post waited from its commit to its last follower.</param>
/// <param name="Posts">Posts of the author lately.</param>
/// <param name="PostsPerView">The same for each read of an average warm reader.</param>
internal readonly record struct AuthorLoad(int Followers, TimeSpan Wait, double Posts, double PostsPerView);

/// <summary>How often something happened lately: what is older counts half for each day.</summary>
internal struct Frequency
{
    public static readonly TimeSpan HalfLife = TimeSpan.FromDays(1);

    private double _weight;
    private long _at;

    /// <param name="now">Milliseconds of a clock that never steps back.</param>
    public void Add(long now)
    {
        _weight = At(now) + 1;
        _at = now;
    }

    public readonly double At(long now) => _weight * double.Exp2(-Math.Max(0, now - _at) / HalfLife.TotalMilliseconds);
}
