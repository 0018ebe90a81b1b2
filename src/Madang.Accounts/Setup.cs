using System.Security.Cryptography;
using System.Text;
using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>A link's token as the first start prints it. The database holds its digest only.</summary>
public sealed record SetupLink(string Token, DateTimeOffset ExpiresAt);

/// <summary>Makes the first admin, once, for whoever holds the token that the server printed or was given.</summary>
public sealed class Setup
{
    /// <summary>How long a printed link may be used; a restart prints the next.</summary>
    public static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(30);

    private readonly ISetupStore _store;
    private readonly SignUp _signUp;
    private readonly Sessions _sessions;
    private readonly SessionRules _rules;
    private readonly Database _database;
    private readonly byte[]? _preset;

    internal Setup(ISetupStore store, SignUp signUp, Sessions sessions, SessionRules rules, Database database, string? preset)
    {
        (_store, _signUp, _sessions, _rules, _database) = (store, signUp, sessions, rules, database);
        _preset = string.IsNullOrEmpty(preset) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(preset));
    }

    /// <summary>Whether the first admin is still missing.</summary>
    public Task<bool> NeededAsync(CancellationToken cancellationToken) => _store.NeededAsync(cancellationToken);

    /// <summary>A fresh link for the start-up log; null when setup is over or its token is preset.</summary>
    public async Task<SetupLink?> IssueLinkAsync(CancellationToken cancellationToken)
    {
        if (_preset is not null)
        {
            return null;
        }

        var token = Token.New("mst_");
        return await _database.WriteAsync(
            tx =>
            {
                if (!_store.LockNeeded(tx))
                {
                    return null;
                }

                var link = new SetupLink(token.Text, tx.Now + LinkLife);
                _store.AddLink(tx, token.Digest, link.ExpiresAt);
                return link;
            },
            cancellationToken: cancellationToken);
    }

    internal async Task<Result<OpenSession>> CompleteAsync(
        string token, Newcomer newcomer, string? device, ClientAddress? address, CancellationToken cancellationToken)
    {
        if (!await _store.NeededAsync(cancellationToken))
        {
            return AccountsErrors.SetupDone;
        }

        // A preset token may be short enough to be worth guessing.
        if (_rules.Throttle.Begin(null, address) is { } refusal)
        {
            return refusal;
        }

        if (!await IsValidAsync(token, cancellationToken))
        {
            // The winner takes all links away: who comes a moment later is too late, not wrong.
            if (!await _store.NeededAsync(cancellationToken))
            {
                return AccountsErrors.SetupDone;
            }

            _rules.Throttle.Failed(address);
            return AccountsErrors.InvalidSetupToken;
        }

        var hash = await _rules.Passwords.HashAsync(newcomer.Password!, cancellationToken);
        if (!hash.IsOk)
        {
            return hash.Error;
        }

        return await _database.WriteAsync<Result<OpenSession>>(
            tx =>
            {
                if (!_store.LockNeeded(tx))
                {
                    return AccountsErrors.SetupDone;
                }

                if (_signUp.Create(tx, newcomer, Role.Admin, hash.Value) is not { } admin)
                {
                    return AccountsErrors.NameTaken;
                }

                _store.Finish(tx);
                return _sessions.Open(tx, admin, device);
            },
            cancellationToken: cancellationToken);
    }

    private async Task<bool> IsValidAsync(string token, CancellationToken cancellationToken)
    {
        if (_preset is not null)
        {
            return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), _preset);
        }

        // A look-up by digest: how long it takes tells nothing about the token.
        return await _store.LinkExpiryAsync(TokenDigest.Of(token), cancellationToken) is { } expiry && expiry > _rules.Time.GetUtcNow();
    }
}
