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
}

[OptionsValidator]
internal sealed partial class NotificationsOptionsValidator : IValidateOptions<NotificationsOptions>;
