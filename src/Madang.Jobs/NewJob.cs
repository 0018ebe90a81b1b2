using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Madang.Jobs;

/// <summary>A job to enqueue.</summary>
/// <param name="Queue">1 to 64 of <c>a–z 0–9 . _ -</c>; one worker answers for it.</param>
/// <param name="Payload">JSON of at most 64 KiB. Keep references in it, not copies.</param>
public sealed record NewJob(string Queue, string Payload)
{
    public const int MaxQueue = 64;
    public const int MaxPayloadBytes = 64 * 1024;
    public const int MaxUniqueKey = 200;

    /// <summary>While a job of this queue with this key waits or runs, another enqueue answers that one.</summary>
    public string? UniqueKey { get; init; }

    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>Not before this; at once when absent.</summary>
    public DateTimeOffset? RunAt { get; init; }

    public int MaxAttempts { get; init; } = 10;

    /// <summary>No attempt begins after this; the job is then dead as expired.</summary>
    public DateTimeOffset? Deadline { get; init; }

    public static NewJob Of<T>(string queue, T payload, JsonTypeInfo<T> type) => new(queue, JsonSerializer.Serialize(payload, type));

    /// <summary>A job is made by code, so a bad one is a fault of that code.</summary>
    /// <exception cref="ArgumentException">A value is outside its bounds.</exception>
    internal void Check()
    {
        var fault = this switch
        {
            { Queue.Length: 0 or > MaxQueue } => "A queue's name has 1 to 64 characters.",
            _ when Queue.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')) => "A queue's name holds a–z, 0–9, '.', '_' and '-'.",
            { UniqueKey.Length: 0 or > MaxUniqueKey } => "A unique key has 1 to 200 characters.",
            { MaxAttempts: < 1 } => "A job has at least one attempt.",
            _ when !Enum.IsDefined(Priority) => "A priority is high, normal or low.",
            _ when Payload.Length > MaxPayloadBytes || Encoding.UTF8.GetByteCount(Payload) > MaxPayloadBytes => "A payload holds at most 64 KiB.",
            _ => null,
        };
        if (fault is not null)
        {
            throw new ArgumentException($"{fault} (queue '{Queue}')");
        }
    }
}

/// <param name="IsNew">False when a job with the same unique key is alive: <paramref name="Id"/> is that one's.</param>
public readonly record struct Enqueued(JobId Id, bool IsNew);
