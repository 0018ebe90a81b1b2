using System.Diagnostics.Metrics;
using Madang.Accounts.Passwords;

namespace Madang.Accounts;

/// <summary>Meter <c>Madang.Accounts</c>.</summary>
internal sealed class AccountsMeter
{
    private readonly Counter<long> _signIns;

    public AccountsMeter(IMeterFactory meters, PasswordLane passwords)
    {
        var meter = meters.Create("Madang.Accounts");
        _signIns = meter.CreateCounter<long>("madang.accounts.sign_ins", "{sign-in}", "Sign-ins by outcome: ok, or the code of the refusal.");
        meter.CreateObservableGauge("madang.accounts.password_queue", () => passwords.Waiting, "{password}", "Passwords that are being hashed or wait for it.");
    }

    public void SignIn(string outcome) => _signIns.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
