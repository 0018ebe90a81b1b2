using System.Buffers.Binary;
using System.Text.Json;
using Madang.Api;
using Madang.Crawler.Previews;
using Madang.Storage;

namespace Madang.Postgres.Crawler;

internal sealed class PostgresPreviewStore(PostgresDatabase database) : IPreviewStore
{
    public async Task<StoredPreview?> FindAsync(UInt128 key, CancellationToken cancellationToken)
    {
        await using var find = database.Source.CreateCommand("SELECT content, failure, expires_at FROM preview WHERE key = $1").With(Bytes(key));
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new StoredPreview(
                key, row.IsDBNull(0) ? null : JsonSerializer.Deserialize<Preview>(row.GetString(0), ApiJson.Options), row.IsDBNull(1) ? null : row.GetString(1), row.GetDateTime(2))
            : null;
    }

    public void Put(WriteTx tx, StoredPreview preview) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO preview (key, content, failure, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (key) DO UPDATE SET content = excluded.content, failure = excluded.failure, expires_at = excluded.expires_at
        """,
        Bytes(preview.Key), preview.Content is null ? null : JsonSerializer.Serialize(preview.Content, ApiJson.Options), preview.Failure, preview.ExpiresAt);

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => PostgresTx.Of(tx).Run(
        """
        DELETE FROM preview WHERE key = ANY(ARRAY(
            SELECT key FROM preview WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """,
        now, (long)limit);

    private static byte[] Bytes(UInt128 key)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return bytes;
    }
}
