using System.Globalization;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines.Keeping;
using Madang.Storage;

namespace Madang.Postgres.Feeds;

/// <summary>A place in the log is a transaction's number and one behind it: it says something on the server that counted them, and on no copy of its rows.</summary>
internal sealed class PostgresTimelineKeepStore : ITimelineKeepStore
{
    /// <exception cref="ArgumentNullException">Others write too: what has committed is known to who follows the log alone.</exception>
    public void Put(WriteTx tx, byte[] token, LogPosition? place, DateTimeOffset old)
    {
        var at = place ?? throw new ArgumentNullException(nameof(place));
        var postgres = PostgresTx.Of(tx);
        postgres.Run("DELETE FROM timeline_keep WHERE at < $1", old);
        postgres.Run(
            """
            INSERT INTO timeline_keep (token, server, xid, seq, at)
            SELECT $1, s.system_identifier, $2::text::xid8, $3, $4 FROM pg_control_system() s
            """,
            token, at.Xid.ToString(CultureInfo.InvariantCulture), at.Seq, tx.Now);
    }

    public LogPosition? Take(WriteTx tx, byte[] token, DateTimeOffset since)
    {
        using var command = PostgresTx.Of(tx).Use(
            """
            WITH k AS (DELETE FROM timeline_keep WHERE token = $1 RETURNING *)
            SELECT k.xid::text::bigint, k.seq FROM k JOIN pg_control_system() s ON s.system_identifier = k.server
            WHERE k.at BETWEEN $2 AND $3
            """,
            token, since, tx.Now);
        using var row = command.ExecuteReader();
        return row.Read() ? new LogPosition(row.GetInt64(0), row.GetInt64(1)) : null;
    }
}
