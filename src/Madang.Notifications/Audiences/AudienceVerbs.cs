using Madang.Accounts;
using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Audiences;

/// <summary>What admins do with audiences, and people with topics.</summary>
internal sealed class AudienceVerbs(IAudienceStore store, IAudiencePeople people, Users users, Database database, Snowflake ids)
{
    public const int Most = 10_000;
    public const int MaxTitle = 100;
    private const string FollowsItsRule = "Who is in a segment follows from its rule.";

    /// <summary>People of one call.</summary>
    public const int MostPeople = 10_000;

    /// <summary>People of one write: the writer is not held for longer than a few milliseconds.</summary>
    private const int Piece = 500;

    public Task<Result<Audience>> CreateAsync(Audience given, CancellationToken cancellationToken) => database.WriteAsync<Result<Audience>>(
        tx =>
        {
            var audience = given with { Id = ids.Next(), CreatedAt = tx.Now, UpdatedAt = tx.Now };
            return store.Count(tx) >= Most ? NotificationsErrors.TooManyAudiences
                : store.Insert(tx, audience) ? audience
                : NotificationsErrors.AudienceTaken;
        },
        cancellationToken: cancellationToken);

    /// <param name="change">From the audience as it is; a refusal changes nothing.</param>
    public Task<Result<Audience>> ChangeAsync(string name, Func<Audience, Result<Audience>> change, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Audience>>(
            tx =>
            {
                if (store.Lock(tx, name) is not { } found)
                {
                    return ApiErrors.NotFound;
                }

                var changed = change(found);
                if (!changed.IsOk)
                {
                    return changed.Error;
                }

                var put = changed.Value with { UpdatedAt = tx.Now };
                store.Put(tx, put);
                return put;
            },
            cancellationToken: cancellationToken);

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => database.WriteAsync(tx => store.Delete(tx, name), cancellationToken: cancellationToken);

    public async Task<Page<Audience>> ListAsync(PageQuery query, CancellationToken cancellationToken) =>
        query.Of(await store.ListAsync(query.After, query.Fetch, cancellationToken), audience => audience.Id);

    public async Task<(Audience Audience, long? People)?> FindAsync(string name, CancellationToken cancellationToken) =>
        await store.FindAsync(name, cancellationToken) is { } found
            ? (found, found.Kind == AudienceKind.Topic ? await people.CountAsync(found.Id, cancellationToken) : null)
            : null;

    /// <summary>Adds and takes out; how many of each. Who has no account is passed over. Codes: not_found, invalid_fields.</summary>
    public async Task<Result<(int Added, int Removed)>> MoveAsync(string name, IReadOnlyList<UserId> add, IReadOnlyList<UserId> remove, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(name, cancellationToken) is not { } found)
        {
            return ApiErrors.NotFound;
        }

        if (found.Kind != AudienceKind.Topic)
        {
            return ApiErrors.Invalid("name", "invalid", FollowsItsRule);
        }

        var (added, removed) = (0, 0);
        foreach (var piece in add.Distinct().Order().Chunk(Piece))
        {
            added += await database.WriteAsync(tx => people.Join(tx, found.Id, piece), Lane.Background, cancellationToken);
        }

        foreach (var piece in remove.Distinct().Order().Chunk(Piece))
        {
            removed += await database.WriteAsync(tx => people.Leave(tx, found.Id, piece), Lane.Background, cancellationToken);
        }

        return (added, removed);
    }

    /// <summary>The people of a topic by ascending id; a page is short where accounts are gone. Codes: not_found, invalid_fields.</summary>
    public async Task<Result<Page<User>>> MembersAsync(string name, PageQuery query, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(name, cancellationToken) is not { } found)
        {
            return ApiErrors.NotFound;
        }

        if (found.Kind != AudienceKind.Topic)
        {
            return ApiErrors.Invalid("name", "invalid", FollowsItsRule);
        }

        var page = query.Of(await people.MembersAsync(found.Id, new(query.After ?? 0), query.Fetch, cancellationToken), member => member.Value);
        var accounts = await users.FindAsync(page.Items, cancellationToken);
        return new Page<User>([.. page.Items.Where(accounts.ContainsKey).Select(id => accounts[id])], page.Next, page.Prev);
    }

    public async Task<Page<(Audience Topic, bool IsIn)>> TopicsAsync(UserId user, PageQuery query, CancellationToken cancellationToken) =>
        query.Of(await people.TopicsAsync(user, query.After, query.Fetch, cancellationToken), one => one.Topic.Id);

    /// <summary>A person joins or leaves by themselves; once more changes nothing. Codes: not_found, topic_closed.</summary>
    public Task<Result<Audience>> JoinAsync(UserId user, string name, bool joins, CancellationToken cancellationToken) => database.WriteAsync<Result<Audience>>(
        tx =>
        {
            if (store.Find(tx, name) is not { Kind: AudienceKind.Topic } topic)
            {
                return ApiErrors.NotFound;
            }

            if (!topic.IsOpen)
            {
                return NotificationsErrors.TopicClosed;
            }

            _ = joins ? people.Join(tx, topic.Id, [user]) : people.Leave(tx, topic.Id, [user]);
            return topic;
        },
        cancellationToken: cancellationToken);
}
