using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Madang.Operation;

/// <summary>One instrument under its Prometheus name, with a series for each combination of labels.</summary>
internal sealed class MetricFamily
{
    private static readonly double[] DefaultBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly Tag[] Overflow = [new("overflow", "true")];

    private readonly ConcurrentDictionary<Tag[], Series> _series = new(TagsComparer.Instance);
    private readonly ConcurrentDictionary<Tag[], Series>.AlternateLookup<ReadOnlySpan<Tag>> _bySpan;
    private readonly string _type;
    private readonly string _help;
    private readonly bool _isObserved;
    private readonly bool _isSet;
    private readonly double[]? _buckets;

    public MetricFamily(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        var isCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        var isHistogram = kind == typeof(Histogram<>);
        _isObserved = instrument.IsObservable;
        _isSet = _isObserved || kind == typeof(Gauge<>);
        _type = isCounter ? "counter" : isHistogram ? "histogram" : "gauge";
        _help = instrument.Description ?? "";
        _buckets = isHistogram ? Buckets(instrument) : null;
        Name = NameOf(instrument, isCounter);
        _bySpan = _series.GetAlternateLookup<ReadOnlySpan<Tag>>();
    }

    public string Name { get; }

    /// <summary>counter, gauge or histogram.</summary>
    public string Type => _type;

    public string Help => _help;

    public void Record(double value, ReadOnlySpan<Tag> tags)
    {
        if (!_bySpan.TryGetValue(tags, out var series))
        {
            // Labels come from routes and codes, but a bound is kept anyway: memory must not grow with what strangers send.
            var kept = _series.Count < MetricsBook.MaxSeries ? tags.ToArray() : Overflow;
            series = _series.GetOrAdd(kept, static (tags, buckets) => new Series(Labels(tags), buckets), _buckets);
        }

        series.Record(value, _isSet);
    }

    /// <summary>What is observed is asked anew for each scrape: a queue that is gone must not keep its last length.</summary>
    public void ForgetObserved()
    {
        if (_isObserved)
        {
            _series.Clear();
        }
    }

    public void WriteTo(StringBuilder text)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        if (_help.Length > 0)
        {
            text.Append("# HELP ").Append(Name).Append(' ').Append(Escape(_help, quote: false)).Append('\n');
        }

        text.Append("# TYPE ").Append(Name).Append(' ').Append(_type).Append('\n');
        // Tags in another order are the same labels and must be one line.
        foreach (var same in _series.Values.GroupBy(series => series.Labels).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var (first, rest) = (same.First().Read(), same.Skip(1));
            rest.Aggregate(first, static (sum, series) => sum.Plus(series.Read())).WriteTo(text, Name, same.Key, _buckets);
        }
    }

    /// <summary>OpenTelemetry's rules: dots become underscores, the unit is a suffix, counters end in _total.</summary>
    private static string NameOf(Instrument instrument, bool isCounter)
    {
        var name = new StringBuilder(Sanitize(instrument.Name));
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" or "bytes" => "_bytes",
            _ => "",
        };
        if (unit.Length > 0 && !instrument.Name.EndsWith(unit[1..], StringComparison.Ordinal))
        {
            name.Append(unit);
        }

        if (isCounter && !instrument.Name.EndsWith("total", StringComparison.Ordinal))
        {
            name.Append("_total");
        }

        return name.ToString();
    }

    private static double[] Buckets(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } own } => [.. own],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } own } => [.. own.Select(bound => (double)bound)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } own } => [.. own.Select(bound => (double)bound)],
        { Unit: "ms" } => [.. DefaultBuckets.Select(bound => bound * 1000)],
        { Unit: "s" } => DefaultBuckets,
        _ => [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000, 1_000_000],
    };

    private static string Labels(ReadOnlySpan<Tag> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            labels[Sanitize(tag.Key)] = Escape(Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "", quote: true);
        }

        return string.Join(',', labels.Select(label => $"{label.Key}=\"{label.Value}\""));
    }

    private static string Sanitize(string name) =>
        string.Create(name.Length, name, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetter(from[i]) || (i > 0 && char.IsAsciiDigit(from[i])) ? from[i] : '_';
            }
        });

    private static string Escape(string text, bool quote)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quote ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private sealed class TagsComparer : IEqualityComparer<Tag[]>, IAlternateEqualityComparer<ReadOnlySpan<Tag>, Tag[]>
    {
        public static readonly TagsComparer Instance = new();

        public bool Equals(Tag[]? x, Tag[]? y) => Equals((ReadOnlySpan<Tag>)x, y!);

        public bool Equals(ReadOnlySpan<Tag> alternate, Tag[] other)
        {
            if (alternate.Length != other.Length)
            {
                return false;
            }

            for (var i = 0; i < other.Length; i++)
            {
                if (alternate[i].Key != other[i].Key || !Equals(alternate[i].Value, other[i].Value))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode([DisallowNull] Tag[] obj) => GetHashCode((ReadOnlySpan<Tag>)obj);

        public int GetHashCode(ReadOnlySpan<Tag> alternate)
        {
            var hash = default(HashCode);
            foreach (var tag in alternate)
            {
                hash.Add(tag.Key);
                hash.Add(tag.Value);
            }

            return hash.ToHashCode();
        }

        public Tag[] Create(ReadOnlySpan<Tag> alternate) => alternate.ToArray();
    }

    private sealed class Series(string labels, double[]? buckets)
    {
        private readonly Lock _lock = new();
        private readonly long[]? _counts = buckets is null ? null : new long[buckets.Length + 1];
        private double _sum;
        private long _count;

        public string Labels { get; } = labels;

        public void Record(double value, bool isSet)
        {
            lock (_lock)
            {
                _count++;
                _sum = isSet ? value : _sum + value;
                if (_counts is not null)
                {
                    var bucket = Array.BinarySearch(buckets!, value);
                    _counts[bucket < 0 ? ~bucket : bucket]++;
                }
            }
        }

        public Reading Read()
        {
            lock (_lock)
            {
                return new Reading(_sum, _count, (long[]?)_counts?.Clone());
            }
        }
    }

    private sealed record Reading(double Sum, long Count, long[]? Counts)
    {
        public Reading Plus(Reading other) => new(Sum + other.Sum, Count + other.Count, Counts?.Zip(other.Counts!, (a, b) => a + b).ToArray());

        public void WriteTo(StringBuilder text, string name, string labels, double[]? buckets)
        {
            if (Counts is null)
            {
                Line(text, name, "", labels, Sum);
                return;
            }

            var below = 0L;
            for (var i = 0; i < Counts.Length; i++)
            {
                below += Counts[i];
                var bound = i < buckets!.Length ? buckets[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                Line(text, name, "_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"", below);
            }

            Line(text, name, "_sum", labels, Sum);
            Line(text, name, "_count", labels, Count);
        }

        private static void Line(StringBuilder text, string name, string suffix, string labels, double value)
        {
            text.Append(name).Append(suffix);
            if (labels.Length > 0)
            {
                text.Append('{').Append(labels).Append('}');
            }

            var number = double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
            text.Append(' ').Append(number).Append('\n');
        }
    }
}
