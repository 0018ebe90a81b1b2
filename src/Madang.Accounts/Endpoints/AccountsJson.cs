using Madang.Accounts.Credentials;
using Madang.Api;

namespace Madang.Accounts.Endpoints;

/// <param name="Disabled">Said to moderators, and only when it is so.</param>
internal sealed record UserJson(
    UserId Id, string Name, string DisplayName, string Locale, string TimeZone, Role Role, DateTimeOffset CreatedAt, bool? Disabled)
{
    public static UserJson Of(User user, Caller viewer) => new(
        user.Id, user.Name, user.DisplayName, user.Locale, user.TimeZone, user.Role, user.CreatedAt, user.Disabled && Users.Sees(viewer) ? true : null);
}

/// <param name="Token">Left out when it went into the cookie.</param>
internal sealed record SessionJson(string? Token, DateTimeOffset ExpiresAt, UserJson User)
{
    public static SessionJson Of(OpenSession session, bool withToken = true) =>
        new(withToken ? session.Token.Text : null, session.ExpiresAt, UserJson.Of(session.User, Caller.Anonymous));
}

/// <summary>A signed-in session of the caller.</summary>
internal sealed record DeviceJson(string Id, string? Name, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset? ExpiresAt, bool Current)
{
    public static DeviceJson Of(Credential session, Caller caller) => new(
        Madang.Api.Id.Text(session.Id), session.Name, session.CreatedAt, session.LastSeenAt, session.ExpiresAt, session.Id == caller.Credential);
}

/// <param name="State">Of friends only.</param>
/// <param name="Shares">Of follows only: whether what they share is wanted too.</param>
/// <param name="ExpiresAt">Of a mute that ends.</param>
internal sealed record RelationJson(UserJson User, RelationKind Kind, FriendState? State, bool? Shares, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static RelationJson Of(Relation relation, User target, Caller viewer) => new(
        UserJson.Of(target, viewer), relation.Kind, relation.Kind == RelationKind.Friend ? relation.State : null,
        relation.Kind == RelationKind.Follow ? relation.Shares : null, relation.CreatedAt, relation.EndsAt);
}

/// <param name="Key">Told once, when it is made.</param>
internal sealed record ApiKeyJson(string Id, string Name, Role Role, string? Key, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
{
    public static ApiKeyJson Of(Credential key, Token? token = null) => new(
        Madang.Api.Id.Text(key.Id), key.Name!, key.Role, token?.Text, key.CreatedAt, key.ExpiresAt, key.LastSeenAt > key.CreatedAt ? key.LastSeenAt : null);
}

/// <param name="Code">Told once, when it is made.</param>
internal sealed record InviteJson(string Id, string? Code, int MaxUses, int Uses, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static InviteJson Of(Invite invite, Token? code = null) =>
        new(Madang.Api.Id.Text(invite.Id), code?.Text, invite.MaxUses, invite.Uses, invite.CreatedAt, invite.ExpiresAt);
}
