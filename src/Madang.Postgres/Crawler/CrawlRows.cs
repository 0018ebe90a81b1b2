using Madang.Crawler.Frontier;
using Npgsql;

namespace Madang.Postgres.Crawler;

/// <summary>Rows of a crawl as records.</summary>
internal static class CrawlRows
{
    /// <summary>Columns 0 to 14; the robots.txt, where it is read, follows.</summary>
    public const string HostColumns =
        """
        h.id, h.origin, h.domain, h.next_at, h.block, h.latency_ms, h.errors, h.robots_at, h.robots_status, h.robots_failing_since, h.address, h.region, h.waiting, h.fetched, h.parked
        """;

    /// <summary>Beside <see cref="HostColumns"/>, where it is wanted.</summary>
    public const string RobotsColumn = "(SELECT body FROM crawl_robots WHERE crawl_id = $1 AND host = h.id)";

    public const string QueueSql =
        """
        SELECT u.hash, u.path, u.class, u.seq, u.depth, u.attempts, p.log, p.etag, p.last_modified, p.body_hash, p.sim_hash, p.interval_seconds, p.fetches, p.changes, p.missing, p.fetched_at
        FROM crawl_url u LEFT JOIN LATERAL (SELECT * FROM crawl_page WHERE crawl_id = $1 AND log = u.log OFFSET 0) p ON true
        WHERE u.crawl_id = $1 AND u.host = $2 AND u.state = 0 ORDER BY u.class, u.seq LIMIT $3
        """;

    public const string PageColumns =
        """
        p.log, h.origin, u.path, u.depth, p.host, p.hash, p.status, p.fault, p.fetched_at, p.etag, p.last_modified, p.content_type, p.title, p.language, p.target, p.body_hash, p.sim_hash,
        p.words, p.bytes, p.wire_bytes, p.elapsed_ms, p.duplicate, p.original_host, p.original_hash, p.noise, p.no_index, p.importance, p.interval_seconds, p.fetches, p.changes, p.missing,
        p.changed, p.warc, p.warc_offset, p.warc_length, p.links, u.state, u.reason, u.due_at, u.attempts
        """;

    /// <summary>What <see cref="PageColumns"/> are read from, beside <c>crawl_page p</c>.</summary>
    public const string PageJoins =
        """
        CROSS JOIN LATERAL (SELECT path, depth, state, reason, due_at, attempts FROM crawl_url WHERE crawl_id = $1 AND host = p.host AND hash = p.hash OFFSET 0) u
        CROSS JOIN LATERAL (SELECT origin FROM crawl_host WHERE crawl_id = $1 AND id = p.host OFFSET 0) h
        """;

    public static async Task<List<T>> AllAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        List<T> all = [];
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            all.Add(read(rows));
        }

        return all;
    }

    /// <summary>Of all nodes together; a count that came back to nothing is left out.</summary>
    public static async Task<Dictionary<string, long>> CountsAsync(PostgresDatabase database, long crawl, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand("SELECT name, sum(n)::bigint FROM crawl_count WHERE crawl_id = $1 GROUP BY name").With(crawl);
        return (await AllAsync(select, static row => (Name: row.GetString(0), Count: row.GetInt64(1)), cancellationToken))
            .ToDictionary(static count => count.Name, static count => count.Count, StringComparer.Ordinal);
    }

    public static List<UrlKey> Keys(NpgsqlCommand command)
    {
        List<UrlKey> keys = [];
        using (command)
        {
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                keys.Add(new UrlKey(rows.GetInt64(0), rows.GetInt64(1)));
            }
        }

        return keys;
    }

    public static HostRow Host(NpgsqlDataReader row, bool withRobots) => new()
    {
        Id = row.GetInt64(0),
        Origin = row.GetString(1),
        Domain = row.GetString(2),
        NextAt = row.GetInt64(3),
        Block = Text(row, 4),
        LatencyMs = row.GetInt32(5),
        Errors = row.GetInt32(6),
        RobotsAt = row.GetInt64(7),
        RobotsStatus = row.GetInt32(8),
        RobotsFailingSince = row.GetInt64(9),
        Address = Text(row, 10),
        Region = Text(row, 11),
        Waiting = row.GetInt64(12),
        Fetched = row.GetInt64(13),
        Parked = row.GetInt64(14),
        Robots = withRobots ? Bytes(row, 15) : null,
    };

    public static WaitingUrl Waiting(NpgsqlDataReader row, long host) => new(
        new UrlKey(host, row.GetInt64(0)), row.GetString(1), row.GetInt16(2), row.GetInt64(3), row.GetInt32(4), row.GetInt32(5),
        row.IsDBNull(6)
            ? null
            : new LastVisit(
                Text(row, 7), Text(row, 8), row.GetInt64(9), row.GetInt64(10), row.GetInt32(11), row.GetInt32(12), row.GetInt32(13), row.GetInt32(14), row.GetInt64(15)));

    public static StoredPage Page(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1) + row.GetString(2), row.GetInt32(3), new PageRow
    {
        Key = new UrlKey(row.GetInt64(4), row.GetInt64(5)),
        Status = row.GetInt32(6),
        Fault = Text(row, 7),
        FetchedAt = row.GetInt64(8),
        Etag = Text(row, 9),
        LastModified = Text(row, 10),
        ContentType = Text(row, 11),
        Title = Text(row, 12),
        Language = Text(row, 13),
        Target = Text(row, 14),
        BodyHash = row.GetInt64(15),
        SimHash = row.GetInt64(16),
        Words = row.GetInt32(17),
        Bytes = row.GetInt64(18),
        WireBytes = row.GetInt64(19),
        ElapsedMs = row.GetInt32(20),
        Duplicate = (DuplicateKind)row.GetInt16(21),
        Original = new UrlKey(row.GetInt64(22), row.GetInt64(23)),
        Noise = row.GetInt32(24),
        NoIndex = row.GetBoolean(25),
        Importance = row.GetDouble(26),
        IntervalSeconds = row.GetInt32(27),
        Fetches = row.GetInt32(28),
        Changes = row.GetInt32(29),
        Missing = row.GetInt32(30),
        Changed = row.GetBoolean(31),
        WarcFile = Text(row, 32),
        WarcOffset = row.GetInt64(33),
        WarcLength = row.GetInt32(34),
        Links = Bytes(row, 35),
        Next = (UrlState)row.GetInt16(36),
        Reason = (RefusalReason)row.GetInt16(37),
        DueAt = row.GetInt64(38),
        Attempts = row.GetInt32(39),
    });

    /// <summary>A text from outside as PostgreSQL takes it: without NUL and without halves of pairs.</summary>
    public static string? Clean(string? text)
    {
        if (text is null || !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        var utf8 = System.Text.Encoding.UTF8;
        return utf8.GetString(utf8.GetBytes(text)).Replace('\0', '\uFFFD');
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static byte[]? Bytes(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);
}
