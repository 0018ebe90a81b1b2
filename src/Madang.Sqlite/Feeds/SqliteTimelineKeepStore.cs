using Madang.Feeds.Posts;
using Madang.Feeds.Timelines.Keeping;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

/// <summary>One process writes, one transaction after the other: the end of the log as a transaction sees it is a place behind which nothing can appear.</summary>
internal sealed class SqliteTimelineKeepStore : ITimelineKeepStore
{
    public void Put(WriteTx tx, byte[] token, LogPosition? place, DateTimeOffset old)
    {
        var sqlite = SqliteTx.Of(tx);
        using var delete = sqlite.Use("DELETE FROM timeline_keep WHERE at < ?1");
        delete.Bind(1, old).Run();
        using var put = sqlite.Use("INSERT INTO timeline_keep (token, seq, at) VALUES (?1, coalesce(?2, (SELECT max(seq) FROM post_log), 0), ?3)");
        put.Bind(1, token).Bind(2, place?.Seq).Bind(3, tx.Now).Run();
    }

    public LogPosition? Take(WriteTx tx, byte[] token, DateTimeOffset since)
    {
        var sqlite = SqliteTx.Of(tx);
        using var select = sqlite.Use("SELECT seq FROM timeline_keep WHERE token = ?1 AND at BETWEEN ?2 AND ?3");
        var seq = select.Bind(1, token).Bind(2, since).Bind(3, tx.Now).Scalar();
        using var delete = sqlite.Use("DELETE FROM timeline_keep WHERE token = ?1");
        delete.Bind(1, token).Run();
        return seq is { } place ? new LogPosition(0, place) : null;
    }
}
