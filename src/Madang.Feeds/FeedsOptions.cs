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

    /// <summary>Memory for how readers stand to others, in MiB; what does not fit is read again when it is needed.</summary>
    [Range(1, 16_384)]
    public int GraphCacheMegabytes { get; set; } = 64;
}

[OptionsValidator]
internal sealed partial class FeedsOptionsValidator : IValidateOptions<FeedsOptions>;
