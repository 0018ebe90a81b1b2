using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Graph;

/// <summary>Lists of people and who is on them.</summary>
internal interface IPeopleListStore
{
    /// <summary>False, with nothing written, when the owner has a list of this title.</summary>
    bool Insert(WriteTx tx, PeopleList list);

    /// <summary>Writes title and whether exclusive. False, with nothing written, when the owner has another list of this title.</summary>
    bool Update(WriteTx tx, PeopleList list);

    /// <summary>With everybody who is on it.</summary>
    void Delete(WriteTx tx, ListId list);

    /// <summary>Reads and locks it.</summary>
    PeopleList? Lock(WriteTx tx, ListId list);

    PeopleList? Find(WriteTx tx, UserId owner, string title);

    int Count(WriteTx tx, UserId owner);

    /// <summary>Whether somebody was not on it before.</summary>
    bool Add(WriteTx tx, ListId list, UserId member);

    /// <summary>Whether somebody was on it.</summary>
    bool Remove(WriteTx tx, ListId list, UserId member);

    /// <summary>Everybody on it.</summary>
    IReadOnlyList<UserId> Members(WriteTx tx, ListId list);

    Task<PeopleList?> FindAsync(ListId list, CancellationToken cancellationToken);

    /// <summary>In the order in which they were made.</summary>
    Task<IReadOnlyList<PeopleList>> OfAsync(UserId owner, long? after, int limit, CancellationToken cancellationToken);

    /// <summary>Ascending, beyond <paramref name="after"/>.</summary>
    Task<IReadOnlyList<UserId>> MembersAsync(ListId list, long? after, int limit, CancellationToken cancellationToken);
}
