using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>Gates as rows: what several nodes pass by, each reserving its moment.</summary>
internal static class CrawlGates
{
    /// <summary>One statement for all of them. The same gate twice is passed twice, one interval apart.</summary>
    public static long[] Reserve(PostgresTx tx, long crawl, IReadOnlyList<GateRequest> gates, long now)
    {
        var asked = gates.GroupBy(static gate => gate.Gate, static gate => (long)gate.IntervalMs, StringComparer.Ordinal)
            .Select(static gate => (Name: gate.Key, Whole: gate.Sum())).OrderBy(static gate => gate.Name, StringComparer.Ordinal).ToList();
        var next = new Dictionary<string, long>(StringComparer.Ordinal);
        using (var reserve = tx.Use(
            """
            INSERT INTO crawl_gate AS g (crawl_id, name, at) SELECT $1, name, $2 + whole FROM unnest($3::text[], $4::bigint[]) AS asked (name, whole)
            ON CONFLICT (crawl_id, name) DO UPDATE SET at = greatest(g.at, $2) + excluded.at - $2
            RETURNING name, at
            """,
            crawl, now, asked.Select(static gate => gate.Name).ToArray(), asked.Select(static gate => gate.Whole).ToArray()))
        {
            using var rows = reserve.ExecuteReader();
            while (rows.Read())
            {
                next[rows.GetString(0)] = rows.GetInt64(1);
            }
        }

        foreach (var (name, whole) in asked)
        {
            next[name] -= whole;
        }

        var moments = new long[gates.Count];
        for (var i = 0; i < moments.Length; i++)
        {
            moments[i] = next[gates[i].Gate];
            next[gates[i].Gate] += gates[i].IntervalMs;
        }

        return moments;
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
}
