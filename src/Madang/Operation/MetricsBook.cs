using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Madang.Operation;

/// <summary>
/// Listens to Madang's own meters and those of ASP.NET, Kestrel and the runtime, and writes what they counted in the Prometheus text format 0.0.4.
/// (The exporter packages are not used: the format is small, and a bounded book is a promise of ours.)
/// </summary>
internal sealed class MetricsBook : IDisposable
{
    /// <summary>Label combinations kept for one instrument; further ones are added up under <c>overflow="true"</c>.</summary>
    public const int MaxSeries = 200;

    private static readonly string[] Meters = ["Madang.", "Microsoft.AspNetCore.", "System.Runtime"];

    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _scrape = new();

    public MetricsBook(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Several hosts may live in one process (tests): each hears its own meters and the process's.
            if ((instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, factory))
                && Meters.Any(name => instrument.Meter.Name.StartsWith(name, StringComparison.Ordinal)))
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, static heard => new MetricFamily(heard)));
            }
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, family) => ((MetricFamily)family!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>What has been announced so far, by name.</summary>
    public IReadOnlyList<MetricFamily> Families =>
        // Two instruments of one name (a meter made twice) would break the format's rule that a family appears once.
        [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal).DistinctBy(family => family.Name)];

    public string Write()
    {
        // Observables are read during the scrape, so two scrapes at once would read each other's halves.
        lock (_scrape)
        {
            foreach (var family in _families.Values)
            {
                family.ForgetObserved();
            }

            _listener.RecordObservableInstruments();
            var text = new StringBuilder(16 * 1024);
            foreach (var family in Families)
            {
                family.WriteTo(text);
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();
}
