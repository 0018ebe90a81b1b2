using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Postgres;

/// <summary>Section <c>Madang:Postgres</c>. A node holds Readers + InteractiveWriters + BackgroundWriters + 2 per hot verb connections at most, CrawlReaders for posts and crawls, and CrawlWriters while it crawls.</summary>
public sealed class PostgresOptions
{
    /// <summary>Connections for reads at most; a read waits for a free one.</summary>
    [Range(1, 1_000)]
    public int Readers { get; set; } = 32;

    /// <summary>Sessions, each with a thread, that run interactive closures.</summary>
    [Range(1, 64)]
    public int InteractiveWriters { get; set; } = 6;

    /// <summary>Sessions, each with a thread, that run background closures.</summary>
    [Range(1, 64)]
    public int BackgroundWriters { get; set; } = 2;

    /// <summary>Interactive writes that may wait before the next one is refused.</summary>
    [Range(1, 1_000_000)]
    public int InteractiveQueue { get; set; } = 20_000;

    /// <summary>Background writes that may wait before the next one is refused.</summary>
    [Range(1, 1_000_000)]
    public int BackgroundQueue { get; set; } = 2_000;

    /// <summary>Items of one hot verb that may wait for one of its two sessions before the next one is refused.</summary>
    [Range(1, 1_000_000)]
    public int HotQueue { get; set; } = 10_000;

    /// <summary>Sessions, each with a thread, that write for the crawls of this node. Opened with the first crawl.</summary>
    [Range(1, 64)]
    public int CrawlWriters { get; set; } = 3;

    /// <summary>Connections at most for the reads of crawls and posts by key; a read waits for a free one.</summary>
    [Range(1, 1_000)]
    public int CrawlReaders { get; set; } = 12;

    /// <summary>How long a write waits for a server that cannot be reached before its caller is told.</summary>
    [Range(1, 600)]
    public int PatienceSeconds { get; set; } = 10;
}

[OptionsValidator]
internal sealed partial class PostgresOptionsValidator : IValidateOptions<PostgresOptions>;
