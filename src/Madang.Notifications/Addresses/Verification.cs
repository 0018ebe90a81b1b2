using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Madang.Accounts;
using Madang.Api;
using Madang.Jobs;
using Madang.Notifications.Accepting;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Storage;

namespace Madang.Notifications.Addresses;

/// <summary>
/// Proves that an e-mail address or a number is somebody's: a code goes there, through the ordinary road of notifications, and comes back. Kept as a hash, good for
/// <see cref="Life"/> and <see cref="MaxTries"/> tries; a new code ends the one before.
/// </summary>
internal sealed class Verification(
    IPendingAddressStore pending, ISuppressionStore suppressions, AddressBook book, Intake intake, IDeliveryRoutes routes, Users users, Database database)
{
    public const int MaxTries = 5;
    public const int MaxSent = 5;
    private const int Digits = 6;

    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>Between two codes.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>In which at most <see cref="MaxSent"/> are sent.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromHours(1);

    /// <summary>Sends a code to this address, which is theirs once they have told it. Codes: invalid_fields, channel_not_configured, address_suppressed,
    /// rate_limited.</summary>
    public async Task<Result<PendingAddress>> BeginAsync(UserId user, AddressKind kind, string? text, CancellationToken cancellationToken)
    {
        var address = PersonalAddress.Check(kind, text, "value");
        if (!address.IsOk)
        {
            return address.Error;
        }

        // A code that nobody will ever send is not promised.
        if (routes.For(kind.Channel(), kind.Name(), "") is null)
        {
            return NotificationsErrors.ChannelNotConfigured;
        }

        if (await users.FindAsync(user, cancellationToken) is not { } person)
        {
            return ApiErrors.NotFound;
        }

        var code = RandomNumberGenerator.GetInt32(0, 1_000_000).ToString($"D{Digits}", CultureInfo.InvariantCulture);
        return await database.WriteAsync(tx => Begin(tx, person, kind, address.Value, code), cancellationToken: cancellationToken);
    }

    /// <summary>The address, verified, when the code is right. Codes: verification_failed.</summary>
    public Task<Result<Address>> ConfirmAsync(UserId user, AddressKind kind, string? code, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Address>>(
            tx =>
            {
                if (pending.Lock(tx, user, kind) is not { } waiting || waiting.ExpiresAt <= tx.Now || waiting.Tries >= MaxTries)
                {
                    return NotificationsErrors.VerificationFailed;
                }

                if (code is not { Length: <= 20 } || !CryptographicOperations.FixedTimeEquals(waiting.CodeHash, HashOf(user, kind, waiting.Value, code.Trim())))
                {
                    // A refusal that is written: guesses are counted.
                    pending.Put(tx, waiting with { Tries = waiting.Tries + 1 });
                    return NotificationsErrors.VerificationFailed;
                }

                pending.Delete(tx, user, kind);
                return book.Set(tx, user, kind, waiting.Value);
            },
            cancellationToken: cancellationToken);

    /// <summary>Takes away the verified one and whatever waits. Whether there was one.</summary>
    public Task<bool> RemoveAsync(UserId user, AddressKind kind, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            var waits = pending.Lock(tx, user, kind) is not null;
            if (waits)
            {
                pending.Delete(tx, user, kind);
            }

            return book.Remove(tx, user, kind) || waits;
        },
        cancellationToken: cancellationToken);

    public Task<IReadOnlyList<PendingAddress>> ListAsync(UserId user, CancellationToken cancellationToken) => pending.ListAsync(user, cancellationToken);

    private Result<PendingAddress> Begin(WriteTx tx, User person, AddressKind kind, string value, string code)
    {
        var before = pending.Lock(tx, person.Id, kind);
        var isNewSpan = before is null || tx.Now - before.FirstSentAt >= Span;
        if (before is not null && tx.Now - before.SentAt < Pause)
        {
            return ApiErrors.RateLimited with { RetryAfter = Pause - (tx.Now - before.SentAt) };
        }

        if (!isNewSpan && before!.Sent >= MaxSent)
        {
            return ApiErrors.RateLimited with { RetryAfter = Span - (tx.Now - before.FirstSentAt) };
        }

        if (suppressions.Has(tx, AddressHash.Of(kind, value)))
        {
            return NotificationsErrors.AddressSuppressed;
        }

        var sent = intake.Accept(tx, Sender.Server, Words(person.Locale, kind, value, code));
        if (!sent.IsOk)
        {
            return sent.Error;
        }

        var waiting = new PendingAddress(
            person.Id, kind, value, HashOf(person.Id, kind, value, code), Tries: 0, Sent: isNewSpan ? 1 : before!.Sent + 1,
            isNewSpan ? tx.Now : before!.FirstSentAt, tx.Now, tx.Now + Life);
        pending.Put(tx, waiting);
        return waiting;
    }

    private static NewNotification Words(string locale, AddressKind kind, string value, string code)
    {
        var isKorean = locale == "ko" || locale.StartsWith("ko-", StringComparison.Ordinal);
        return new NewNotification
        {
            Category = BuiltInCategories.Verification,
            To = new Recipients { Address = new(kind.Channel(), value) },
            TimeToLive = Life,
            Content = isKorean
                ? new("인증 코드", $"인증 코드는 {code}입니다. 10분 동안 쓸 수 있습니다. 요청하지 않았다면 이 메시지를 무시하세요.", Sms: $"인증 코드: {code}")
                : new("Your code", $"Your code is {code}. It is good for ten minutes. If you did not ask for it, ignore this message.", Sms: $"Your code: {code}"),
        };
    }

    /// <summary>Six digits are soon guessed by whoever holds the hash; bound to person and address it is good for nothing else, and it ends in minutes.</summary>
    private static byte[] HashOf(UserId user, AddressKind kind, string value, string code) => SHA256.HashData(Encoding.UTF8.GetBytes($"{user}:{kind.Name()}:{value}:{code}"));
}

/// <summary>Lets go of codes that nobody told.</summary>
internal sealed class VerificationRetention(IPendingAddressStore pending) : IRetention
{
    public string Name => "verification codes";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => pending.Prune(tx, now - Verification.Span, limit);
}
