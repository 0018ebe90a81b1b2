using System.Globalization;
using System.Runtime.CompilerServices;
using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Feeds.Telling;

namespace Madang.Feeds.Moving;

/// <summary>Files that people take along, as Mastodon writes them, so that they are understood elsewhere.</summary>
internal sealed class Exports(Relations relations, PeopleLists lists, ISubscriptionStore subscriptions, Users users, OwnHost host)
{
    // More than anybody may have.
    private const int MostSubscriptions = 10_000;

    /// <summary>Lines with their ends. Read page by page: what is changed meanwhile may or may not be in it.</summary>
    public async IAsyncEnumerable<string> OfAsync(UserId owner, MovedKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (kind == MovedKind.Lists)
        {
            await foreach (var line in ListsAsync(owner, cancellationToken))
            {
                yield return line;
            }

            yield break;
        }

        if (kind != MovedKind.Blocks)
        {
            yield return Csv.Line(kind == MovedKind.Follows ? MovedRow.FollowColumns : MovedRow.MuteColumns);
        }

        var relation = kind switch { MovedKind.Follows => RelationKind.Follow, MovedKind.Mutes => RelationKind.Mute, _ => RelationKind.Block };
        var told = kind == MovedKind.Follows ? (await subscriptions.OfAsync(owner, null, MostSubscriptions, cancellationToken)).ToHashSet() : [];
        Page<Relation> page;
        PageQuery query = new(null, PageQuery.MaxLimit);
        do
        {
            page = await relations.ListAsync(owner, relation, null, query, cancellationToken);
            var people = await users.FindAsync([.. page.Items.Select(item => item.Target)], cancellationToken);
            foreach (var item in page.Items)
            {
                var address = Address(people[item.Target]);
                yield return kind switch
                {
                    MovedKind.Follows => Csv.Line(address, YesNo(item.Shares), YesNo(told.Contains(item.Target)), ""),
                    MovedKind.Mutes => Csv.Line(address, YesNo(true)),
                    _ => Csv.Line(address),
                };
            }

            query = query with { After = page.Items.Count == 0 ? null : page.Items[^1].Target.Value };
        }
        while (page.Next is not null);
    }

    private async IAsyncEnumerable<string> ListsAsync(UserId owner, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Page<PeopleList> page;
        PageQuery query = new(null, PageQuery.MaxLimit);
        do
        {
            page = await lists.OfAsync(owner, query, cancellationToken);
            foreach (var list in page.Items)
            {
                await foreach (var member in MembersAsync(list, cancellationToken))
                {
                    yield return Csv.Line(list.Title, Address(member));
                }
            }

            query = query with { After = page.Items.Count == 0 ? null : page.Items[^1].Id.Value };
        }
        while (page.Next is not null);
    }

    private async IAsyncEnumerable<User> MembersAsync(PeopleList list, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PageQuery query = new(null, PageQuery.MaxLimit);
        while (await lists.MembersAsync(list.Owner, list.Id, query, cancellationToken) is { IsOk: true, Value: var page })
        {
            var people = await users.FindAsync(page.Items, cancellationToken);
            foreach (var member in page.Items)
            {
                yield return people[member];
            }

            if (page.Next is null)
            {
                yield break;
            }

            query = query with { After = page.Items[^1].Value };
        }
    }

    private string Address(User user) => host.Value is { } own ? $"{user.Name}@{own}" : user.Name;

    private static string YesNo(bool value) => value.ToString(CultureInfo.InvariantCulture).ToLowerInvariant();
}

/// <summary>The host of <c>Madang:PublicUrl</c>; null when that is not set.</summary>
internal sealed record OwnHost(string? Value);
