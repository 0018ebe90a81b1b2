using Madang.Notifications.Planning;
using Madang.Storage;

namespace Madang.Notifications.Limits;

/// <summary>The counters of people, taken in the transaction that plans. (Not <c>Limits</c>: that is the namespace.)</summary>
internal sealed class LimitCounters(IPersonStore people)
{
    /// <summary>Writes what these plans have counted. They were made from what was read in this very transaction.</summary>
    public void Take(WriteTx tx, IEnumerable<PersonPlan> plans)
    {
        List<CountedPlan>? counted = null;
        foreach (var plan in plans)
        {
            if (plan.Counted.Count > 0)
            {
                (counted ??= []).AddRange(plan.Counted);
            }
        }

        if (counted is not null)
        {
            people.PutCounted(tx, counted);
        }
    }
}
