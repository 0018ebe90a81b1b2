using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Somebody who wants an account, checked.</summary>
/// <param name="Password">Null for people whom a server lets in by minted tokens.</param>
internal sealed record Newcomer(string Name, string? Password, Profile Profile);

/// <summary>Makes accounts.</summary>
internal sealed class SignUp(
    IUserStore users, IInviteStore invites, Database database, PasswordLane passwords, Snowflake ids, AccountsOptions options)
{
    public Registration Registration => options.Registration;

    /// <summary>For admins always; for everybody else as <see cref="AccountsOptions.Registration"/> says.</summary>
    public async Task<Result<User>> RegisterAsync(Caller caller, Newcomer newcomer, string? invite, CancellationToken cancellationToken)
    {
        var needsInvite = false;
        if (!caller.IsAdmin)
        {
            if (options.Registration == Registration.Closed)
            {
                return AccountsErrors.RegistrationClosed;
            }

            needsInvite = options.Registration == Registration.Invite;
            if (needsInvite && string.IsNullOrEmpty(invite))
            {
                return AccountsErrors.InviteRequired;
            }
        }

        var digest = needsInvite ? TokenDigest.Of(invite!) : default;
        if (needsInvite && !await invites.IsOpenAsync(digest, cancellationToken))
        {
            // Looked at before the password is hashed, so that a stranger without an invite costs us nothing.
            return AccountsErrors.InvalidInvite;
        }

        string? hash = null;
        if (newcomer.Password is { } password)
        {
            var hashed = await passwords.HashAsync(password, cancellationToken);
            if (!hashed.IsOk)
            {
                return hashed.Error;
            }

            hash = hashed.Value;
        }

        return await database.WriteAsync<Result<User>>(
            tx =>
            {
                long? open = null;
                if (needsInvite && (open = invites.LockOpen(tx, digest)) is null)
                {
                    return AccountsErrors.InvalidInvite;
                }

                if (Create(tx, newcomer, Role.User, hash) is not { } user)
                {
                    return AccountsErrors.NameTaken;
                }

                if (open is { } used)
                {
                    invites.Use(tx, used);
                }

                return user;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Null, with nothing written, when the name is taken.</summary>
    public User? Create(WriteTx tx, Newcomer newcomer, Role role, string? hash)
    {
        var user = newcomer.Profile.Over(new User
        {
            Id = new UserId(ids.Next()),
            Name = newcomer.Name,
            DisplayName = newcomer.Name,
            Locale = options.Locale,
            TimeZone = options.TimeZone,
            Role = role,
            CreatedAt = tx.Now,
        });
        return users.Insert(tx, user, hash) ? user : null;
    }
}
