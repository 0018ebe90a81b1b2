namespace Madang.Crawler.Frontier;

/// <summary>Why a URL is not fetched. Stored as its number; <see cref="RefusalReasons.Code"/> is the stable code that people see.</summary>
public enum RefusalReason
{
    None = 0,
    NotHttp = 1,
    OutOfScope = 2,
    TooDeep = 3,
    TooLong = 4,
    Nofollow = 5,
    UnwantedExtension = 6,
    Robots = 7,
    RobotsUnreachable = 8,
    CrawlDelayTooLong = 9,
    AddressRefused = 10,
    RepeatedSegments = 20,
    TooManySegments = 21,
    Calendar = 22,
    TooManyParameters = 23,

    /// <summary>A policy that somebody added to this server: <see cref="Admission.IUrlPolicy"/>.</summary>
    Policy = 24,
    DomainBudget = 30,
    TemplateBudget = 31,
    Spam = 32,
    QueueFull = 33,
    Failed = 40,
    NotFound = 41,
    MaxPages = 42,
    BadUrl = 43,
}

internal static class RefusalReasons
{
    /// <summary><c>repeated_segments</c>: the name in snake case.</summary>
    public static string Code(this RefusalReason reason) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    /// <summary>Parked rather than refused: a larger budget lets it go on.</summary>
    public static bool IsParking(this RefusalReason reason) => reason is RefusalReason.DomainBudget or RefusalReason.TemplateBudget or RefusalReason.Spam or RefusalReason.QueueFull or RefusalReason.MaxPages;
}
