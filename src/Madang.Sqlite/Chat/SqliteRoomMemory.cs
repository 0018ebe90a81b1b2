using Madang.Api;
using Madang.Chat;

namespace Madang.Sqlite.Chat;

/// <summary>
/// What the writer remembers of rooms between batches: who is in them and their heads. Only the writer's thread touches it. Nobody else writes these
/// rows (one process owns the folder), every store that changes them forgets the room, and a rollback forgets all.
/// </summary>
internal sealed class SqliteRoomMemory
{
    /// <summary>Bounds the memory (about 40 bytes a place, people and rooms); beyond it everything is dropped, which costs two look-ups a room.</summary>
    private const int MaxPlaces = 1_000_000;

    private readonly Dictionary<long, RememberedRoom> _rooms = [];
    private int _places;

    /// <summary>The room, read from the database if it is not in memory; null if there is none.</summary>
    public RememberedRoom? Find(SqliteTx tx, RoomId id)
    {
        if (_rooms.TryGetValue(id.Value, out var known))
        {
            return known;
        }

        if (Load(tx, id) is not { } room)
        {
            return null;
        }

        if (_places > MaxPlaces)
        {
            ForgetAll();
        }

        _places += room.Users.Length + 1;
        return _rooms[id.Value] = room;
    }

    public void Forget(RoomId id)
    {
        if (_rooms.Remove(id.Value, out var room))
        {
            _places -= room.Users.Length + 1;
        }
    }

    public void ForgetAll()
    {
        _rooms.Clear();
        _places = 0;
    }

    private static RememberedRoom? Load(SqliteTx tx, RoomId id)
    {
        using var room = tx.Use("SELECT kind, head_seq FROM room WHERE id = ?1").Bind(1, id.Value);
        if (!room.Step())
        {
            return null;
        }

        var users = new List<UserId>();
        using var members = tx.Use("SELECT user_id FROM member WHERE room_id = ?1 ORDER BY user_id").Bind(1, id.Value);
        while (members.Step())
        {
            users.Add(new(members.Int64(0)));
        }

        return new(id, (RoomKind)room.Int32(0), [.. users]) { HeadSeq = room.Int64(1) };
    }
}

/// <param name="users">Ascending; never changed, so that entries may share it.</param>
internal sealed class RememberedRoom(RoomId id, RoomKind kind, UserId[] users)
{
    public RoomId Id => id;

    public RoomKind Kind => kind;

    public UserId[] Users => users;

    public long HeadSeq { get; set; }

    public bool Has(UserId user) => Array.BinarySearch(users, user) >= 0;

    /// <summary>Of a direct room: the one who is not <paramref name="user"/>.</summary>
    public UserId Other(UserId user) => users[0] == user ? users[^1] : users[0];
}
