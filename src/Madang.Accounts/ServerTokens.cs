using Madang.Accounts.Credentials;
using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>What servers use: API keys, which act as themselves, and user tokens, which they mint for people.</summary>
internal sealed class ServerTokens(ICredentialStore store, IUserStore users, Database database, Snowflake ids)
{
    public static readonly TimeSpan MinLife = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan DefaultLife = TimeSpan.FromHours(1);
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(30);
    public const int MaxKeyName = 64;

    public Task<Result<OpenSession>> MintAsync(UserId user, TimeSpan life, CancellationToken cancellationToken)
    {
        var token = Token.New(CredentialKind.UserToken);
        return database.WriteAsync<Result<OpenSession>>(
            tx =>
            {
                if (!users.Lock(tx, user).TryGetValue(user, out var person))
                {
                    return ApiErrors.NotFound;
                }

                if (person.Disabled)
                {
                    return AccountsErrors.AccountDisabled;
                }

                var credential = new Credential(ids.Next(), CredentialKind.UserToken, user, person.Role, null, tx.Now, tx.Now, tx.Now + life);
                store.Insert(tx, credential, token.Digest);
                return new OpenSession(token, tx.Now + life, person);
            },
            cancellationToken: cancellationToken);
    }

    public async Task<(Credential Key, Token Token)> CreateKeyAsync(string name, Role role, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var token = Token.New(CredentialKind.ApiKey);
        var key = await database.WriteAsync(
            tx =>
            {
                var created = new Credential(ids.Next(), CredentialKind.ApiKey, null, role, name, tx.Now, tx.Now, expiresAt);
                store.Insert(tx, created, token.Digest);
                return created;
            },
            cancellationToken: cancellationToken);
        return (key, token);
    }

    public async Task<Page<Credential>> KeysAsync(PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await store.ApiKeysAsync(page.After, page.Fetch, cancellationToken), key => key.Id);

    public Task<bool> EndKeyAsync(long id, CancellationToken cancellationToken) =>
        database.WriteAsync(
            tx =>
            {
                var ended = store.End(tx, id, owner: null);
                if (ended)
                {
                    tx.Publish(new CredentialsEnded([id]));
                }

                return ended;
            },
            cancellationToken: cancellationToken);
}
