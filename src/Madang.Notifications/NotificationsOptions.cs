using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Notifications;

/// <summary>Settings under <c>Madang:Notifications</c>.</summary>
public sealed class NotificationsOptions
{
    public const string Section = "Madang:Notifications";

    /// <summary>The most people that one send names one by one, and the most notifications of one bulk call.</summary>
    [Range(1, 10_000)]
    public int MaxBulk { get; set; } = 1_000;

    /// <summary>How long the notification log is kept, in days.</summary>
    [Range(7, 3_650)]
    public int LogDays { get; set; } = 30;

    /// <summary>How often one person is disturbed within any hour, over all categories that are not mandatory; 0 for no limit.</summary>
    [Range(0, 10_000)]
    public int PerPersonPerHour { get; set; }

    /// <summary>The same within any day.</summary>
    [Range(0, 60_000)]
    public int PerPersonPerDay { get; set; }

    /// <summary>Seals the names under which mail servers and gateways report on deliveries; the same on every node. Empty makes a key in the data folder.</summary>
    [MaxLength(1_000)]
    public string ReturnKey { get; set; } = "";

    /// <summary>People of audiences that are decided on in a second at most, so that a broadcast leaves room for what is asked for beside it; 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int BroadcastPerSecond { get; set; } = 3_600;

    /// <summary>A digest that holds so many is sent before its time.</summary>
    [Range(2, 1_000)]
    public int DigestMaxItems { get; set; } = 100;

    /// <summary>How long a claimed delivery stays with a node that no longer renews it, in seconds. Renewed at a third of it; then it is in doubt.</summary>
    [Range(3, 3_600)]
    public int LeaseSeconds { get; set; } = 60;

    /// <summary>How long hand-overs under way may take to be answered when the server stops, in seconds.</summary>
    [Range(0, 300)]
    public int DrainSeconds { get; set; } = 6;

    internal TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
}

[OptionsValidator]
internal sealed partial class NotificationsOptionsValidator : IValidateOptions<NotificationsOptions>;
