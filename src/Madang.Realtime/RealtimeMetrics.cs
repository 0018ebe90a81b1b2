using System.Diagnostics.Metrics;

namespace Madang.Realtime;

/// <summary>Meter <c>Madang.Realtime</c>.</summary>
internal sealed class RealtimeMetrics
{
    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _entries;
    private readonly Counter<long> _backlogReads;
    private readonly Counter<long> _holes;
    private readonly Counter<long> _signalsDropped;
    private readonly Counter<long> _resyncs;
    private readonly Counter<long> _slowClosed;
    private readonly Counter<long> _frames;

    public RealtimeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Madang.Realtime");
        _connections = meter.CreateUpDownCounter<int>("madang.realtime.connections", "{connection}", "Open connections, by transport.");
        _entries = meter.CreateCounter<long>("madang.realtime.entries", "{entry}", "Entries written to clients, by transport.");
        _backlogReads = meter.CreateCounter<long>("madang.realtime.backlog_reads", "{page}", "Pages read from the store for connections that were behind.");
        _holes = meter.CreateCounter<long>("madang.realtime.holes", "{hole}", "Holes between live entries that did not close in time and were read from the store.");
        _signalsDropped = meter.CreateCounter<long>("madang.realtime.signals_dropped", "{signal}", "Signals dropped because somebody or something was too slow.");
        _resyncs = meter.CreateCounter<long>("madang.realtime.resyncs", "{connection}", "Times that a connection's queue overflowed and it was sent back to its cursor.");
        _slowClosed = meter.CreateCounter<long>("madang.realtime.slow_closed", "{connection}", "Connections closed because their reader stayed slow.");
        _frames = meter.CreateCounter<long>("madang.realtime.frames", "{frame}", "Frames that clients sent, by what became of them.");
    }

    public void Opened(string transport) => _connections.Add(1, new KeyValuePair<string, object?>("transport", transport));

    public void Closed(string transport) => _connections.Add(-1, new KeyValuePair<string, object?>("transport", transport));

    public void Sent(string transport, int entries)
    {
        if (entries > 0)
        {
            _entries.Add(entries, new KeyValuePair<string, object?>("transport", transport));
        }
    }

    public void BacklogRead() => _backlogReads.Add(1);

    public void Hole() => _holes.Add(1);

    public void SignalDropped(int count = 1) => _signalsDropped.Add(count);

    public void Resynced() => _resyncs.Add(1);

    public void SlowClosed() => _slowClosed.Add(1);

    public void Frame(string outcome) => _frames.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
