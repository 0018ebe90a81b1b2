using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Crawler;

/// <summary>Section <c>Madang:Crawler</c>: what this node does for the crawls of the server.</summary>
public sealed class CrawlerOptions
{
    public const string Section = "Madang:Crawler";

    /// <summary>Whether this node crawls; without it crawls can be started and read here, and other nodes do the work.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Where this node stands, such as <c>eu-west</c>: it leases hosts of its region first. Empty is anywhere.</summary>
    [RegularExpression("^[a-z0-9-]{0,32}$")]
    public string Region { get; set; } = "";

    /// <summary>Which region a host belongs to, as <c>.kr=asia, .de=eu</c>: the longest matching end of its name decides. Others are measured.</summary>
    [RegionRules]
    public string Regions { get; set; } = "";

    /// <summary>Crawls that this node works on at once; others wait for one to end.</summary>
    [Range(1, 100)]
    public int MaxRunning { get; set; } = 4;

    /// <summary>Crawls that may be kept, running or not.</summary>
    [Range(1, 100_000)]
    public int MaxCrawls { get; set; } = 1_000;
}

[OptionsValidator]
internal sealed partial class CrawlerOptionsValidator : IValidateOptions<CrawlerOptions>;

/// <summary>A list of name ends and regions.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RegionRulesAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => RegionRules.TryParse(value as string ?? "", out _);

    public override string FormatErrorMessage(string name) => $"{name} must be ends of host names with their regions such as .kr=asia, separated by commas.";
}
