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
}

[OptionsValidator]
internal sealed partial class FeedsOptionsValidator : IValidateOptions<FeedsOptions>;
