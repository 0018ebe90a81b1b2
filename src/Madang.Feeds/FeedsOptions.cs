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

    /// <summary>Memory for what decides who may see a post, in MiB; what does not fit is read again when it is needed. With SQLite: other nodes' writes would not be heard of.</summary>
    [Range(1, 16_384)]
    public int FactCacheMegabytes { get; set; } = 32;

    /// <summary>Memory for what readers did with posts, in MiB; what does not fit is read again when it is needed. With SQLite, likewise.</summary>
    [Range(1, 16_384)]
    public int ActionCacheMegabytes { get; set; } = 16;

    /// <summary>Memory for how many did what with posts, in MiB; what does not fit is read again when it is needed.</summary>
    [Range(1, 16_384)]
    public int CountCacheMegabytes { get; set; } = 32;

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

    /// <summary>Of how many people's new posts one person may be told.</summary>
    [Range(1, 10_000)]
    public int MaxSubscriptions { get; set; } = 500;

    /// <summary>How many open reports one person may have with the moderators.</summary>
    [Range(1, 1_000)]
    public int MaxOpenReports { get; set; } = 50;

    /// <summary>How long closed reports are kept, in days. The log of what moderators did stays.</summary>
    [Range(1, 36_500)]
    public int ReportDays { get; set; } = 365;

    /// <summary>How many ids a timeline in memory holds at most, 8 bytes each; rounded up to a power of two. What is older is read from the database.</summary>
    [Range(64, 4_096)]
    public int RingEntries { get; set; } = 512;

    /// <summary>Memory for timelines, in MiB; beyond it who has not read for longest is let go of, and costs nothing until they read again.</summary>
    [Range(1, 65_536)]
    public int TimelineMegabytes { get; set; } = 256;

    /// <summary>For so many days without reading a timeline stays in memory.</summary>
    [Range(1, 90)]
    public int WarmDays { get; set; } = 7;

    /// <summary>For so many minutes after reading somebody counts as being here: they are served first. Whoever is connected is here.</summary>
    [Range(1, 1_440)]
    public int HereMinutes { get; set; } = 10;

    /// <summary>Into how many parts readers are divided, each with one writer; 0 for half as many as there are processors.</summary>
    [Range(0, 256)]
    public int FanOutShards { get; set; }

    /// <summary>An author with more followers in memory than this is looked up when they read, instead of being put into their timelines; again below half of it.</summary>
    [Range(1, 100_000_000)]
    public int PullFollowers { get; set; } = 5_000;

    /// <summary>An author of more than 1,000 followers whose post waits longer than so many milliseconds for the last of them is looked up likewise.</summary>
    [Range(1, 60_000)]
    public int PullWaitMs { get; set; } = 100;

    /// <summary>An author who writes more often than so many times for each time that a follower reads is looked up likewise.</summary>
    [Range(1, 1_000_000)]
    public double PullPostsPerView { get; set; } = 20;

    /// <summary>How many authors' newest posts are kept for being looked up, 4 KiB each.</summary>
    [Range(16, 1_000_000)]
    public int AuthorLogs { get; set; } = 4_096;

    /// <summary>Every so many seconds some timelines in memory are held against the database; 0 for never.</summary>
    [Range(0, 86_400)]
    public int AuditSeconds { get; set; } = 60;

    /// <summary>Disk and memory for timelines that outlive a restart, in MiB; 0 for none. Whoever comes back within a day finds theirs without asking the database what belongs into it.</summary>
    [Range(0, 1_024)]
    public int KeepTimelinesMegabytes { get; set; }

    /// <summary>Whether public posts go out to whoever asks for somebody's Atom or JSON feed without signing in.</summary>
    public bool PublicFeeds { get; set; }

    /// <summary>How many feeds and pages of the web may be followed.</summary>
    [Range(0, 1_000)]
    public int MaxSources { get; set; } = 500;

    /// <summary>A source is looked at again after so many seconds at the earliest, and after four times as many where little comes.</summary>
    [Range(1, 86_400)]
    public int SourceIntervalSeconds { get; set; } = 900;

    /// <summary>How many of the newest posts of a feed a ranker puts in order; what is older follows in the order of time.</summary>
    [Range(20, 1_000)]
    public int RankPosts { get; set; } = 300;

    /// <summary>For so many minutes the order of a ranked feed stands while somebody reads on.</summary>
    [Range(1, 1_440)]
    public int RankMinutes { get; set; } = 30;

    /// <summary>Memory for orders of ranked feeds, in MiB; the oldest are let go of first.</summary>
    [Range(1, 16_384)]
    public int RankMegabytes { get; set; } = 32;

    /// <summary>After so many hours a post counts half as new.</summary>
    [Range(0.1, 10_000.0)]
    public double RankHalfLifeHours { get; set; } = 8;

    /// <summary>The weight of being new in the ranker `scored`.</summary>
    [Range(0.0, 100.0)]
    public double RankRecency { get; set; } = 1;

    /// <summary>The weight of the reader's own reactions and comments to the author.</summary>
    [Range(0.0, 100.0)]
    public double RankAffinity { get; set; } = 0.6;

    /// <summary>The weight of how many reacted, commented and shared.</summary>
    [Range(0.0, 100.0)]
    public double RankEngagement { get; set; } = 0.4;

    /// <summary>The weight of a tag that the reader follows.</summary>
    [Range(0.0, 100.0)]
    public double RankTag { get; set; } = 0.3;

    /// <summary>An author's next post counts so many times as much as the one before it; 1 for just as much.</summary>
    [Range(0.0, 1.0)]
    public double RankRepeat { get; set; } = 0.6;
}

[OptionsValidator]
internal sealed partial class FeedsOptionsValidator : IValidateOptions<FeedsOptions>;
