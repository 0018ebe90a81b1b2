using Madang.Notifications.Channels;

namespace Madang.Notifications.Delivering;

/// <summary>One hand-over, or one question about it, as the log keeps it. Never changed.</summary>
internal sealed record DeliveryAttempt
{
    /// <summary>The delivery's fence at that time: ascending, with gaps where nothing was handed over.</summary>
    public required long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Provider { get; init; }

    /// <summary>Asked what became of the one before instead of sending.</summary>
    public bool IsLookUp { get; init; }

    public required AnswerClass Class { get; init; }

    public required string Code { get; init; }

    public string? Detail { get; init; }

    public required TimeSpan Latency { get; init; }

    /// <summary>When the next is due; null after the last.</summary>
    public DateTimeOffset? NextAt { get; init; }
}
