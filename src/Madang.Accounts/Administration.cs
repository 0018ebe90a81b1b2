using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>What admins do to accounts, and what people do to their own password.</summary>
internal sealed class Administration(IUserStore users, ISetupStore setup, Sessions sessions, SessionRules rules, Database database)
{
    /// <summary>Changes role or access. One admin always remains; who is disabled is signed out everywhere.</summary>
    public Task<Result<User>> ChangeAsync(UserId id, Role? role, bool? disabled, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<User>>(
            tx =>
            {
                // All admins first: two who demote each other at once must not both succeed. Making the first admin by hand ends setup.
                var admins = users.LockAdmins(tx);
                if (!users.Lock(tx, id).TryGetValue(id, out var user))
                {
                    return ApiErrors.NotFound;
                }

                var changed = user with { Role = role ?? user.Role, Disabled = disabled ?? user.Disabled };
                var staysAdmin = changed is { Role: Role.Admin, Disabled: false };
                if (!staysAdmin && admins.Contains(id) && admins.Count == 1)
                {
                    return AccountsErrors.LastAdmin;
                }

                if (changed == user)
                {
                    return user;
                }

                users.Update(tx, changed);
                tx.Publish(new CallerChanged(id));
                if (changed.Disabled)
                {
                    sessions.EndAll(tx, id);
                }

                if (staysAdmin && setup.LockNeeded(tx))
                {
                    setup.Finish(tx);
                }

                return changed;
            },
            cancellationToken: cancellationToken);

    /// <summary>Sets a password for somebody who lost theirs, and signs them out everywhere.</summary>
    public async Task<Result<Done>> ResetPasswordAsync(UserId id, string password, CancellationToken cancellationToken)
    {
        var hash = await rules.Passwords.HashAsync(password, cancellationToken);
        return hash.IsOk ? await SetPasswordAsync(id, hash.Value, except: null, cancellationToken) : hash.Error;
    }

    /// <summary>Changes the caller's own password; everything else that acts for them ends.</summary>
    public async Task<Result<Done>> ChangePasswordAsync(
        Caller caller, string name, string current, string next, ClientAddress? address, CancellationToken cancellationToken)
    {
        var key = UserName.KeyOf(name);
        if (rules.Throttle.Begin(key, address) is { } refusal)
        {
            return refusal;
        }

        var verified = await rules.Passwords.VerifyAsync(await users.PasswordOfAsync(caller.Person, cancellationToken), current, cancellationToken);
        if (!verified.IsOk)
        {
            return verified.Error;
        }

        if (!verified.Value)
        {
            rules.Throttle.Failed(address);
            return AccountsErrors.WrongPassword;
        }

        rules.Throttle.Succeeded(key);

        var hash = await rules.Passwords.HashAsync(next, cancellationToken);
        return hash.IsOk ? await SetPasswordAsync(caller.Person, hash.Value, caller.Credential, cancellationToken) : hash.Error;
    }

    public Task<Result<Done>> SignOutAsync(UserId id, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Done>>(
            tx => users.Lock(tx, id).ContainsKey(id) ? sessions.EndAll(tx, id) : ApiErrors.NotFound,
            cancellationToken: cancellationToken);

    private Task<Result<Done>> SetPasswordAsync(UserId id, string hash, long? except, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Done>>(
            tx =>
            {
                if (!users.Lock(tx, id).ContainsKey(id))
                {
                    return ApiErrors.NotFound;
                }

                users.SetPassword(tx, id, hash);
                return sessions.EndAll(tx, id, kind: null, except);
            },
            cancellationToken: cancellationToken);
}
