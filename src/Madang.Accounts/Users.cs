using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Looks people up, and lets them change how they appear.</summary>
public sealed class Users
{
    internal const int MaxQuery = 64;
    private readonly IUserStore _store;
    private readonly Database _database;

    internal Users(IUserStore store, Database database) => (_store, _database) = (store, database);

    /// <summary>Those of <paramref name="ids"/> who are here, disabled ones too.</summary>
    public Task<IReadOnlyDictionary<UserId, User>> FindAsync(IReadOnlyCollection<UserId> ids, CancellationToken cancellationToken) =>
        _store.FindAsync(ids, cancellationToken);

    public async Task<User?> FindAsync(UserId id, CancellationToken cancellationToken) =>
        (await _store.FindAsync([id], cancellationToken)).GetValueOrDefault(id);

    /// <summary>Who goes by these login names, whatever their case; by the name as asked. Who is disabled is nobody.</summary>
    public async Task<IReadOnlyDictionary<string, User>> FindByNamesAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var keys = names.Where(name => UserName.Check(name).IsOk).ToDictionary(name => name, UserName.KeyOf, StringComparer.Ordinal);
        var people = await _store.FindByNamesAsync([.. keys.Values.Distinct(StringComparer.Ordinal)], cancellationToken);
        return keys.Where(pair => people.TryGetValue(pair.Value, out var user) && !user.Disabled)
            .ToDictionary(pair => pair.Key, pair => people[pair.Value], StringComparer.Ordinal);
    }

    /// <summary>A language tag by its shape: <c>ko</c>, <c>en-GB</c>. The field of the refusal is <c>locale</c>.</summary>
    public static Result<string> CheckLocale(string locale) => Profile.CheckLocale(locale);

    /// <summary>An IANA name that this machine knows: <c>Asia/Seoul</c>. The field of the refusal is <c>time_zone</c>.</summary>
    public static Result<string> CheckTimeZone(string zone) => Profile.CheckTimeZone(zone);

    /// <summary>Those of <paramref name="ids"/> who are not here, or disabled: nobody to write to or to invite.</summary>
    public IReadOnlySet<UserId> Missing(WriteTx tx, IReadOnlyCollection<UserId> ids)
    {
        var active = _store.Active(tx, ids);
        return ids.Where(id => !active.Contains(id)).ToHashSet();
    }

    /// <summary>Whose name begins with <paramref name="query"/> or whose display name holds it; everybody for an empty one. Disabled people show to moderators only.</summary>
    internal async Task<Result<Page<User>>> SearchAsync(Caller caller, string? query, PageQuery page, CancellationToken cancellationToken)
    {
        var line = Text.Line(query, "q", MaxQuery, required: false);
        return line.IsOk
            ? page.Of(await _store.SearchAsync(UserName.KeyOf(line.Value), Sees(caller), page.After, page.Fetch, cancellationToken), user => user.Id.Value)
            : line.Error;
    }

    internal static bool Sees(Caller caller) => !caller.IsAnonymous && caller.Role >= Role.Moderator;

    internal Task<Result<User>> ChangeAsync(UserId id, Profile profile, CancellationToken cancellationToken) =>
        _database.WriteAsync<Result<User>>(
            tx =>
            {
                if (!_store.Lock(tx, id).TryGetValue(id, out var user))
                {
                    return ApiErrors.NotFound;
                }

                var changed = profile.Over(user);
                _store.Update(tx, changed);
                return changed;
            },
            cancellationToken: cancellationToken);
}
