using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Conformance.Storage;

/// <summary>What one test's database measured. Other tests run beside it with meters of their own.</summary>
internal sealed class MeterLog : IDisposable
{
    private readonly List<(string Instrument, double Value)> _measured = [];
    private readonly MeterListener _listener = new();

    public MeterLog(TestDatabase test)
    {
        var factory = test.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        _listener.Start();
    }

    /// <summary>All values of an instrument so far.</summary>
    public IEnumerable<double> Take(string instrument)
    {
        lock (_measured)
        {
            return [.. _measured.Where(m => m.Instrument == instrument).Select(m => m.Value)];
        }
    }

    /// <summary>Asks the gauges.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value)
    {
        lock (_measured)
        {
            _measured.Add((instrument.Name, value));
        }
    }
}
