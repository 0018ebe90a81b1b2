using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqlitePeopleListStore(SqliteDatabase database) : IPeopleListStore
{
    private const string Columns =
        "l.id, l.owner_id, l.title, l.exclusive, l.created_at, (SELECT count(*) FROM people_list_member m WHERE m.list_id = l.id)";

    public bool Insert(WriteTx tx, PeopleList list)
    {
        using var insert = SqliteTx.Of(tx).Use(
            "INSERT INTO people_list (id, owner_id, title, exclusive, created_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (owner_id, title) DO NOTHING");
        return insert.Bind(1, list.Id.Value).Bind(2, list.Owner.Value).Bind(3, list.Title).Bind(4, list.Exclusive).Bind(5, list.CreatedAt).Run() == 1;
    }

    public bool Update(WriteTx tx, PeopleList list)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE OR IGNORE people_list SET title = ?2, exclusive = ?3 WHERE id = ?1");
        return update.Bind(1, list.Id.Value).Bind(2, list.Title).Bind(3, list.Exclusive).Run() == 1;
    }

    public void Delete(WriteTx tx, ListId list)
    {
        using var members = SqliteTx.Of(tx).Use("DELETE FROM people_list_member WHERE list_id = ?1");
        members.Bind(1, list.Value).Run();
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM people_list WHERE id = ?1");
        delete.Bind(1, list.Value).Run();
    }

    // The one writer is the lock.
    public PeopleList? Lock(WriteTx tx, ListId list)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM people_list l WHERE l.id = ?1");
        return select.Bind(1, list.Value).Step() ? Read(select) : null;
    }

    public PeopleList? Find(WriteTx tx, UserId owner, string title)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM people_list l WHERE l.owner_id = ?1 AND l.title = ?2");
        return select.Bind(1, owner.Value).Bind(2, title).Step() ? Read(select) : null;
    }

    public int Count(WriteTx tx, UserId owner)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM people_list WHERE owner_id = ?1");
        return (int)(count.Bind(1, owner.Value).Scalar() ?? 0);
    }

    public bool Add(WriteTx tx, ListId list, UserId member)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO people_list_member (list_id, user_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        return insert.Bind(1, list.Value).Bind(2, member.Value).Run() == 1;
    }

    public bool Remove(WriteTx tx, ListId list, UserId member)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM people_list_member WHERE list_id = ?1 AND user_id = ?2");
        return delete.Bind(1, list.Value).Bind(2, member.Value).Run() == 1;
    }

    public IReadOnlyList<UserId> Members(WriteTx tx, ListId list)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT user_id FROM people_list_member WHERE list_id = ?1 ORDER BY user_id");
        return Ids(select.Bind(1, list.Value));
    }

    public Task<PeopleList?> FindAsync(ListId list, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var select = connection.Use($"SELECT {Columns} FROM people_list l WHERE l.id = ?1");
            return select.Bind(1, list.Value).Step() ? Read(select) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<PeopleList>> OfAsync(UserId owner, long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PeopleList>>(
            connection =>
            {
                using var select = connection.Use($"SELECT {Columns} FROM people_list l WHERE l.owner_id = ?1 AND l.id > ?2 ORDER BY l.id LIMIT ?3");
                _ = select.Bind(1, owner.Value).Bind(2, after ?? 0).Bind(3, limit);
                var lists = new List<PeopleList>();
                while (select.Step())
                {
                    lists.Add(Read(select));
                }

                return lists;
            },
            cancellationToken);

    public Task<IReadOnlyList<UserId>> MembersAsync(ListId list, long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UserId>>(
            connection =>
            {
                using var select = connection.Use("SELECT user_id FROM people_list_member WHERE list_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3");
                return Ids(select.Bind(1, list.Value).Bind(2, after ?? 0).Bind(3, limit));
            },
            cancellationToken);

    private static PeopleList Read(Statement row) => new(
        new(row.Int64(0)), new(row.Int64(1)), row.Text(2), row.Bool(3), row.Int32(5), row.Time(4));

    private static List<UserId> Ids(Statement select)
    {
        var ids = new List<UserId>();
        while (select.Step())
        {
            ids.Add(new(select.Int64(0)));
        }

        return ids;
    }
}
