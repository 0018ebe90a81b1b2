using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Madang.Notifications.Delivering.Lanes;

/// <summary>What every provider has beside its own keys: <c>Madang:Notifications:Providers:{name}:{Rank|PerSecond|Concurrency|RampSeconds|SlowSeconds}</c>.</summary>
internal sealed record ProviderSettings
{
    /// <summary>Providers that stand in for each other are taken in this order, the lowest first.</summary>
    public int Rank { get; init; } = 100;

    /// <summary>Messages a second and node at most; 0 for no limit.</summary>
    public double PerSecond { get; init; }

    /// <summary>How many hand-overs are under way at once on one node.</summary>
    public int Concurrency { get; init; } = 32;

    /// <summary>From nothing to <see cref="PerSecond"/> within this time, after a start or a break.</summary>
    public TimeSpan Ramp { get; init; }

    /// <summary>A hand-over that takes longer counts as slow for the provider's health.</summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<string> Keys { get; } = ["Kind", "Rank", "PerSecond", "Concurrency", "RampSeconds", "SlowSeconds"];

    /// <summary>Every fault at once, each naming its key.</summary>
    public static (ProviderSettings Settings, IReadOnlyList<string> Faults) Read(IConfigurationSection section, string kind)
    {
        List<string> faults = [];
        double Number(string key, double given, double least, double most)
        {
            if (section[key] is not { Length: > 0 } text)
            {
                return given;
            }

            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{section.Path}:{key}: \"{text}\" is not a number from {least} to {most}."));
            return given;
        }

        var (concurrency, perSecond, ramp) = kind switch
        {
            "apns" => (500, 0, 0),

            // 600,000 a minute and project, reached over at least 60 s (FCM: scale-fcm, throttling-and-quotas).
            "fcm" => (500, 9_000, 60),
            "webpush" => (100, 0, 0),
            "smtp" => (16, 0, 0),
            "twilio" => (16, 10, 0),

            // A gateway of one's own, which has a queue of its own.
            "kannel" => (64, 0, 0),
            _ => (32, 0, 0),
        };
        var settings = new ProviderSettings
        {
            Rank = (int)Number("Rank", 100, 0, 10_000),
            PerSecond = Number("PerSecond", perSecond, 0, 1_000_000),
            Concurrency = (int)Number("Concurrency", concurrency, 1, 2_000),
            Ramp = TimeSpan.FromSeconds(Number("RampSeconds", ramp, 0, 3_600)),
            SlowAfter = TimeSpan.FromSeconds(Number("SlowSeconds", 10, 0.1, 3_600)),
        };
        return (settings, faults);
    }
}
