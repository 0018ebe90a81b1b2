using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Accounts by id and by name key.</summary>
internal interface IUserStore
{
    /// <summary>False, with nothing written, when the name is taken.</summary>
    bool Insert(WriteTx tx, User user, string? passwordHash);

    /// <summary>Reads and locks them, in ascending order of id, so that what is decided about them stays true until the commit.</summary>
    IReadOnlyDictionary<UserId, User> Lock(WriteTx tx, params IReadOnlyCollection<UserId> ids);

    /// <summary>The admins who are not disabled, locked likewise.</summary>
    IReadOnlyList<UserId> LockAdmins(WriteTx tx);

    /// <summary>Writes profile, role and whether disabled.</summary>
    void Update(WriteTx tx, User user);

    void SetPassword(WriteTx tx, UserId user, string passwordHash);

    /// <summary>Writes the stronger hash of the same password, unless the password has changed meanwhile.</summary>
    void ReplacePassword(WriteTx tx, UserId user, string before, string after);

    /// <summary>Those of <paramref name="ids"/> who are here and not disabled.</summary>
    IReadOnlySet<UserId> Active(WriteTx tx, IReadOnlyCollection<UserId> ids);

    Task<IReadOnlyDictionary<UserId, User>> FindAsync(IReadOnlyCollection<UserId> ids, CancellationToken cancellationToken);

    /// <summary>The account behind a name key, with its password hash if it has a password.</summary>
    Task<(User User, string? PasswordHash)?> FindByNameAsync(string nameKey, CancellationToken cancellationToken);

    /// <summary>The accounts behind some name keys, by key; those of nobody are not there.</summary>
    Task<IReadOnlyDictionary<string, User>> FindByNamesAsync(IReadOnlyCollection<string> nameKeys, CancellationToken cancellationToken);

    Task<string?> PasswordOfAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>By ascending id: whose name begins with, or whose display name holds, <paramref name="key"/> (a <see cref="UserName.KeyOf"/>); all for an empty one.</summary>
    Task<IReadOnlyList<User>> SearchAsync(string key, bool withDisabled, long? after, int limit, CancellationToken cancellationToken);
}
