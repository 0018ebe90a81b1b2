using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Storage;

namespace Madang.Notifications.Preferences;

/// <summary>Reads and changes what people chose. (Not <c>Preferences</c>: that is the namespace.)</summary>
internal sealed class PreferenceVerbs(IPreferenceStore store, CategoryBook categories, AddressBook addresses, Database database)
{
    /// <summary>Null when there is nobody of this id.</summary>
    public Task<PreferenceSheet?> FindAsync(UserId user, CancellationToken cancellationToken) => store.FindAsync(user, cancellationToken);

    public Task<Result<PreferenceSheet>> ChangeAsync(UserId user, PreferenceDraft draft, CancellationToken cancellationToken) => database.WriteAsync<Result<PreferenceSheet>>(
        tx =>
        {
            if (store.Lock(tx, user) is not { } sheet)
            {
                return ApiErrors.NotFound;
            }

            var changed = draft.Over(sheet, categories.Find, tx.Now);
            if (changed.IsOk)
            {
                store.Put(tx, changed.Value);
            }

            return changed;
        },
        cancellationToken: cancellationToken);

    /// <summary>
    /// One click of a mail's reader: the category is off on this channel from now on. An address outside of every account goes on the suppression list as a whole,
    /// for nobody can choose for it. Done again it changes nothing. False for a mandatory category and for nobody.
    /// </summary>
    public bool Unsubscribe(WriteTx tx, UserId? user, DirectAddress? address, string category, DeliveryChannel channel)
    {
        if (categories.Find(category) is { Mandatory: true })
        {
            return false;
        }

        if (user is { } person)
        {
            if (store.Lock(tx, person) is not { } sheet)
            {
                return false;
            }

            var choice = sheet.Of(category);
            if (!choice.Off.Has(channel))
            {
                store.Put(tx, sheet.With(category, choice.With(channel, false)) with { UpdatedAt = tx.Now });
            }

            return true;
        }

        if (address is not { } given || AddressKinds.Of(given.Channel) is not { } kind)
        {
            return false;
        }

        addresses.Suppress(tx, kind, PersonalAddress.Canonical(kind, given.Value), "unsubscribed");
        return true;
    }
}
