using Microsoft.AspNetCore.Http;

namespace Madang.Api;

/// <summary>What an account or an API key may do beyond its own things.</summary>
public enum Role
{
    User = 1,
    Moderator = 2,
    Admin = 3,
}

public enum CallerKind
{
    /// <summary>Nobody signed in.</summary>
    Anonymous,

    /// <summary>A person with a session, which is a device.</summary>
    Session,

    /// <summary>A person by a token that a server minted.</summary>
    UserToken,

    /// <summary>A server. It has a role but is no person.</summary>
    ApiKey,

    /// <summary>A command of this machine over <c>madang.sock</c>; an admin that is no person.</summary>
    Operator,
}

/// <summary>Who makes this request.</summary>
/// <param name="User">The person; null for API keys, the operator and anonymous callers.</param>
/// <param name="Credential">Id of the session, token or key, 0 for none: what a revocation names.</param>
/// <param name="ExpiresAt">When the credential ends by itself.</param>
public sealed record Caller(CallerKind Kind, UserId? User, Role Role, long Credential, DateTimeOffset? ExpiresAt = null)
{
    public static readonly Caller Anonymous = new(CallerKind.Anonymous, null, Role.User, 0);
    public static readonly Caller Operator = new(CallerKind.Operator, null, Role.Admin, 0);

    public bool IsAnonymous => Kind == CallerKind.Anonymous;

    public bool IsAdmin => !IsAnonymous && Role == Role.Admin;

    /// <summary>The person behind the call. Only for endpoints under <see cref="Policies.Person"/>, which guarantees one.</summary>
    public UserId Person => User ?? throw new InvalidOperationException("This endpoint lacks Policies.Person.");

    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? Anonymous;

    /// <summary>Binds the caller as a parameter of an endpoint.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult<Caller?>(Of(context));
}

/// <summary>Names of the authorisation policies; an endpoint that names none gets <see cref="Person"/> (the fallback policy).</summary>
public static class Policies
{
    public const string Person = "person";
    public const string SignedIn = "signed_in";
    /// <summary>Servers, and people who keep this community: moderators and admins.</summary>
    public const string Sender = "sender";
    public const string Moderator = "moderator";
    public const string Admin = "admin";
}
