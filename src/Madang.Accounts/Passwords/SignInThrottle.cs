using System.Collections.Concurrent;
using Madang.Api;

namespace Madang.Accounts.Passwords;

/// <summary>
/// Ten wrong passwords, then one more a minute for an account and one every ten seconds for an address. Names that do not exist are counted like those
/// that do, so that the limit tells nothing. Counted per node and in memory: a restart forgives, and N nodes allow N times as many.
/// </summary>
/// <remarks>
/// An account's attempt is counted when it begins and forgiven when it succeeds, so that guesses at the same time are ten as well, and nobody can be locked
/// out for longer than a minute at a time. An address's attempt is counted when it has failed: many people may sign in from one address at once.
/// </remarks>
internal sealed class SignInThrottle(TimeProvider time)
{
    public const int Failures = 10;
    private const int SweepAt = 20_000;

    // Guesses that were under way together are debts of an address, up to this.
    private const int MaxDebt = 4 * Failures;
    private static readonly TimeSpan AccountStep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AddressStep = TimeSpan.FromSeconds(10);

    // When all debts are paid (GCRA): each attempt moves it one step on; ten steps ahead of now is the bound.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ClientAddress, DateTimeOffset> _addresses = new();

    /// <summary>Begins an attempt: null to go on, or the refusal with the time to wait.</summary>
    /// <param name="account">The name's key; null when it is no account that is guessed at.</param>
    public Error? Begin(string? account, ClientAddress? address)
    {
        var now = time.GetUtcNow();
        if (address is { } from && Wait(_addresses.GetValueOrDefault(from), AddressStep, now) is { Ticks: > 0 } addressWait)
        {
            return ApiErrors.RateLimited with { RetryAfter = addressWait };
        }

        if (account is null)
        {
            return null;
        }

        Sweep(_accounts, now);
        while (true)
        {
            var known = _accounts.TryGetValue(account, out var paid);
            if (Wait(paid, AccountStep, now) is { Ticks: > 0 } wait)
            {
                return ApiErrors.RateLimited with { RetryAfter = wait };
            }

            var next = (paid > now ? paid : now) + AccountStep;
            if (known ? _accounts.TryUpdate(account, next, paid) : _accounts.TryAdd(account, next))
            {
                return null;
            }
        }
    }

    /// <summary>The attempt was a wrong guess.</summary>
    public void Failed(ClientAddress? address)
    {
        if (address is not { } from)
        {
            return;
        }

        var now = time.GetUtcNow();
        Sweep(_addresses, now);
        var most = now + (MaxDebt * AddressStep);
        _addresses.AddOrUpdate(from, now + AddressStep, (_, paid) => Min((paid > now ? paid : now) + AddressStep, most));
    }

    /// <summary>Forgives the account. Not the address: whoever owns one account could guess at others for ever.</summary>
    public void Succeeded(string account) => _accounts.TryRemove(account, out _);

    private static TimeSpan Wait(DateTimeOffset paid, TimeSpan step, DateTimeOffset now) => paid - now - ((Failures - 1) * step);

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static void Sweep<TKey>(ConcurrentDictionary<TKey, DateTimeOffset> debts, DateTimeOffset now) where TKey : notnull
    {
        if (debts.Count < SweepAt)
        {
            return;
        }

        foreach (var debt in debts)
        {
            if (debt.Value <= now)
            {
                debts.TryRemove(debt);
            }
        }
    }
}
