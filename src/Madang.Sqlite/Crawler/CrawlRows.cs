using Madang.Crawler.Frontier;

namespace Madang.Sqlite.Crawler;

/// <summary>Rows of a crawl's file as records. Statements given to these are disposed of by them, unless they are stepped by the caller.</summary>
internal static class CrawlRows
{
    public const string HostColumns =
        """
        h.id, h.origin, h.domain, c.next_at, c.block, c.latency_ms, c.errors, h.robots_at, h.robots_status, h.robots_failing_since, c.address, h.region, c.waiting, c.fetched, c.parked
        """;

    /// <summary>One host with its robots.txt.</summary>
    public const string HostSql =
        $"SELECT {HostColumns}, r.body FROM host AS h JOIN host_clock AS c ON c.id = h.id LEFT JOIN host_robots AS r ON r.host = h.id WHERE h.id = ?1";

    public const string PageColumns =
        """
        p.log, h.origin, u.path, u.depth, p.host, p.hash, p.status, p.fault, p.fetched_at, p.etag, p.last_modified, p.content_type, p.title, p.language, p.target, p.body_hash, p.sim_hash,
        p.words, p.bytes, p.wire_bytes, p.elapsed_ms, p.duplicate, p.original_host, p.original_hash, p.noise, p.no_index, p.importance, p.interval_seconds, p.fetches, p.changes, p.missing,
        p.changed, w.name, p.warc_offset, p.warc_length, l.links, u.state, u.reason, u.due_at, u.attempts
        """;

    /// <summary>What <see cref="PageColumns"/> are read from, beside <c>page AS p</c>.</summary>
    public const string PageJoins =
        """
        JOIN url AS u ON u.host = p.host AND u.hash = p.hash JOIN host AS h ON h.id = p.host LEFT JOIN warc AS w ON w.id = p.warc LEFT JOIN page_link AS l ON l.log = p.log
        """;

    public const string WaitingSql = "SELECT n FROM count WHERE name = 'state.waiting'";

    public const string DueSql = "SELECT min(due_at) FROM url WHERE state = 1";

    public static bool AnyWaiting(Statement select)
    {
        using (select)
        {
            return select.Scalar() > 0;
        }
    }

    public static long? NextDue(Statement select)
    {
        using (select)
        {
            return select.Scalar();
        }
    }

    public static HostRow? Host(Statement select, long id)
    {
        using (select)
        {
            return select.Bind(1, id).Step() ? Host(select, withRobots: true) : null;
        }
    }

    public static HostRow Host(Statement row, bool withRobots) => new()
    {
        Id = row.Int64(0),
        Origin = row.Text(1),
        Domain = row.Text(2),
        NextAt = row.Int64(3),
        Block = row.TextOrNull(4),
        LatencyMs = row.Int32(5),
        Errors = row.Int32(6),
        RobotsAt = row.Int64(7),
        RobotsStatus = row.Int32(8),
        RobotsFailingSince = row.Int64(9),
        Address = row.TextOrNull(10),
        Region = row.TextOrNull(11),
        Waiting = row.Int64(12),
        Fetched = row.Int64(13),
        Parked = row.Int64(14),
        Robots = withRobots && !row.IsNull(15) ? row.Blob(15) : null,
    };

    public static WaitingUrl Waiting(Statement row, long host) => new(
        new UrlKey(host, row.Int64(0)), row.Text(1), row.Int32(2), row.Int64(3), row.Int32(4), row.Int32(5),
        row.IsNull(6)
            ? null
            : new LastVisit(row.TextOrNull(7), row.TextOrNull(8), row.Int64(9), row.Int64(10), row.Int32(11), row.Int32(12), row.Int32(13), row.Int32(14), row.Int64(15)));

    public static StoredPage Page(Statement row) => new(row.Int64(0), row.Text(1) + row.Text(2), row.Int32(3), new PageRow
    {
        Key = new UrlKey(row.Int64(4), row.Int64(5)),
        Status = row.Int32(6),
        Fault = row.TextOrNull(7),
        FetchedAt = row.Int64(8),
        Etag = row.TextOrNull(9),
        LastModified = row.TextOrNull(10),
        ContentType = row.TextOrNull(11),
        Title = row.TextOrNull(12),
        Language = row.TextOrNull(13),
        Target = row.TextOrNull(14),
        BodyHash = row.Int64(15),
        SimHash = row.Int64(16),
        Words = row.Int32(17),
        Bytes = row.Int64(18),
        WireBytes = row.Int64(19),
        ElapsedMs = row.Int32(20),
        Duplicate = (DuplicateKind)row.Int32(21),
        Original = new UrlKey(row.Int64(22), row.Int64(23)),
        Noise = row.Int32(24),
        NoIndex = row.Bool(25),
        Importance = row.Double(26),
        IntervalSeconds = row.Int32(27),
        Fetches = row.Int32(28),
        Changes = row.Int32(29),
        Missing = row.Int32(30),
        Changed = row.Bool(31),
        WarcFile = row.TextOrNull(32),
        WarcOffset = row.Int64(33),
        WarcLength = row.Int32(34),
        Links = row.IsNull(35) ? null : row.Blob(35),
        Next = (UrlState)row.Int32(36),
        Reason = (RefusalReason)row.Int32(37),
        DueAt = row.Int64(38),
        Attempts = row.Int32(39),
    });

    public static List<UrlKey> Keys(Statement select)
    {
        var keys = new List<UrlKey>();
        while (select.Step())
        {
            keys.Add(new UrlKey(select.Int64(0), select.Int64(1)));
        }

        return keys;
    }

    public static IReadOnlyDictionary<string, long> Counts(Statement select)
    {
        using (select)
        {
            var counts = new Dictionary<string, long>(StringComparer.Ordinal);
            while (select.Step())
            {
                counts[select.Text(0)] = select.Int64(1);
            }

            return counts;
        }
    }
}
