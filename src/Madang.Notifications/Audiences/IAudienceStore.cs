using Madang.Storage;

namespace Madang.Notifications.Audiences;

/// <summary>Topics and segments by their names.</summary>
internal interface IAudienceStore
{
    /// <summary>False, with nothing written, when the name is taken.</summary>
    bool Insert(WriteTx tx, Audience audience);

    Audience? Find(WriteTx tx, string name);

    /// <summary>The audience, locked for the rest of the transaction.</summary>
    Audience? Lock(WriteTx tx, string name);

    /// <summary>Writes title, whether open, rule and when it was changed.</summary>
    void Put(WriteTx tx, Audience audience);

    /// <summary>False when there is none. Its people go a little at a time (<see cref="IAudiencePeople.Prune"/>).</summary>
    bool Delete(WriteTx tx, string name);

    int Count(WriteTx tx);

    Task<Audience?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>By ascending id.</summary>
    Task<IReadOnlyList<Audience>> ListAsync(long? after, int limit, CancellationToken cancellationToken);
}
