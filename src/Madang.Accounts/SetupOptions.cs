using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Accounts;

/// <summary>Section <c>Madang:Setup</c>.</summary>
public sealed class SetupOptions
{
    public const string Section = "Madang:Setup";

    /// <summary>Presets the setup token for scripts, and for clusters, whose nodes would each print their own; it is valid until the first admin is made.</summary>
    [RegularExpression("(?s).{8,256}", ErrorMessage = "A preset setup token has 8 to 256 characters.")]
    public string? Token { get; set; }
}

[OptionsValidator]
internal sealed partial class SetupOptionsValidator : IValidateOptions<SetupOptions>;
