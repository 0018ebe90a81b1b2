using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Audiences;

/// <summary>Who belongs to topics, and the accounts that segments choose from.</summary>
internal interface IAudiencePeople
{
    /// <summary>Adds those who have an account and are not in the topic; how many.</summary>
    int Join(WriteTx tx, long topic, IReadOnlyCollection<UserId> people);

    /// <summary>How many were in it.</summary>
    int Leave(WriteTx tx, long topic, IReadOnlyCollection<UserId> people);

    /// <summary>The next people of a topic by ascending id.</summary>
    IReadOnlyList<UserId> Members(WriteTx tx, long topic, UserId after, int limit);

    /// <summary>The next accounts by ascending id, disabled ones too.</summary>
    IReadOnlyList<AccountGlance> Accounts(WriteTx tx, UserId after, int limit);

    /// <summary>As <see cref="Members"/>, outside of a write.</summary>
    Task<IReadOnlyList<UserId>> MembersAsync(long topic, UserId after, int limit, CancellationToken cancellationToken);

    /// <summary>As <see cref="Accounts"/>, outside of a write.</summary>
    Task<IReadOnlyList<AccountGlance>> AccountsAsync(UserId after, int limit, CancellationToken cancellationToken);

    /// <summary>Topics that this person is in or may join by themselves, by ascending id.</summary>
    Task<IReadOnlyList<(Audience Topic, bool IsIn)>> TopicsAsync(UserId user, long? after, int limit, CancellationToken cancellationToken);

    Task<long> CountAsync(long topic, CancellationToken cancellationToken);

    /// <summary>Deletes at most so many people of topics that are gone; how many.</summary>
    int Prune(WriteTx tx, int limit);
}

/// <summary>What a segment's rule looks at.</summary>
internal readonly record struct AccountGlance(UserId Id, string Locale, string TimeZone, Role Role, DateTimeOffset CreatedAt, bool IsDisabled);
