using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Feeds;

/// <summary>Settings under <c>Madang:Feeds</c>.</summary>
public sealed class FeedsOptions
{
    public const string Section = "Madang:Feeds";

    /// <summary>The longest post or comment, in bytes of UTF-8.</summary>
    [Range(1, 65_536)]
    public int MaxTextBytes { get; set; } = 16 * 1024;

    /// <summary>How many different hashtags one post may hold.</summary>
    [Range(0, 100)]
    public int MaxTags { get; set; } = 30;

    /// <summary>How many people one post may name.</summary>
    [Range(0, 100)]
    public int MaxMentions { get; set; } = 20;

    /// <summary>How many earlier versions of one post are kept; after so many edits there are no more.</summary>
    [Range(0, 1_000)]
    public int MaxEdits { get; set; } = 100;

    /// <summary>Sharing the same post again within so many hours answers the first share.</summary>
    [Range(0, 8_760)]
    public int ShareWindowHours { get; set; } = 24;

    /// <summary>How many drafts one person may keep.</summary>
    [Range(1, 10_000)]
    public int MaxDrafts { get; set; } = 100;

    /// <summary>How far ahead a post may be scheduled, in days.</summary>
    [Range(1, 3_650)]
    public int MaxScheduleDays { get; set; } = 365;

    /// <summary>How long the log of what was done to posts is kept, in hours, for what reads it later.</summary>
    [Range(1, 8_760)]
    public int PostLogHours { get; set; } = 168;

    /// <summary>Memory for posts as they go out, in MiB; what does not fit is read again when it is needed.</summary>
    [Range(1, 16_384)]
    public int PostCacheMegabytes { get; set; } = 64;

    /// <summary>Memory for how readers stand to others, in MiB; what does not fit is read again when it is needed.</summary>
    [Range(1, 16_384)]
    public int GraphCacheMegabytes { get; set; } = 64;

    /// <summary>How many lists one person may keep.</summary>
    [Range(1, 1_000)]
    public int MaxLists { get; set; } = 100;

    /// <summary>How many people one list may hold.</summary>
    [Range(1, 5_000)]
    public int MaxListMembers { get; set; } = 500;

    /// <summary>How many tags one person may follow.</summary>
    [Range(1, 1_000)]
    public int MaxFollowedTags { get; set; } = 200;

    /// <summary>How many rows one imported file may hold.</summary>
    [Range(1, 20_000)]
    public int MaxImportRows { get; set; } = 5_000;

    /// <summary>How many open reports one person may have with the moderators.</summary>
    [Range(1, 1_000)]
    public int MaxOpenReports { get; set; } = 50;

    /// <summary>How long closed reports are kept, in days. The log of what moderators did stays.</summary>
    [Range(1, 36_500)]
    public int ReportDays { get; set; } = 365;
}

[OptionsValidator]
internal sealed partial class FeedsOptionsValidator : IValidateOptions<FeedsOptions>;
