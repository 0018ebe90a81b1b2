using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Planning;

/// <summary>Which parts of a person are needed.</summary>
internal readonly record struct PersonNeeds(bool Addresses, bool Total, bool OfCategory);

/// <summary>Port: people with their choices, addresses and counters, many at a time and inside a transaction.</summary>
internal interface IPersonStore
{
    /// <summary>One for each id, in the order asked, unknown ones too. Counters that are read are alone with this transaction until its commit.</summary>
    IReadOnlyList<Person> Read(WriteTx tx, IReadOnlyList<UserId> people, string category, PersonNeeds needs);

    /// <summary>How each of them stands now, in the order asked.</summary>
    IReadOnlyList<ClaimFacts> Standing(WriteTx tx, IReadOnlyList<ClaimQuestion> questions);

    /// <summary>Over the counters before; of each user and scope once.</summary>
    void PutCounted(WriteTx tx, IReadOnlyList<CountedPlan> counted);
}
