using Madang.Notifications;
using Madang.Notifications.Templates;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteTemplateStore(SqliteDatabase database) : ITemplateStore
{
    private const string Columns = "name, version, body, created_by, created_at";

    public bool IsShared => false;

    public int Lock(WriteTx tx, string name)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT last_version FROM template WHERE name = ?1");
        return (int)(select.Bind(1, name).Scalar() ?? 0);
    }

    public void Put(WriteTx tx, Template template)
    {
        using var insert = SqliteTx.Of(tx).Use($"INSERT INTO template_version ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5)");
        insert.Bind(1, template.Name).Bind(2, template.Version).Bind(3, TemplateJson.Write(template.Body)).Bind(4, template.CreatedBy).Bind(5, template.CreatedAt).Run();
        using var head = SqliteTx.Of(tx).Use("INSERT OR REPLACE INTO template (name, last_version, deleted) VALUES (?1, ?2, 0)");
        head.Bind(1, template.Name).Bind(2, template.Version).Run();
    }

    public bool Delete(WriteTx tx, string name)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE template SET deleted = 1 WHERE name = ?1 AND deleted = 0");
        return update.Bind(1, name).Run() == 1;
    }

    public int Count(WriteTx tx)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM template WHERE deleted = 0");
        return (int)count.Scalar()!.Value;
    }

    public Task<IReadOnlyList<TemplateRef>> CurrentAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<TemplateRef>>(
        connection =>
        {
            using var select = connection.Use("SELECT name, last_version FROM template WHERE deleted = 0 ORDER BY name");
            var current = new List<TemplateRef>();
            while (select.Step())
            {
                current.Add(new(select.Text(0), select.Int32(1)));
            }

            return current;
        },
        cancellationToken);

    public Task<IReadOnlyList<Template>> FindAsync(IReadOnlyCollection<TemplateRef> refs, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<Template>>(
        connection =>
        {
            using var select = connection.Use($"SELECT {Columns} FROM template_version WHERE name = ?1 AND version = ?2");
            var found = new List<Template>();
            foreach (var one in refs)
            {
                if (select.Bind(1, one.Name).Bind(2, one.Version).Step())
                {
                    found.Add(Read(select));
                }

                select.Reset();
            }

            return found;
        },
        cancellationToken);

    public Task<IReadOnlyList<Template>> VersionsAsync(string name, int before, int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<Template>>(
        connection =>
        {
            using var select = connection.Use($"SELECT {Columns} FROM template_version WHERE name = ?1 AND version < ?2 ORDER BY version DESC LIMIT ?3");
            select.Bind(1, name).Bind(2, before).Bind(3, limit);
            var versions = new List<Template>();
            while (select.Step())
            {
                versions.Add(Read(select));
            }

            return versions;
        },
        cancellationToken);

    private static Template Read(Statement row) => new()
    {
        Name = row.Text(0),
        Version = row.Int32(1),
        Body = TemplateJson.Read(row.Bytes(2)),
        CreatedBy = row.Int64(3),
        CreatedAt = row.Time(4),
    };
}
