using Madang.Api;

namespace Madang.Accounts;

/// <summary>The refusals of accounts, sessions and relations.</summary>
public static class AccountsErrors
{
    public static readonly Error SetupDone = new("setup_done", 409, "This community has its first admin; setup is over.");
    public static readonly Error InvalidSetupToken = new("invalid_setup_token", 403, "This setup link is wrong or too old; a restart of the server prints a new one.");
    public static readonly Error RegistrationClosed = new("registration_closed", 403, "Only an admin makes accounts here.");
    public static readonly Error InviteRequired = new("invite_required", 403, "Registration needs an invite.");
    public static readonly Error InvalidInvite = new("invalid_invite", 403, "This invite is unknown, used up or expired.");
    public static readonly Error NameTaken = new("name_taken", 409, "Somebody has this name already.");
    public static readonly Error InvalidCredentials = new("invalid_credentials", 401, "Name and password do not belong together.");
    public static readonly Error WrongPassword = new("wrong_password", 403, "The current password is another one.");
    public static readonly Error AccountDisabled = new("account_disabled", 403, "An admin has disabled this account.");
    public static readonly Error SelfRelation = new("self_relation", 422, "Nobody can be their own friend, or follow, mute or block themselves.");
    public static readonly Error Blocked = new("blocked", 403, "One of the two has blocked the other.");
    public static readonly Error TooManyRelations = new("too_many_relations", 409, "You have as many relations of this kind as there may be.");
    public static readonly Error LastAdmin = new("last_admin", 409, "This is the last admin; make another one first.");

    public static IReadOnlyList<Error> All { get; } =
    [
        SetupDone, InvalidSetupToken, RegistrationClosed, InviteRequired, InvalidInvite, NameTaken, InvalidCredentials, WrongPassword, AccountDisabled,
        SelfRelation, Blocked, TooManyRelations, LastAdmin,
    ];
}
