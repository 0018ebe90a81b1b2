using Madang.Accounts.Credentials;
using Madang.Jobs;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Lets go of sessions, tokens and keys that have ended by themselves, and of invites a month after their end (so that an admin can see how many came).</summary>
internal sealed class ExpiredAccess(ICredentialStore credentials, IInviteStore invites) : IRetention
{
    private static readonly TimeSpan InvitesShown = TimeSpan.FromDays(30);

    public string Name => "access";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        var ended = credentials.Prune(tx, now, limit);
        return ended < limit ? ended + invites.Prune(tx, now - InvitesShown, limit - ended) : ended;
    }
}
