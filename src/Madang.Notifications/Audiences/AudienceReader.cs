using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Audiences;

/// <param name="People">Ascending.</param>
/// <param name="Through">Everybody up to here has been looked at.</param>
/// <param name="IsEnd">Nobody comes after.</param>
internal readonly record struct AudienceStep(IReadOnlyList<UserId> People, UserId Through, bool IsEnd);

/// <summary>Walks over the people of a notification by ascending id, a bounded number at a time.</summary>
internal sealed class AudienceReader(IAudienceStore audiences, IAudiencePeople people)
{
    /// <summary>Accounts that one step of a segment looks at: a rare one takes more steps, never a long transaction.</summary>
    private const int MostLooked = 1_000;

    public AudienceStep Next(WriteTx tx, Recipients to, UserId after, int limit)
    {
        if (to.UserIds is { } named)
        {
            return Of([.. named.SkipWhile(user => user.CompareTo(after) <= 0).Take(limit)], after, limit);
        }

        if (to.All)
        {
            return Fitting(tx, new SegmentRule(), after, limit);
        }

        return audiences.Find(tx, to.Audience!) switch
        {
            { Kind: AudienceKind.Topic } topic => Of(people.Members(tx, topic.Id, after, limit), after, limit),
            { Rule: { } rule } => Fitting(tx, rule, after, limit),
            // Deleted meanwhile: nobody is in it.
            _ => new([], after, true),
        };
    }

    private static AudienceStep Of(IReadOnlyList<UserId> found, UserId after, int limit) => new(found, found.Count == 0 ? after : found[^1], found.Count < limit);

    private AudienceStep Fitting(WriteTx tx, SegmentRule rule, UserId after, int limit)
    {
        // As many as are wanted first: of everybody, no more need be read. The rarer the segment, the larger the next piece.
        var (fitting, at, size) = (new List<UserId>(limit), after, limit);
        for (var looked = 0; looked < MostLooked; looked += size, size = Math.Min(size * 2, Math.Max(limit, MostLooked)))
        {
            var accounts = people.Accounts(tx, at, size);
            foreach (var account in accounts)
            {
                at = account.Id;
                if (rule.Fits(account))
                {
                    fitting.Add(at);
                    if (fitting.Count == limit)
                    {
                        return new(fitting, at, false);
                    }
                }
            }

            if (accounts.Count < size)
            {
                return new(fitting, at, true);
            }
        }

        return new(fitting, at, false);
    }
}
