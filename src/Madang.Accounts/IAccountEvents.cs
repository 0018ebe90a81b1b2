using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>What Accounts hands up; modules above implement it (docs/ARCHITECTURE.md, hooks).</summary>
public interface IAccountEvents
{
    /// <summary>In the transaction, before <see cref="RelationsChanged"/>: the first one follows the second one from now on, or no longer.</summary>
    void Followed(WriteTx tx, UserId follower, UserId followed, bool on)
    {
        // Most listeners only ask how people see each other.
    }

    /// <summary>In the transaction that changed them, once and last: each pair's first person sees the second one differently from now on.</summary>
    void RelationsChanged(WriteTx tx, IReadOnlyList<(UserId Viewer, UserId Other)> changed);

    /// <summary>After the commit: these sessions, tokens or keys are no longer valid.</summary>
    void CredentialsEnded(IReadOnlyCollection<long> credentials);
}
