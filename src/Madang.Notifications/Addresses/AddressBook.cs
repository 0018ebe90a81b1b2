using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Storage;

namespace Madang.Notifications.Addresses;

/// <summary>Where people can be reached: push addresses of their devices, one verified e-mail address, one verified number.</summary>
internal sealed class AddressBook(IAddressStore store, ISuppressionStore suppressions, Database database, Snowflake ids, TimeProvider time) : IAddressBook
{
    /// <summary>After so many refusals for now with nothing arrived between them an address counts as dead.</summary>
    public const int MaxSoftBounces = 10;

    /// <summary>
    /// The address of this session from now on, instead of the one before. Whoever held the same token loses it; their deliveries that wait end as
    /// <c>address_gone</c>, for the row that they name is gone. Codes: not_found when it is no session of this person.
    /// </summary>
    public async Task<Result<Address>> RegisterAsync(UserId user, long session, PushRegistration registration, CancellationToken cancellationToken)
    {
        while (true)
        {
            var registered = await database.WriteAsync(tx => Register(tx, user, session, registration), cancellationToken: cancellationToken);
            if (registered is { } result)
            {
                return result;
            }

            // Another process registered the same token in this moment: now it is there to be taken over.
        }
    }

    /// <summary>Whether there was one.</summary>
    public Task<bool> UnregisterAsync(UserId user, long session, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            if (store.LockOfDevice(tx, session) is not { } address || address.User != user)
            {
                return false;
            }

            store.Delete(tx, address.Id);
            return true;
        },
        cancellationToken: cancellationToken);

    public Task<IReadOnlyList<Address>> ListAsync(UserId user, CancellationToken cancellationToken) => store.ListAsync(user, time.GetUtcNow(), cancellationToken);

    public Task<Address?> FindAsync(AddressId id, CancellationToken cancellationToken) => store.FindAsync(id, cancellationToken);

    /// <summary>A verified e-mail address or number, over the one before. Deliveries to that one end as <c>address_gone</c>.</summary>
    public Address Set(WriteTx tx, UserId user, AddressKind kind, string value)
    {
        var before = store.LockPersonal(tx, user, kind);
        if (before is not null && before.Value == value)
        {
            var again = before with { RegisteredAt = tx.Now, DeadAt = null, DeadReason = null, SoftBounces = 0 };
            store.Put(tx, again);
            return again;
        }

        if (before is not null)
        {
            store.Delete(tx, before.Id);
        }

        var address = new Address { Id = new(ids.Next()), User = user, Kind = kind, Value = value, RegisteredAt = tx.Now };
        store.Insert(tx, address);
        return address;
    }

    /// <summary>Whether there was one.</summary>
    public bool Remove(WriteTx tx, UserId user, AddressKind kind)
    {
        if (store.LockPersonal(tx, user, kind) is not { } address)
        {
            return false;
        }

        store.Delete(tx, address.Id);
        return true;
    }

    public void Dead(WriteTx tx, DeadAddress dead)
    {
        if (dead.AddressId == 0)
        {
            if (dead.Address is { } given && AddressKinds.Of(dead.Channel) is { } kind)
            {
                Suppress(tx, kind, PersonalAddress.Canonical(kind, given), dead.Code);
            }

            return;
        }

        // What was registered anew since is another life of the same address.
        if (store.Lock(tx, new(dead.AddressId)) is not { } address || address.RegisteredAt > dead.At)
        {
            return;
        }

        if (dead.IsSuppressed)
        {
            Suppress(tx, address.Kind, address.Value, dead.Code);
        }
        else if (address.DeadAt is null)
        {
            store.Put(tx, address with { DeadAt = tx.Now, DeadReason = dead.Code });
        }
    }

    /// <summary>Refused for now, and given up: a full mailbox, a phone out of reach. Counted until something arrives.</summary>
    public void SoftBounced(WriteTx tx, long addressId, string code, DateTimeOffset at)
    {
        if (store.Lock(tx, new(addressId)) is not { DeadAt: null } address || address.RegisteredAt > at)
        {
            return;
        }

        var bounces = address.SoftBounces + 1;
        store.Put(tx, bounces < MaxSoftBounces
            ? address with { SoftBounces = bounces }
            : address with { SoftBounces = bounces, DeadAt = tx.Now, DeadReason = code });
    }

    /// <summary>Something arrived: what was refused before is forgotten. Costs nothing when there was nothing.</summary>
    public void Arrived(WriteTx tx, long addressId)
    {
        if (store.Lock(tx, new(addressId)) is { SoftBounces: > 0, DeadAt: null } address)
        {
            store.Put(tx, address with { SoftBounces = 0 });
        }
    }

    public void Suppress(WriteTx tx, AddressKind kind, string value, string reason) => suppressions.Add(tx, new(ids.Next(), kind, value, reason, tx.Now));

    /// <summary>Null when the token was taken at this very moment.</summary>
    private Result<Address>? Register(WriteTx tx, UserId user, long session, PushRegistration registration)
    {
        if (!store.LockDevice(tx, user, session))
        {
            return (Result<Address>)ApiErrors.NotFound;
        }

        var hash = AddressHash.Of(registration.Kind, registration.Value);
        var holder = store.LockHolder(tx, hash);
        if (store.LockOfDevice(tx, session) is { } before && before.Id != holder?.Id)
        {
            store.Delete(tx, before.Id);
        }

        if (holder is not null && holder.User == user)
        {
            var again = Of(holder.Id, user, session, registration, tx.Now);
            store.Put(tx, again);
            return (Result<Address>)again;
        }

        if (holder is not null)
        {
            store.Delete(tx, holder.Id);
        }

        var address = Of(new(ids.Next()), user, session, registration, tx.Now);
        return store.Insert(tx, address) ? (Result<Address>?)address : null;
    }

    private static Address Of(AddressId id, UserId user, long session, PushRegistration registration, DateTimeOffset now) => new()
    {
        Id = id,
        User = user,
        Kind = registration.Kind,
        Value = registration.Value,
        Scope = registration.Scope,
        Credential = session,
        TimeZone = registration.TimeZone,
        Locale = registration.Locale,
        RegisteredAt = now,
    };
}
