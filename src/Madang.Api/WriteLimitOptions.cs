using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Api;

/// <summary>Section <c>Madang:WriteLimits</c>.</summary>
public sealed class WriteLimitOptions
{
    public const string Section = "Madang:WriteLimits";

    /// <summary>Set by <c>Madang:RateLimits=on|off</c>; off is for load tests.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Writes a minute of one person, or of one address that is not signed in.</summary>
    [Range(1, 1_000_000)]
    public int PerMinute { get; set; } = 120;

    /// <summary>Writes at once after a pause.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 60;

    /// <summary>Writes a minute of one API key.</summary>
    [Range(1, 10_000_000)]
    public int ApiKeyPerMinute { get; set; } = 6_000;

    /// <summary>Writes at once of one API key after a pause.</summary>
    [Range(1, 1_000_000)]
    public int ApiKeyBurst { get; set; } = 1_000;
}

[OptionsValidator]
public sealed partial class WriteLimitOptionsValidator : IValidateOptions<WriteLimitOptions>;
