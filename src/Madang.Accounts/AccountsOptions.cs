using System.ComponentModel.DataAnnotations;
using Madang.Accounts.Passwords;
using Microsoft.Extensions.Options;

namespace Madang.Accounts;

/// <summary>Who may make an account for themselves.</summary>
public enum Registration
{
    /// <summary>Everybody.</summary>
    Open,

    /// <summary>Who has an invite of an admin.</summary>
    Invite,

    /// <summary>Nobody; admins make accounts.</summary>
    Closed,
}

/// <summary>Section <c>Madang:Accounts</c>.</summary>
public sealed class AccountsOptions
{
    public const string Section = "Madang:Accounts";

    /// <summary>Who may make an account: open, invite or closed. An admin always may.</summary>
    [EnumDataType(typeof(Registration))]
    public Registration Registration { get; set; } = Registration.Invite;

    /// <summary>Rounds of PBKDF2-HMAC-SHA-512 for new passwords; older hashes are made anew at the next login when it grows.</summary>
    [Range(PasswordHash.MinRounds, 20_000_000)]
    public int PasswordRounds { get; set; } = PasswordHash.MinRounds;

    /// <summary>Sign-ins that may wait for their turn at hashing; the next one is answered 503.</summary>
    [Range(1, 10_000)]
    public int PasswordQueue { get; set; } = 256;

    /// <summary>Days after which an unused session ends.</summary>
    [Range(1, 3650)]
    public int SessionDays { get; set; } = 30;

    /// <summary>How many people one person may follow, and mute, and block, and be a friend of or have asked: each for itself.</summary>
    [Range(1, 100_000)]
    public int MaxRelations { get; set; } = 10_000;

    /// <summary>Language tag of accounts that name none.</summary>
    [Required, RegularExpression("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")]
    public string Locale { get; set; } = "en";

    /// <summary>IANA time zone of accounts that name none.</summary>
    [Required]
    public string TimeZone { get; set; } = "UTC";
}

[OptionsValidator]
internal sealed partial class AccountsOptionsValidator : IValidateOptions<AccountsOptions>;
