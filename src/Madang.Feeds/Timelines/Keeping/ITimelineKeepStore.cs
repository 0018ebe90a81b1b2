using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Feeds.Timelines.Keeping;

/// <summary>
/// Which file of kept timelines this database would believe, each once, and the position of the log for which it stands. It lies in the database so that no file
/// is believed by another one, or by an older state of this one; and whoever prunes the log (<see cref="IPostLogStore.Prune"/>) lets go in the same transaction of
/// what stands below its new beginning.
/// </summary>
internal interface ITimelineKeepStore
{
    /// <summary>A file with this token will stand for <paramref name="place"/>; without one for all that committed before. Forgets those from before <paramref name="old"/>.</summary>
    void Put(WriteTx tx, byte[] token, LogPosition? place, DateTimeOffset old);

    /// <summary>
    /// Where the file with this token stands; it is not believed again. Null when it was not announced to this very database, before <paramref name="since"/>, or
    /// when the log no longer reaches down to where it stands.
    /// </summary>
    LogPosition? Take(WriteTx tx, byte[] token, DateTimeOffset since);
}
