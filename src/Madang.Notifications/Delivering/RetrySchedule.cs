using Madang.Notifications.Channels;

namespace Madang.Notifications.Delivering;

/// <summary>When a failed hand-over is repeated: never before <paramref name="Floor"/>, and spread over a range that doubles up to <paramref name="Most"/>.</summary>
/// <param name="First">The range after the first attempt.</param>
internal sealed record RetrySchedule(TimeSpan Floor, TimeSpan First, TimeSpan Most)
{
    /// <summary>The ranges one by one instead of doubling; after the last it is given up.</summary>
    public IReadOnlyList<TimeSpan>? Steps { get; init; }

    /// <summary>
    /// The wait after attempt number <paramref name="attempt"/>; null when the schedule has ended. Full jitter above the floor; what the provider asked for is kept to.
    /// </summary>
    /// <param name="random">0 to 1.</param>
    public TimeSpan? Delay(int attempt, TimeSpan? retryAfter, double random)
    {
        TimeSpan range;
        if (Steps is null)
        {
            range = TimeSpan.FromTicks((long)Math.Min(Most.Ticks, First.Ticks * Math.Pow(2, Math.Clamp(attempt - 1, 0, 40))));
        }
        else if (attempt <= Steps.Count)
        {
            // Published steps are promises: a tenth of jitter, no more.
            range = Steps[Math.Max(attempt, 1) - 1];
            return Later(range + (range * 0.1 * random), retryAfter, random);
        }
        else
        {
            return null;
        }

        return Later(Floor + (range * random), retryAfter, random);
    }

    // Those that were told the same second do not come back in the same one.
    private static TimeSpan Later(TimeSpan delay, TimeSpan? retryAfter, double random) =>
        retryAfter is { } asked && asked > delay ? asked + (asked * 0.1 * random) : delay;
}

/// <summary>The schedules of the provider contracts, per kind of provider and class of error.</summary>
internal static class RetrySchedules
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The line broke or was refused: the provider itself said nothing.</summary>
    private static readonly RetrySchedule Connection = new(Second, 4 * Second, 10 * Minute);

    /// <summary>Apple: 500 and 503 "after 15 minutes", with backoff.</summary>
    private static readonly RetrySchedule Apns5xx = new(15 * Minute, 5 * Minute, 2 * Hour);

    /// <summary>429 TooManyRequests: too many for one device token.</summary>
    private static readonly RetrySchedule ApnsDevice = new(30 * Second, Minute, Hour);

    /// <summary>FCM: exponential from at least 10 s; a quota refills within its minute.</summary>
    private static readonly RetrySchedule Fcm5xx = new(10 * Second, 10 * Second, Hour);
    private static readonly RetrySchedule FcmQuota = new(60 * Second, Minute, Hour);
    private static readonly RetrySchedule WebPush = new(10 * Second, 20 * Second, Hour);
    private static readonly RetrySchedule WebPush429 = new(Minute, Minute, Hour);

    /// <summary>Greylists want minutes, a full mailbox hours (RFC 5321 §4.5.4.1: half an hour and more between tries); it goes on to the end of its time to live.</summary>
    private static readonly RetrySchedule Smtp = new(Minute, 4 * Minute, 2 * Hour);

    /// <summary>452 and 5.2.2: only time empties a mailbox.</summary>
    private static readonly RetrySchedule SmtpQuota = new(15 * Minute, 30 * Minute, 4 * Hour);
    private static readonly RetrySchedule Sms = new(5 * Second, 20 * Second, 15 * Minute);

    /// <summary>30003, 30008: the handset was off; once, later.</summary>
    private static readonly RetrySchedule SmsOnce = new(10 * Minute, 10 * Minute, Hour);

    /// <summary>Standard Webhooks.</summary>
    private static readonly RetrySchedule Webhook = new(TimeSpan.Zero, 5 * Second, 24 * Hour)
    {
        Steps = [5 * Second, 5 * Minute, 30 * Minute, 2 * Hour, 5 * Hour, 10 * Hour, 14 * Hour, 20 * Hour, 24 * Hour],
    };

    private static readonly RetrySchedule Other = new(5 * Second, 10 * Second, Hour);

    /// <param name="kind">Of the provider: <see cref="IProvider.Kind"/>.</param>
    public static RetrySchedule For(string kind, ProviderAnswer answer) => (kind, First(answer.Code)) switch
    {
        ("webhook", _) => Webhook,
        _ when answer.Class is AnswerClass.RetryNewConnection or AnswerClass.Reauth => Connection,
        ("apns", '5') => Apns5xx,
        ("apns", '4') => ApnsDevice,
        ("fcm", '4') => FcmQuota,
        ("fcm", '5') => Fcm5xx,
        ("webpush", '4') => WebPush429,
        ("webpush", '5') => WebPush,
        ("smtp", '4' or '5') when IsFull(answer.Code) => SmtpQuota,
        ("smtp", '4' or '5') => Smtp,
        ("twilio" or "kannel", _) when answer.MaxRetries is not null => SmsOnce,
        ("twilio" or "kannel", _) => Sms,
        _ when !char.IsAsciiDigit(First(answer.Code)) => Connection,
        _ => Other,
    };

    /// <summary>When an unanswered hand-over is looked up or sent again: soon the first time, as receipts come within seconds; 4 times later each time.</summary>
    public static TimeSpan Doubt(int ambiguous, bool collapses, double random) =>
        TimeSpan.FromSeconds(Math.Min((collapses ? 5 : 30) * Math.Pow(4, Math.Clamp(ambiguous - 1, 0, 10)), 1800) * (0.75 + (random / 2)));

    private static char First(string code) => code.Length > 0 ? code[0] : ' ';

    private static bool IsFull(string code) =>
        code.StartsWith("452", StringComparison.Ordinal) || code.Contains(" 4.2.2", StringComparison.Ordinal) || code.Contains(" 5.2.2", StringComparison.Ordinal);
}
