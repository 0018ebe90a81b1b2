using Madang.Api;

namespace Madang.Accounts.Credentials;

/// <summary>What a token stands for. The numbers are stored.</summary>
internal enum CredentialKind
{
    /// <summary>A signed-in device of a person.</summary>
    Session = 1,

    /// <summary>Minted by a server for a person.</summary>
    UserToken = 2,
    ApiKey = 3,
}

/// <summary>One row of the table of credentials; the token itself is kept as its digest alone.</summary>
/// <param name="User">Null for API keys.</param>
/// <param name="Role">Of the person now, or of the API key.</param>
/// <param name="Name">The device's or the key's.</param>
internal sealed record Credential(
    long Id, CredentialKind Kind, UserId? User, Role Role, string? Name, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset? ExpiresAt)
{
    public Caller ToCaller() => new(
        Kind switch
        {
            CredentialKind.Session => CallerKind.Session,
            CredentialKind.UserToken => CallerKind.UserToken,
            _ => CallerKind.ApiKey,
        },
        User, Role, Id, ExpiresAt);
}

/// <summary>Told after the commit: these are no longer valid.</summary>
internal sealed record CredentialsEnded(IReadOnlyCollection<long> Ids);

/// <summary>Told after the commit: this person's role changed.</summary>
internal sealed record CallerChanged(UserId User);
