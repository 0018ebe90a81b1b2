using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Sqlite;

/// <summary>Section <c>Madang:Sqlite</c>.</summary>
public sealed class SqliteOptions
{
    /// <summary>The writer's page cache. Readers have half a megabyte each beside it, and the system's page cache behind them.</summary>
    [Range(1, 65_536)]
    public int CacheMegabytes { get; set; } = 8;

    /// <summary>How much of the database file readers look at where the system holds it, in MiB, instead of copying each page; it counts as resident, and the system may take it back. 0 for none.</summary>
    [Range(0, 1_048_576)]
    public int MapMegabytes { get; set; }

    /// <summary>Read-only connections at most; a read waits for a free one.</summary>
    [Range(1, 256)]
    public int Readers { get; set; } = 8;

    /// <summary>Reads that may wait for a connection before the next one is refused.</summary>
    [Range(1, 1_000_000)]
    public int ReadQueue { get; set; } = 10_000;

    /// <summary>Interactive writes that may wait before the next one is refused.</summary>
    [Range(1, 1_000_000)]
    public int InteractiveQueue { get; set; } = 20_000;

    /// <summary>Background writes that may wait before the next one is refused.</summary>
    [Range(1, 1_000_000)]
    public int BackgroundQueue { get; set; } = 2_000;

    /// <summary>The WAL grows by this much between two passive checkpoints.</summary>
    [Range(1, 4096)]
    public int CheckpointMegabytes { get; set; } = 64;

    /// <summary>A WAL of this size is cut back to nothing.</summary>
    [Range(1, 16_384)]
    public int TruncateMegabytes { get; set; } = 256;

    /// <summary>The page cache of the writer of each crawl that runs.</summary>
    [Range(1, 65_536)]
    public int CrawlCacheMegabytes { get; set; } = 64;
}

[OptionsValidator]
internal sealed partial class SqliteOptionsValidator : IValidateOptions<SqliteOptions>;
