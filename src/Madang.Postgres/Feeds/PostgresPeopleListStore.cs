using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresPeopleListStore(PostgresDatabase database) : IPeopleListStore
{
    private const string Columns =
        "l.id, l.owner_id, l.title, l.exclusive, l.created_at, (SELECT count(*) FROM people_list_member m WHERE m.list_id = l.id)";

    public bool Insert(WriteTx tx, PeopleList list) => PostgresTx.Of(tx).Run(
        "INSERT INTO people_list (id, owner_id, title, exclusive, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner_id, title) DO NOTHING",
        list.Id.Value, list.Owner.Value, list.Title, list.Exclusive, list.CreatedAt) == 1;

    // A title that comes up in the same moment fails by the index, and the write runs again by itself or fails as a whole.
    public bool Update(WriteTx tx, PeopleList list) => PostgresTx.Of(tx).Run(
        """
        UPDATE people_list SET title = $2, exclusive = $3
        WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM people_list o WHERE o.owner_id = $4 AND o.title = $2 AND o.id <> $1)
        """,
        list.Id.Value, list.Title, list.Exclusive, list.Owner.Value) == 1;

    public void Delete(WriteTx tx, ListId list)
    {
        PostgresTx.Of(tx).Run("DELETE FROM people_list_member WHERE list_id = $1", list.Value);
        PostgresTx.Of(tx).Run("DELETE FROM people_list WHERE id = $1", list.Value);
    }

    public PeopleList? Lock(WriteTx tx, ListId list)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM people_list l WHERE l.id = $1 FOR UPDATE OF l", list.Value);
        return select.ReadAll(Read) is [var one] ? one : null;
    }

    public PeopleList? Find(WriteTx tx, UserId owner, string title)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM people_list l WHERE l.owner_id = $1 AND l.title = $2", owner.Value, title);
        return select.ReadAll(Read) is [var one] ? one : null;
    }

    public int Count(WriteTx tx, UserId owner)
    {
        using var count = PostgresTx.Of(tx).Use("SELECT count(*) FROM people_list WHERE owner_id = $1", owner.Value);
        return (int)(long)count.ExecuteScalar()!;
    }

    public bool Add(WriteTx tx, ListId list, UserId member) => PostgresTx.Of(tx).Run(
        "INSERT INTO people_list_member (list_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", list.Value, member.Value) == 1;

    public bool Remove(WriteTx tx, ListId list, UserId member) => PostgresTx.Of(tx).Run(
        "DELETE FROM people_list_member WHERE list_id = $1 AND user_id = $2", list.Value, member.Value) == 1;

    public IReadOnlyList<UserId> Members(WriteTx tx, ListId list)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT user_id FROM people_list_member WHERE list_id = $1 ORDER BY user_id", list.Value);
        return select.ReadAll(Rows.UserId);
    }

    public async Task<PeopleList?> FindAsync(ListId list, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM people_list l WHERE l.id = $1").With(list.Value);
        return await select.ReadAllAsync(Read, cancellationToken) is [var one] ? one : null;
    }

    public async Task<IReadOnlyList<PeopleList>> OfAsync(UserId owner, long? after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"SELECT {Columns} FROM people_list l WHERE l.owner_id = $1 AND l.id > $2 ORDER BY l.id LIMIT $3").With(owner.Value, after ?? 0, (long)limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlyList<UserId>> MembersAsync(ListId list, long? after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            "SELECT user_id FROM people_list_member WHERE list_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3").With(list.Value, after ?? 0, (long)limit);
        return await select.ReadAllAsync(Rows.UserId, cancellationToken);
    }

    private static PeopleList Read(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetString(2), row.GetBoolean(3), (int)row.GetInt64(5), row.GetDateTime(4));
}
