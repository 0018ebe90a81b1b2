using Madang.Accounts.Credentials;
using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Admins hand out invites; each lets a number of people register until it ends.</summary>
internal sealed class Invites(IInviteStore store, Database database, Snowflake ids)
{
    public const int MaxUses = 1_000;
    public static readonly TimeSpan DefaultLife = TimeSpan.FromDays(7);
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(366);

    public async Task<(Invite Invite, Token Code)> CreateAsync(int maxUses, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var code = Token.New("mdi_");
        var invite = await database.WriteAsync(
            tx =>
            {
                var created = new Invite(ids.Next(), maxUses, 0, tx.Now, expiresAt ?? tx.Now + DefaultLife);
                store.Insert(tx, created, code.Digest);
                return created;
            },
            cancellationToken: cancellationToken);
        return (invite, code);
    }

    public async Task<Page<Invite>> ListAsync(PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await store.ListAsync(page.After, page.Fetch, cancellationToken), invite => invite.Id);

    public Task<bool> DeleteAsync(long id, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => store.Delete(tx, id), cancellationToken: cancellationToken);
}
