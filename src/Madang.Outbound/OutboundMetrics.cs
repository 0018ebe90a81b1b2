using System.Diagnostics.Metrics;
using Madang.Outbound.Connecting;
using Madang.Outbound.Names;

namespace Madang.Outbound;

/// <summary>Meter <c>Madang.Outbound</c>.</summary>
internal sealed class OutboundMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;

    public OutboundMetrics(IMeterFactory meters, DnsCache names, ConnectionPlaces places)
    {
        var meter = meters.Create("Madang.Outbound");
        _requests = meter.CreateCounter<long>("madang.outbound.requests", "{request}", "Requests that went out, by the class of the answer's status or the fault that came instead.");
        _bytes = meter.CreateCounter<long>("madang.outbound.received", "By", "Bytes of bodies as transferred.");
        _duration = meter.CreateHistogram<double>("madang.outbound.duration", "s", "From the start of a request to the end of its answer.");
        meter.CreateObservableGauge("madang.outbound.connections", () => places.Open, "{connection}", "Connections that are open, idle ones too.");
        meter.CreateObservableGauge("madang.outbound.names", () => names.Count, "{name}", "Names whose addresses are remembered.");
        meter.CreateObservableCounter("madang.outbound.lookups", () => Lookups(names), "{lookup}", "Names asked for: answered from memory, by a name server, or with an address beyond its time.");
    }

    public void Ended(OutboundResponse response)
    {
        _requests.Add(1, new KeyValuePair<string, object?>("outcome", response.Fault ?? Class(response.Status)));
        _bytes.Add(response.WireBytes);
        _duration.Record(response.Total.TotalSeconds);
    }

    private static string Class(int status) => (status / 100) switch { 2 => "2xx", 3 => "3xx", 4 => "4xx", 5 => "5xx", _ => "other" };

    private static Measurement<long>[] Lookups(DnsCache names) =>
    [
        new(Volatile.Read(ref names.Hits), new KeyValuePair<string, object?>("from", "memory")),
        new(Volatile.Read(ref names.Misses), new KeyValuePair<string, object?>("from", "server")),
        new(Volatile.Read(ref names.StaleAnswers), new KeyValuePair<string, object?>("from", "stale")),
    ];
}
