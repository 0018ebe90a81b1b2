using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Signs people in and out, and tells who stands behind a token. A session is a device.</summary>
public sealed class Sessions
{
    /// <summary>The cookie of a browser that signed in with <c>cookie: true</c>.</summary>
    public const string CookieName = "madang_session";

    /// <summary>A session is marked as seen, and its end moved, at most this often.</summary>
    internal static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(5);

    internal const int MaxDeviceName = 64;

    private readonly SessionRules _rules;
    private readonly IUserStore _users;
    private readonly ICredentialStore _store;
    private readonly Database _database;
    private readonly SeenSessions _seen;
    private readonly CallerCache _cache;

    internal Sessions(SessionRules rules, IUserStore users, ICredentialStore store, Database database, SeenSessions seen, Lazy<IReadOnlyList<IAccountEvents>> events)
    {
        (_rules, _users, _store, _database, _seen) = (rules, users, store, database, seen);
        _cache = new CallerCache(rules.Time, store.Life);
        database.OnCommit<CredentialsEnded>(ended =>
        {
            _cache.Forget(ended.Ids);
            foreach (var listener in events.Value)
            {
                listener.CredentialsEnded(ended.Ids);
            }
        });
        database.OnCommit<CallerChanged>(changed => _cache.Forget(changed.User));
    }

    /// <summary>Who this token stands for; null when it is none of ours, has expired or was ended. Cheap: answers from memory when it was asked not long ago.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(string? token, CancellationToken cancellationToken)
    {
        if (!Token.LooksRight(token))
        {
            return null;
        }

        var digest = TokenDigest.Of(token!);
        var credential = _cache.Find(digest);
        if (credential is null)
        {
            var mark = _cache.Mark;
            credential = await _store.FindAsync(digest, cancellationToken);
            if (credential is null)
            {
                return null;
            }

            _cache.Keep(digest, credential, mark);
        }

        var now = _rules.Time.GetUtcNow();
        if (credential.ExpiresAt <= now)
        {
            return null;
        }

        // A key that was never used tells its first use at once: an admin looks whether it arrived.
        if (now - credential.LastSeenAt >= (credential.Kind == CredentialKind.ApiKey && credential.LastSeenAt == credential.CreatedAt ? TimeSpan.Zero : SeenEvery))
        {
            var seen = credential with { LastSeenAt = now, ExpiresAt = credential.Kind == CredentialKind.Session ? now + _rules.Life : credential.ExpiresAt };
            if (_seen.Offer(new(seen.Id, now, seen.ExpiresAt)))
            {
                _cache.Replace(digest, credential, seen);
                credential = seen;
            }
        }

        return credential.ToCaller();
    }

    /// <summary>
    /// Those of <paramref name="credentials"/> that no longer let anybody in, in one read. For connections that stay open: another node may have ended
    /// what they came with.
    /// </summary>
    public async Task<IReadOnlyCollection<long>> EndedAsync(IReadOnlyCollection<long> credentials, CancellationToken cancellationToken)
    {
        var standing = await _store.StandingAsync(credentials, _rules.Time.GetUtcNow(), cancellationToken);
        return [.. credentials.Where(id => !standing.Contains(id))];
    }

    /// <summary>Checks name and password. Unknown names take the same time and get the same answer as wrong passwords.</summary>
    /// <param name="address">Whose failures are counted, besides the account's.</param>
    internal async Task<Result<OpenSession>> SignInAsync(string name, string password, string? device, ClientAddress? address, CancellationToken cancellationToken)
    {
        var opened = await CheckAndOpenAsync(name, password, device, address, cancellationToken);
        _rules.Meter.SignIn(opened.Error?.Code ?? "ok");
        return opened;
    }

    private async Task<Result<OpenSession>> CheckAndOpenAsync(string name, string password, string? device, ClientAddress? address, CancellationToken cancellationToken)
    {
        var key = UserName.KeyOf(name);
        if (_rules.Throttle.Begin(key, address) is { } refusal)
        {
            return refusal;
        }

        var found = await _users.FindByNameAsync(key, cancellationToken);
        var verified = await _rules.Passwords.VerifyAsync(found?.PasswordHash, password, cancellationToken);
        if (!verified.IsOk)
        {
            return verified.Error;
        }

        if (!verified.Value || found is not { PasswordHash: { } hash, User: var user })
        {
            _rules.Throttle.Failed(address);
            return AccountsErrors.InvalidCredentials;
        }

        _rules.Throttle.Succeeded(key);
        if (user.Disabled)
        {
            return AccountsErrors.AccountDisabled;
        }

        // The rounds grow with the years; the password is at hand only now.
        var rehashed = _rules.Passwords.IsOutdated(hash) ? await _rules.Passwords.HashAsync(password, cancellationToken) : default(Result<string>?);
        return await _database.WriteAsync<Result<OpenSession>>(
            tx =>
            {
                if (_users.Lock(tx, user.Id).GetValueOrDefault(user.Id) is not { Disabled: false } current)
                {
                    return AccountsErrors.AccountDisabled;
                }

                if (rehashed is { IsOk: true, Value: var stronger })
                {
                    _users.ReplacePassword(tx, user.Id, hash, stronger);
                }

                return Open(tx, current, device);
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Opens a session for somebody whose right to it is proven.</summary>
    internal OpenSession Open(WriteTx tx, User user, string? device)
    {
        var token = Token.New(CredentialKind.Session);
        var session = new Credential(_rules.Ids.Next(), CredentialKind.Session, user.Id, user.Role, device, tx.Now, tx.Now, tx.Now + _rules.Life);
        _store.Insert(tx, session, token.Digest);
        return new(token, session.ExpiresAt!.Value, user);
    }

    internal async Task<Page<Credential>> ListAsync(UserId user, PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await _store.SessionsAsync(user, _rules.Time.GetUtcNow(), page.After, page.Fetch, cancellationToken), session => session.Id);

    /// <summary>Ends one credential of a person; whether it was there.</summary>
    internal Task<bool> EndAsync(UserId user, long id, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            tx =>
            {
                var ended = _store.End(tx, id, user);
                if (ended)
                {
                    tx.Publish(new CredentialsEnded([id]));
                }

                return ended;
            },
            cancellationToken: cancellationToken);

    /// <summary>Ends all sessions of a person but one.</summary>
    internal Task EndOthersAsync(UserId user, long current, CancellationToken cancellationToken) =>
        _database.WriteAsync(tx => EndAll(tx, user, CredentialKind.Session, current), cancellationToken: cancellationToken);

    internal Done EndAll(WriteTx tx, UserId user, CredentialKind? kind = null, long? except = null)
    {
        var ended = _store.EndAll(tx, user, kind, except);
        if (ended.Count > 0)
        {
            tx.Publish(new CredentialsEnded(ended));
        }

        return Done.Value;
    }
}

/// <summary>What a sign-in answers with; the token is told this once.</summary>
internal sealed record OpenSession(Token Token, DateTimeOffset ExpiresAt, User User);

/// <summary>What signing in goes by.</summary>
internal sealed record SessionRules(TimeProvider Time, TimeSpan Life, Snowflake Ids, PasswordLane Passwords, SignInThrottle Throttle, AccountsMeter Meter);
