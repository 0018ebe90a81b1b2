using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>What admins and moderators do to accounts, and what people do to their own password.</summary>
public sealed class Administration
{
    private readonly IUserStore _users;
    private readonly ISetupStore _setup;
    private readonly Sessions _sessions;
    private readonly SessionRules _rules;
    private readonly Database _database;

    internal Administration(IUserStore users, ISetupStore setup, Sessions sessions, SessionRules rules, Database database) =>
        (_users, _setup, _sessions, _rules, _database) = (users, setup, sessions, rules, database);

    /// <summary>
    /// Disables an account or opens it again, in the transaction of whoever decides so. Moderators do so to people without a role, admins to everybody; one
    /// admin always remains. Refuses <c>not_found</c>, <c>forbidden</c>, <c>last_admin</c>, before anything is written.
    /// </summary>
    public Result<User> Suspend(WriteTx tx, Caller by, UserId id, bool suspended) => Change(tx, id, role: null, suspended, most: by.Role == Role.Admin ? Role.Admin : Role.User);

    /// <summary>Changes role or access. One admin always remains; who is disabled is signed out everywhere.</summary>
    internal Task<Result<User>> ChangeAsync(UserId id, Role? role, bool? disabled, CancellationToken cancellationToken) =>
        _database.WriteAsync(tx => Change(tx, id, role, disabled, Role.Admin), cancellationToken: cancellationToken);

    private Result<User> Change(WriteTx tx, UserId id, Role? role, bool? disabled, Role most)
    {
        // All admins first: two who demote each other at once must not both succeed. Making the first admin by hand ends setup.
        var admins = _users.LockAdmins(tx);
        if (!_users.Lock(tx, id).TryGetValue(id, out var user))
        {
            return ApiErrors.NotFound;
        }

        if (user.Role > most)
        {
            return ApiErrors.Forbidden;
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

        _users.Update(tx, changed);
        tx.Publish(new CallerChanged(id));
        if (changed.Disabled)
        {
            _sessions.EndAll(tx, id);
        }

        if (staysAdmin && _setup.LockNeeded(tx))
        {
            _setup.Finish(tx);
        }

        return changed;
    }

    /// <summary>Sets a password for somebody who lost theirs, and signs them out everywhere.</summary>
    internal async Task<Result<Done>> ResetPasswordAsync(UserId id, string password, CancellationToken cancellationToken)
    {
        var hash = await _rules.Passwords.HashAsync(password, cancellationToken);
        return hash.IsOk ? await SetPasswordAsync(id, hash.Value, except: null, cancellationToken) : hash.Error;
    }

    /// <summary>Changes the caller's own password; everything else that acts for them ends.</summary>
    internal async Task<Result<Done>> ChangePasswordAsync(
        Caller caller, string name, string current, string next, ClientAddress? address, CancellationToken cancellationToken)
    {
        var key = UserName.KeyOf(name);
        if (_rules.Throttle.Begin(key, address) is { } refusal)
        {
            return refusal;
        }

        var verified = await _rules.Passwords.VerifyAsync(await _users.PasswordOfAsync(caller.Person, cancellationToken), current, cancellationToken);
        if (!verified.IsOk)
        {
            return verified.Error;
        }

        if (!verified.Value)
        {
            _rules.Throttle.Failed(address);
            return AccountsErrors.WrongPassword;
        }

        _rules.Throttle.Succeeded(key);

        var hash = await _rules.Passwords.HashAsync(next, cancellationToken);
        return hash.IsOk ? await SetPasswordAsync(caller.Person, hash.Value, caller.Credential, cancellationToken) : hash.Error;
    }

    internal Task<Result<Done>> SignOutAsync(UserId id, CancellationToken cancellationToken) =>
        _database.WriteAsync<Result<Done>>(
            tx => _users.Lock(tx, id).ContainsKey(id) ? _sessions.EndAll(tx, id) : ApiErrors.NotFound,
            cancellationToken: cancellationToken);

    private Task<Result<Done>> SetPasswordAsync(UserId id, string hash, long? except, CancellationToken cancellationToken) =>
        _database.WriteAsync<Result<Done>>(
            tx =>
            {
                if (!_users.Lock(tx, id).ContainsKey(id))
                {
                    return ApiErrors.NotFound;
                }

                _users.SetPassword(tx, id, hash);
                return _sessions.EndAll(tx, id, kind: null, except);
            },
            cancellationToken: cancellationToken);
}
