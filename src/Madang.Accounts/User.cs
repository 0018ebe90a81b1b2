using Madang.Api;

namespace Madang.Accounts;

/// <summary>A person's account.</summary>
public sealed record User
{
    public required UserId Id { get; init; }

    /// <summary>The login name, unique by <see cref="UserName.KeyOf"/>.</summary>
    public required string Name { get; init; }

    /// <summary>What people see.</summary>
    public required string DisplayName { get; init; }

    /// <summary>A BCP 47 tag, such as <c>ko</c>.</summary>
    public required string Locale { get; init; }

    /// <summary>An IANA zone, such as <c>Asia/Seoul</c>.</summary>
    public required string TimeZone { get; init; }

    public required Role Role { get; init; }

    /// <summary>May not sign in and is no target for anything new; what was written stays.</summary>
    public bool Disabled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
