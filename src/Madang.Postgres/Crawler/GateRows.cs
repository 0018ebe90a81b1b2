using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>One thing to do with a gate.</summary>
/// <param name="Mark">0 shuts it for <paramref name="Ms"/> if it is open; else it opens in <paramref name="Ms"/> if it is still shut by this mark.</param>
internal readonly record struct GateTurn(string Gate, long Mark, int Ms);

/// <summary>
/// Gates as rows. <c>at</c> is when a gate opens, by the server's clock; who shut it knows it by that number, since the next one to shut it can only do so later.
/// </summary>
internal static class GateRows
{
    /// <summary>SQL: the server's clock, Unix milliseconds. Rounded, so what must not be early adds one.</summary>
    public const string Now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /// <summary>Rows that are missing are made open. A transaction of its own: one that holds other rows could wait in a circle.</summary>
    public static void Add(PostgresTx tx, long crawl, IEnumerable<string> gates) => tx.Run(
        "INSERT INTO crawl_gate (crawl_id, name, at) SELECT $1, name, 0 FROM unnest($2::text[]) AS missing (name) ON CONFLICT (crawl_id, name) DO NOTHING",
        crawl, gates.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray());

    /// <summary>The answers in the order asked, those of an opening empty; null when a row is missing, and then nothing was done.</summary>
    public static GateAnswer[]? Pass(PostgresTx tx, long crawl, IReadOnlyList<GateTurn> turns)
    {
        var names = turns.Select(static turn => turn.Gate).Distinct(StringComparer.Ordinal).ToArray();
        var rows = Lock(tx, crawl, names);
        if (rows.Count < names.Length)
        {
            return null;
        }

        var answers = new GateAnswer[turns.Count];
        var granted = new List<int>();
        for (var i = 0; i < turns.Count; i++)
        {
            var (name, mark, ms) = turns[i];
            var row = rows[name];
            if (mark != 0)
            {
                row.In = row.At == mark && row.In is null ? ms : row.In;
            }
            else if (row.WaitMs <= 0)
            {
                row.In = ms;
                granted.Add(i);
            }
            else
            {
                answers[i] = new GateAnswer(0, row.WaitMs);
            }
        }

        Write(tx, crawl, rows);
        granted.ForEach(i => answers[i] = new GateAnswer(rows[turns[i].Gate].At, 0));
        return answers;
    }

    /// <summary>A gate only ever closes for longer.</summary>
    public static void Close(PostgresTx tx, long crawl, IReadOnlyCollection<KeyValuePair<string, long>> gates)
    {
        if (gates.Count > 0)
        {
            var order = gates.OrderBy(static gate => gate.Key, StringComparer.Ordinal).ToList();
            _ = tx.Run(
                """
                INSERT INTO crawl_gate AS g (crawl_id, name, at) SELECT $1, name, at FROM unnest($2::text[], $3::bigint[]) AS closed (name, at)
                ON CONFLICT (crawl_id, name) DO UPDATE SET at = excluded.at WHERE excluded.at > g.at
                """,
                crawl, order.Select(static gate => gate.Key).ToArray(), order.Select(static gate => gate.Value).ToArray());
        }
    }

    /// <summary>In one order for all. The clock may have been read before the wait for a lock: then a gate seems shut a little longer than it is.</summary>
    private static Dictionary<string, Row> Lock(PostgresTx tx, long crawl, string[] names)
    {
        var rows = new Dictionary<string, Row>(StringComparer.Ordinal);
        using var select = tx.Use($"SELECT name, at, {Now} FROM crawl_gate WHERE crawl_id = $1 AND name = ANY($2) ORDER BY name FOR NO KEY UPDATE", crawl, names);
        using var found = select.ExecuteReader();
        while (found.Read())
        {
            rows[found.GetString(0)] = new Row(found.GetInt64(1), found.GetInt64(2));
        }

        return rows;
    }

    private static void Write(PostgresTx tx, long crawl, Dictionary<string, Row> rows)
    {
        var changed = rows.Where(static row => row.Value.In is not null).ToList();
        if (changed.Count == 0)
        {
            return;
        }

        using var update = tx.Use(
            $"UPDATE crawl_gate SET at = {Now} + 1 + ($3::int[])[array_position($2::text[], name)] WHERE crawl_id = $1 AND name = ANY($2) RETURNING name, at",
            crawl, changed.Select(static row => row.Key).ToArray(), changed.Select(static row => row.Value.In!.Value).ToArray());
        using var written = update.ExecuteReader();
        while (written.Read())
        {
            rows[written.GetString(0)].At = written.GetInt64(1);
        }
    }

    private sealed class Row(long at, long now)
    {
        public long At { get; set; } = at;

        /// <summary>It opens so many milliseconds after this transaction; null leaves it as it is.</summary>
        public int? In { get; set; }

        public long WaitMs => In ?? At - now;
    }
}
