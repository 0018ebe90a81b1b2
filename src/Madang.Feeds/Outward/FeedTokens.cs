using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Outward;

/// <summary>
/// Addresses under which feed readers, which cannot sign in, read somebody's own home feed: four characters that say what it is and 32 random bytes. The token is shown once; the database
/// holds its SHA-256, which with 256 random bits needs no salt. It opens nothing else.
/// </summary>
internal sealed class FeedTokens(IFeedTokenStore store, Database database)
{
    private const string Prefix = "mdf_";
    private const int RandomBytes = 32;
    private const int Length = 4 + 43;

    /// <summary>A new one; the one before opens nothing any more.</summary>
    public async Task<(string Token, DateTimeOffset CreatedAt)> RenewAsync(UserId owner, CancellationToken cancellationToken)
    {
        var token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        var at = await database.WriteAsync(
            tx =>
            {
                store.Put(tx, owner, HashOf(token));
                return tx.Now;
            },
            cancellationToken: cancellationToken);
        return (token, at);
    }

    public Task<DateTimeOffset?> FindAsync(UserId owner, CancellationToken cancellationToken) => store.FindAsync(owner, cancellationToken);

    /// <summary>None to delete is fine.</summary>
    public Task DeleteAsync(UserId owner, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            store.Delete(tx, owner);
            return Done.Value;
        },
        cancellationToken: cancellationToken);

    public async Task<UserId?> OwnerAsync(string token, CancellationToken cancellationToken) =>
        token.Length == Length && token.StartsWith(Prefix, StringComparison.Ordinal) ? await store.OwnerAsync(HashOf(token), cancellationToken) : null;

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
