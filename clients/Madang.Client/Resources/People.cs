namespace Madang.Client.Resources;

/// <param name="Registration">open, invite or closed.</param>
public sealed record Setup(bool Needed, string Registration, string Community);

/// <param name="Role">user, moderator or admin.</param>
public sealed record User(
    string Id, string Name, string DisplayName, string Role, DateTimeOffset CreatedAt, string? Locale = null, string? TimeZone = null, bool? Disabled = null);

/// <param name="Token">Left out when the session lives in a cookie.</param>
public sealed record Session(DateTimeOffset ExpiresAt, User User, string? Token = null);

/// <summary>A signed-in session.</summary>
public sealed record Device(string Id, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, bool Current, string? Name = null, DateTimeOffset? LastSeenAt = null);

/// <param name="Kind">friend, follow, mute or block.</param>
/// <param name="State">accepted, incoming or outgoing; of friends only.</param>
/// <param name="Shares">Of follows only: false without what they pass on.</param>
/// <param name="ExpiresAt">Of mutes only: when it ends by itself.</param>
public sealed record Relation(User User, string Kind, DateTimeOffset CreatedAt, string? State = null, bool? Shares = null, DateTimeOffset? ExpiresAt = null);

/// <param name="Code">Only in the answer that creates it.</param>
public sealed record Invite(string Id, int Uses, DateTimeOffset CreatedAt, string? Code = null, int? MaxUses = null, DateTimeOffset? ExpiresAt = null);

/// <param name="Key">Only in the answer that creates it.</param>
public sealed record ApiKey(
    string Id, string Name, string Role, DateTimeOffset CreatedAt, string? Key = null, DateTimeOffset? ExpiresAt = null, DateTimeOffset? LastUsedAt = null);

/// <param name="Token">Of the setup link.</param>
public sealed record FirstAdmin(string Token, string Name, string Password, string? DisplayName = null, string? Locale = null, string? TimeZone = null);

/// <param name="Password">Needed unless an admin or an admin's API key asks.</param>
public sealed record NewUser(string Name, string? Password, string? DisplayName = null, string? Locale = null, string? TimeZone = null, string? Invite = null);

public sealed record ProfileChange(string? DisplayName = null, string? Locale = null, string? TimeZone = null);

/// <param name="Role">user, moderator or admin.</param>
public sealed record UserChange(string? Role = null, bool? Disabled = null);

internal sealed record SignIn(string Name, string Password, string? DeviceName);

internal sealed record PasswordChange(string CurrentPassword, string NewPassword);

internal sealed record PasswordSet(string NewPassword);

internal sealed record MintToken(string UserId, long? ExpiresInS);

internal sealed record NewInvite(int? MaxUses, DateTimeOffset? ExpiresAt);

internal sealed record NewApiKey(string Name, string Role, DateTimeOffset? ExpiresAt);
