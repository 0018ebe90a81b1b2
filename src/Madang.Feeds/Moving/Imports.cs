using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Feeds.Telling;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Moving;

/// <summary>Takes over what somebody brings along, a few rows to a transaction and in the background lane. What is so already stays; nothing is taken away.</summary>
internal sealed class Imports(
    Relations relations, PeopleLists lists, Subscriptions subscriptions, Users users, OwnHost host, IOptions<FeedsOptions> options)
{
    /// <summary>The most bytes a file may hold.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Of the rows that were not taken so many are told one by one.</summary>
    public const int MaxTold = 1_000;

    /// <param name="oldHost">The community that all came from: its people are looked for here under the names they had there.</param>
    public async Task<Result<Imported>> TakeAsync(UserId owner, MovedKind kind, ReadOnlyMemory<byte> file, string? oldHost, CancellationToken cancellationToken)
    {
        var read = Csv.Read(file, options.Value.MaxImportRows);
        if (!read.IsOk)
        {
            return read.Error;
        }

        var rows = MovedRow.Of(kind, read.Value);
        var outcome = new Outcome();
        foreach (var chunk in rows.Chunk(Relations.MaxAtOnce))
        {
            var people = await FindAsync(chunk, oldHost, outcome, cancellationToken);
            if (kind == MovedKind.Lists)
            {
                await TakeListsAsync(owner, people, outcome, cancellationToken);
            }
            else
            {
                await TakeRelationsAsync(owner, kind, people, outcome, cancellationToken);
            }
        }

        return new Imported(rows.Count, outcome.Taken, outcome.Refused.Count, [.. outcome.Refused.OrderBy(row => row.Line).Take(MaxTold)]);
    }

    private async Task<List<(MovedRow Row, UserId Person)>> FindAsync(MovedRow[] rows, string? oldHost, Outcome outcome, CancellationToken cancellationToken)
    {
        var names = rows.Select(row => row.NameHere(host.Value, oldHost)).ToList();
        var known = await users.FindByNamesAsync([.. names.OfType<string>().Distinct(StringComparer.Ordinal)], cancellationToken);
        var found = new List<(MovedRow, UserId)>();
        for (var i = 0; i < rows.Length; i++)
        {
            if (names[i] is null)
            {
                outcome.Refuse(rows[i], "other_server");
            }
            else if (known.TryGetValue(names[i]!, out var user))
            {
                found.Add((rows[i], user.Id));
            }
            else
            {
                outcome.Refuse(rows[i], "unknown_name");
            }
        }

        return found;
    }

    private async Task TakeRelationsAsync(
        UserId owner, MovedKind kind, List<(MovedRow Row, UserId Person)> people, Outcome outcome, CancellationToken cancellationToken)
    {
        var relation = kind switch { MovedKind.Follows => RelationKind.Follow, MovedKind.Mutes => RelationKind.Mute, _ => RelationKind.Block };
        var answers = await relations.PutAsync(
            owner, [.. people.Select(one => new NewRelation(relation, one.Person, one.Row.Shares))], Lane.Background, cancellationToken);
        for (var i = 0; i < people.Count; i++)
        {
            var error = answers[i].Error;
            if (error is null && people[i].Row.Notify == true)
            {
                error = (await subscriptions.SubscribeAsync(owner, people[i].Person, cancellationToken)).Error;
            }

            outcome.Add(people[i].Row, error);
        }
    }

    private async Task TakeListsAsync(UserId owner, List<(MovedRow Row, UserId Person)> people, Outcome outcome, CancellationToken cancellationToken)
    {
        foreach (var list in people.GroupBy(one => one.Row.List!, StringComparer.Ordinal))
        {
            var made = await lists.CreateAsync(owner, list.Key, exclusive: false, cancellationToken);
            var members = list.ToList();
            var answers = made.IsOk
                ? await lists.AddAsync(owner, made.Value.List.Id, [.. members.Select(one => one.Person)], Lane.Background, cancellationToken)
                : [.. members.Select(_ => (Result<Done>)made.Error)];
            for (var i = 0; i < members.Count; i++)
            {
                outcome.Add(members[i].Row, answers[i].Error);
            }
        }
    }

    private sealed class Outcome
    {
        public int Taken { get; private set; }

        public List<RefusedRow> Refused { get; } = [];

        public void Add(MovedRow row, Error? error)
        {
            if (error is null)
            {
                Taken++;
            }
            else
            {
                Refuse(row, error.Code);
            }
        }

        public void Refuse(MovedRow row, string code) => Refused.Add(new(row.Line, row.Address, code));
    }
}

/// <summary>What became of a file.</summary>
/// <param name="Rows">How many rows it held.</param>
/// <param name="Taken">How many of them are so now, whether they were before or not.</param>
/// <param name="NotTaken">How many are not.</param>
/// <param name="Refused">Those, by line; the first thousand.</param>
internal sealed record Imported(int Rows, int Taken, int NotTaken, IReadOnlyList<RefusedRow> Refused);

/// <param name="Line">Where the row begins, from 1.</param>
/// <param name="Code">unknown_name, other_server, or the code of a refusal: blocked, self_relation, not_found, too_many_relations, too_many_subscriptions, too_many_lists, list_full, invalid_fields.</param>
internal sealed record RefusedRow(int Line, string Address, string Code);
