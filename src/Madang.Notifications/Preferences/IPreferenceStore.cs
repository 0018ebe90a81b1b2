using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Preferences;

/// <summary>Port: what people chose.</summary>
internal interface IPreferenceStore
{
    /// <summary>Their sheet, alone with it until the commit; null when there is nobody of this id.</summary>
    PreferenceSheet? Lock(WriteTx tx, UserId user);

    /// <summary>Over the one before, all of it.</summary>
    void Put(WriteTx tx, PreferenceSheet sheet);

    /// <summary>Null when there is nobody of this id.</summary>
    Task<PreferenceSheet?> FindAsync(UserId user, CancellationToken cancellationToken);
}
