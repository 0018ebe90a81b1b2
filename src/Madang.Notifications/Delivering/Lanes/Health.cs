using Madang.Notifications.Channels;

namespace Madang.Notifications.Delivering.Lanes;

/// <summary>
/// How well a provider does, by its errors and its slowness over the last quarter of an hour (after GOV.UK Notify: 15 % slower than 5 minutes within 15), and
/// which share of new deliveries it therefore gets: it halves each minute while it is ill and drifts back by a tenth a minute when it is well.
/// </summary>
internal sealed class Health
{
    public const double IllAt = 0.15;
    private const int LeastHandovers = 20;
    private const int Minutes = 15;

    /// <summary>A receipt that comes later than this after the hand-over counts as slow.</summary>
    public static readonly TimeSpan LateReceipt = TimeSpan.FromMinutes(5);

    private readonly Bucket[] _buckets = new Bucket[Minutes];
    private long _minute = long.MinValue;

    /// <summary>0 to 1.</summary>
    public double Share { get; private set; } = 1;

    public void Observe(ProviderAnswer answer, bool isSlow, DateTimeOffset now)
    {
        if (answer.IsNotFromProvider)
        {
            return;
        }

        var isFault = answer.Class is AnswerClass.Retry && answer.Scope is AnswerScope.Provider or AnswerScope.Delivery
            || answer.Class is AnswerClass.RetryNewConnection or AnswerClass.Reauth or AnswerClass.Ambiguous or AnswerClass.Config;
        Add(1, isFault || isSlow ? 1 : 0, now);
    }

    /// <summary>A receipt came this long after the hand-over, which has been counted.</summary>
    public void Receipt(TimeSpan after, DateTimeOffset now)
    {
        if (after > LateReceipt)
        {
            Add(0, 1, now);
        }
    }

    /// <summary>Failed or slow out of all, over the last quarter of an hour; 0 while too few are known.</summary>
    public double Illness(DateTimeOffset now)
    {
        Turn(now);
        var (all, bad) = _buckets.Aggregate((All: 0, Bad: 0), (sum, bucket) => (sum.All + bucket.All, sum.Bad + bucket.Bad));
        return all < LeastHandovers ? 0 : Math.Min(1, (double)bad / all);
    }

    /// <summary>The provider could not be used at all: what it gets when it comes back grows from here.</summary>
    public void Down() => Share = Math.Min(Share, 0.2);

    private void Add(int all, int bad, DateTimeOffset now)
    {
        Turn(now);
        ref var bucket = ref _buckets[_minute % Minutes];
        (bucket.All, bucket.Bad) = (bucket.All + all, bucket.Bad + bad);
    }

    private void Turn(DateTimeOffset now)
    {
        var minute = now.ToUnixTimeSeconds() / 60;
        if (_minute == long.MinValue)
        {
            _minute = minute;
        }

        for (var passed = 0; _minute < minute && passed < 10 * Minutes; passed++)
        {
            var illness = _buckets.Aggregate((All: 0, Bad: 0), (sum, bucket) => (sum.All + bucket.All, sum.Bad + bucket.Bad)) is { All: >= LeastHandovers } sum ? (double)sum.Bad / sum.All : 0;
            Share = illness >= IllAt ? Math.Max(0.05, Share / 2) : Math.Min(1, Math.Round(Share + 0.1, 2));
            _buckets[++_minute % Minutes] = default;
        }

        _minute = Math.Max(_minute, minute);
    }

    private struct Bucket
    {
        public int All;
        public int Bad;
    }
}
