using System.Collections.Concurrent;
using Madang.Api;

namespace Madang.Accounts.Passwords;

/// <summary>
/// Ten wrong passwords, then one more a minute for an account and one every ten seconds for an address. Failures beyond the ten, from guesses that were
/// under way at the same time, are debts that lengthen the wait. Names that do not exist are counted like those that do, so that the limit tells nothing.
/// Counted per node and in memory: a restart forgives, and N nodes allow N times as many.
/// </summary>
internal sealed class SignInThrottle(TimeProvider time)
{
    public const int Failures = 10;
    private const int SweepAt = 20_000;
    private static readonly TimeSpan AccountStep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AddressStep = TimeSpan.FromSeconds(10);

    // When all debts are paid (GCRA): each failure moves it one step on; ten steps ahead of now is the bound.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ClientAddress, DateTimeOffset> _addresses = new();

    /// <summary>The refusal, with the time to wait; null to go on.</summary>
    /// <param name="account">The name's key; null when it is no account that is guessed at.</param>
    public Error? Check(string? account, ClientAddress? address)
    {
        var now = time.GetUtcNow();
        var wait = account is null ? TimeSpan.Zero : Wait(_accounts.GetValueOrDefault(account), AccountStep, now);
        if (address is { } from)
        {
            var other = Wait(_addresses.GetValueOrDefault(from), AddressStep, now);
            wait = wait > other ? wait : other;
        }

        return wait > TimeSpan.Zero ? ApiErrors.RateLimited with { RetryAfter = wait } : null;
    }

    public void Failed(string? account, ClientAddress? address)
    {
        var now = time.GetUtcNow();
        if (account is not null)
        {
            Add(_accounts, account, AccountStep, now);
        }

        if (address is { } from)
        {
            Add(_addresses, from, AddressStep, now);
        }
    }

    /// <summary>Forgives the account. Not the address: whoever owns one account could guess at others for ever.</summary>
    public void Succeeded(string account) => _accounts.TryRemove(account, out _);

    private static TimeSpan Wait(DateTimeOffset paid, TimeSpan step, DateTimeOffset now) => (paid - now) - ((Failures - 1) * step);

    private static void Add<TKey>(ConcurrentDictionary<TKey, DateTimeOffset> debts, TKey key, TimeSpan step, DateTimeOffset now) where TKey : notnull
    {
        if (debts.Count >= SweepAt)
        {
            foreach (var (other, paid) in debts)
            {
                if (paid <= now)
                {
                    debts.TryRemove(other, out _);
                }
            }
        }

        debts.AddOrUpdate(key, now + step, (_, paid) => (paid > now ? paid : now) + step);
    }
}
