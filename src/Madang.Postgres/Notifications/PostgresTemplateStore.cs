using Madang.Notifications;
using Madang.Notifications.Templates;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresTemplateStore(PostgresDatabase database) : ITemplateStore
{
    private const string Columns = "name, version, body, created_by, created_at";

    public bool IsShared => true;

    public int Lock(WriteTx tx, string name)
    {
        // The row of a new name is there from now on, so that two who write it first wait for each other.
        PostgresTx.Of(tx).Run("INSERT INTO template (name, last_version, deleted) VALUES ($1, 0, true) ON CONFLICT (name) DO NOTHING", name);
        using var select = PostgresTx.Of(tx).Use("SELECT last_version FROM template WHERE name = $1 FOR UPDATE", name);
        return (int)select.ExecuteScalar()!;
    }

    public void Put(WriteTx tx, Template template)
    {
        PostgresTx.Of(tx).Run(
            $"INSERT INTO template_version ({Columns}) VALUES ($1, $2, $3, $4, $5)",
            template.Name, template.Version, TemplateJson.Write(template.Body), template.CreatedBy, template.CreatedAt);
        PostgresTx.Of(tx).Run("UPDATE template SET last_version = $2, deleted = false WHERE name = $1", template.Name, template.Version);
    }

    public bool Delete(WriteTx tx, string name) => PostgresTx.Of(tx).Run("UPDATE template SET deleted = true WHERE name = $1 AND NOT deleted", name) == 1;

    public int Count(WriteTx tx)
    {
        using var count = PostgresTx.Of(tx).Use("SELECT count(*)::int FROM template WHERE NOT deleted");
        return (int)count.ExecuteScalar()!;
    }

    public async Task<IReadOnlyList<TemplateRef>> CurrentAsync(CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT name, last_version FROM template WHERE NOT deleted ORDER BY name");
        return await select.ReadAllAsync(row => new TemplateRef(row.GetString(0), row.GetInt32(1)), cancellationToken);
    }

    public async Task<IReadOnlyList<Template>> FindAsync(IReadOnlyCollection<TemplateRef> refs, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"SELECT {Columns} FROM template_version WHERE (name, version) IN (SELECT * FROM unnest($1::text[], $2::int[]))");
        select.With(refs.Select(one => one.Name).ToArray(), refs.Select(one => one.Version).ToArray());
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlyList<Template>> VersionsAsync(string name, int before, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM template_version WHERE name = $1 AND version < $2 ORDER BY version DESC LIMIT $3");
        select.With(name, before, limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    private static Template Read(NpgsqlDataReader row) => new()
    {
        Name = row.GetString(0),
        Version = row.GetInt32(1),
        Body = TemplateJson.Read(row.GetString(2)),
        CreatedBy = row.GetInt64(3),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(4),
    };
}
