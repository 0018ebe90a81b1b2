using Madang.Accounts;
using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Graph;

/// <summary>What people do with their lists. Somebody else's list is as good as none.</summary>
internal sealed class PeopleLists(
    IPeopleListStore store, Database database, Users users, Relations relations, Epochs epochs, Snowflake ids, IOptions<FeedsOptions> options)
{
    public const int MaxTitle = 100;

    /// <summary>Makes a list; the one that is there when the owner has one of this title.</summary>
    public async Task<Result<(PeopleList List, bool Made)>> CreateAsync(UserId owner, string? title, bool exclusive, CancellationToken cancellationToken)
    {
        var line = Text.Line(title, "title", MaxTitle);
        if (!line.IsOk)
        {
            return line.Error;
        }

        return await database.WriteAsync(tx => Create(tx, owner, line.Value, exclusive), cancellationToken: cancellationToken);
    }

    public async Task<Result<PeopleList>> ChangeAsync(UserId owner, ListId id, string? title, bool? exclusive, CancellationToken cancellationToken)
    {
        var line = title is null ? (Result<string>)"" : Text.Line(title, "title", MaxTitle);
        if (!line.IsOk)
        {
            return line.Error;
        }

        return await database.WriteAsync<Result<PeopleList>>(
            tx =>
            {
                if (Lock(tx, owner, id) is not { } list)
                {
                    return ApiErrors.NotFound;
                }

                var changed = list with { Title = title is null ? list.Title : line.Value, Exclusive = exclusive ?? list.Exclusive };
                if (changed != list && !store.Update(tx, changed))
                {
                    return FeedsErrors.ListTitleTaken;
                }

                if (changed.Exclusive != list.Exclusive)
                {
                    epochs.Raise(tx, [owner]);
                }

                return changed;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Posts that were for this list are for nobody from then on. False when there is none.</summary>
    public Task<bool> DeleteAsync(UserId owner, ListId id, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            if (Lock(tx, owner, id) is null)
            {
                return false;
            }

            epochs.Raise(tx, store.Members(tx, id).Append(owner));
            store.Delete(tx, id);
            return true;
        },
        cancellationToken: cancellationToken);

    public async Task<Page<PeopleList>> OfAsync(UserId owner, PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await store.OfAsync(owner, page.After, page.Fetch, cancellationToken), list => list.Id.Value);

    public async Task<PeopleList?> FindAsync(UserId owner, ListId id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } list && list.Owner == owner ? list : null;

    public async Task<Result<Page<UserId>>> MembersAsync(UserId owner, ListId id, PageQuery page, CancellationToken cancellationToken) =>
        await FindAsync(owner, id, cancellationToken) is null
            ? ApiErrors.NotFound
            : page.Of(await store.MembersAsync(id, page.After, page.Fetch, cancellationToken), member => member.Value);

    /// <summary>Puts people on a list, each with an answer of its own; who is on it stays. At most <see cref="Relations.MaxAtOnce"/>.</summary>
    public Task<IReadOnlyList<Result<Done>>> AddAsync(UserId owner, ListId id, IReadOnlyList<UserId> people, Lane lane, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<Result<Done>>>(
            tx =>
            {
                if (Lock(tx, owner, id) is not { } list)
                {
                    return [.. people.Select(_ => (Result<Done>)ApiErrors.NotFound)];
                }

                var turn = new Turn(users.Missing(tx, people), []);
                var answers = people.Select(person => Add(tx, list, person, turn)).ToList();
                epochs.Raise(tx, turn.Added.Count == 0 ? [] : turn.Added.Append(owner));
                return answers;
            },
            lane, cancellationToken);

    /// <summary>Who is not on it stays off it. False when there is no such list.</summary>
    public Task<bool> RemoveAsync(UserId owner, ListId id, UserId person, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            if (Lock(tx, owner, id) is null)
            {
                return false;
            }

            if (store.Remove(tx, id, person))
            {
                epochs.Raise(tx, [owner, person]);
            }

            return true;
        },
        cancellationToken: cancellationToken);

    private Result<(PeopleList List, bool Made)> Create(WriteTx tx, UserId owner, string title, bool exclusive)
    {
        if (store.Find(tx, owner, title) is { } before)
        {
            return (before, false);
        }

        if (store.Count(tx, owner) >= options.Value.MaxLists)
        {
            return FeedsErrors.TooManyLists;
        }

        var list = new PeopleList(new(ids.Next()), owner, title, exclusive, 0, tx.Now);
        return store.Insert(tx, list) ? (list, true) : (store.Find(tx, owner, title)!, false);
    }

    private Result<Done> Add(WriteTx tx, PeopleList list, UserId person, Turn turn)
    {
        if (person == list.Owner)
        {
            return AccountsErrors.SelfRelation;
        }

        if (turn.Missing.Contains(person))
        {
            return ApiErrors.NotFound;
        }

        if (relations.IsBlockedEitherWay(tx, list.Owner, person))
        {
            return AccountsErrors.Blocked;
        }

        if (list.Members + turn.Added.Count >= options.Value.MaxListMembers)
        {
            return FeedsErrors.ListFull;
        }

        if (store.Add(tx, list.Id, person))
        {
            turn.Added.Add(person);
        }

        return Done.Value;
    }

    private PeopleList? Lock(WriteTx tx, UserId owner, ListId id) => store.Lock(tx, id) is { } list && list.Owner == owner ? list : null;

    private sealed record Turn(IReadOnlySet<UserId> Missing, List<UserId> Added);
}
