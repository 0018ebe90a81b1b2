using Madang.Api;

namespace Madang.Notifications.Audiences;

/// <param name="More">There are more than were looked at.</param>
internal readonly record struct Reach(long Count, bool More);

/// <summary>How many people a notification would go to, asked before it is sent. Counts accounts: what each of them wants is decided when it is planned.</summary>
internal sealed class AudienceReach(IAudienceStore audiences, IAudiencePeople people)
{
    /// <summary>Accounts that one question looks at.</summary>
    public const int MostLooked = 100_000;

    private const int Piece = 2_000;

    /// <param name="audience">Null for everybody. Codes: audience_not_found.</param>
    public async Task<Result<Reach>> OfAsync(string? audience, CancellationToken cancellationToken)
    {
        if (audience is null)
        {
            return await FittingAsync(new SegmentRule(), cancellationToken);
        }

        return (AudienceName.IsValid(audience) ? await audiences.FindAsync(audience, cancellationToken) : null) switch
        {
            { Rule: { } rule } => await FittingAsync(rule, cancellationToken),
            { } topic => new Reach(await people.CountAsync(topic.Id, cancellationToken), false),
            _ => NotificationsErrors.AudienceNotFound,
        };
    }

    private async Task<Reach> FittingAsync(SegmentRule rule, CancellationToken cancellationToken)
    {
        var (count, looked, after) = (0L, 0, default(UserId));
        while (looked < MostLooked)
        {
            var accounts = await people.AccountsAsync(after, Piece, cancellationToken);
            count += accounts.Count(rule.Fits);
            looked += accounts.Count;
            if (accounts.Count < Piece)
            {
                return new(count, false);
            }

            after = accounts[^1].Id;
        }

        return new(count, true);
    }
}
