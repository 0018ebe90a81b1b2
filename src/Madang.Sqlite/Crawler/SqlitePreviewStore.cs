using System.Buffers.Binary;
using System.Text.Json;
using Madang.Api;
using Madang.Crawler.Previews;
using Madang.Storage;

namespace Madang.Sqlite.Crawler;

internal sealed class SqlitePreviewStore(SqliteDatabase database) : IPreviewStore
{
    public Task<StoredPreview?> FindAsync(UInt128 key, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var find = connection.Use("SELECT content, failure, expires_at FROM preview WHERE key = ?1");
            return find.Bind(1, Bytes(key)).Step()
                ? new StoredPreview(key, find.IsNull(0) ? null : JsonSerializer.Deserialize<Preview>(find.Bytes(0), ApiJson.Options), find.TextOrNull(1), find.Time(2))
                : null;
        },
        cancellationToken);

    public void Put(WriteTx tx, StoredPreview preview)
    {
        using var put = SqliteTx.Of(tx).Use("INSERT OR REPLACE INTO preview (key, content, failure, expires_at) VALUES (?1, ?2, ?3, ?4)");
        _ = put.Bind(1, Bytes(preview.Key)).Bind(2, preview.Content is null ? null : JsonSerializer.Serialize(preview.Content, ApiJson.Options)).Bind(3, preview.Failure)
            .Bind(4, preview.ExpiresAt).Run();
    }

    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM preview WHERE key IN (SELECT key FROM preview WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)");
        return delete.Bind(1, now).Bind(2, limit).Run();
    }

    private static byte[] Bytes(UInt128 key)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return bytes;
    }
}
