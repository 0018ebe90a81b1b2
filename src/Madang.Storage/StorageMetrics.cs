using System.Diagnostics.Metrics;

namespace Madang.Storage;

/// <summary>The meter <c>Madang.Storage</c>, the same on both engines as far as they have the thing measured.</summary>
internal sealed class StorageMetrics
{
    private readonly Meter _meter;
    private readonly Histogram<int> _writes;
    private readonly Histogram<int> _pages;
    private readonly Histogram<double> _commit;
    private readonly Counter<long> _reruns;
    private readonly Counter<long> _checkpoints;
    private readonly KeyValuePair<string, object?> _file;

    public StorageMetrics(IMeterFactory meters)
    {
        _file = new("file", "main");
        _meter = meters.Create("Madang.Storage");
        _writes = _meter.CreateHistogram<int>("madang.storage.batch.writes", "{write}", "Writes that shared one commit");
        _pages = _meter.CreateHistogram<int>("madang.storage.batch.pages", "{page}", "Dirty pages of one commit");
        _commit = _meter.CreateHistogram<double>("madang.storage.commit.duration", "s", "Time of one commit down to the disk");
        _reruns = _meter.CreateCounter<long>("madang.storage.reruns", "{batch}", "Batches or transactions that ran again");
        _checkpoints = _meter.CreateCounter<long>("madang.storage.checkpoints", "{checkpoint}", "Checkpoints of the WAL, by kind");
    }

    private StorageMetrics(StorageMetrics of, string file)
    {
        (_meter, _writes, _pages, _commit, _reruns, _checkpoints) = (of._meter, of._writes, of._pages, of._commit, of._reruns, of._checkpoints);
        _file = new("file", file);
    }

    /// <summary>The same instruments for files beside the main database, told apart by the tag <c>file</c>.</summary>
    public StorageMetrics Of(string file) => new(this, file);

    public void Committed(int writes, int pages, TimeSpan took)
    {
        _writes.Record(writes, _file);
        _pages.Record(pages, _file);
        _commit.Record(took.TotalSeconds, _file);
    }

    public void Committed(int writes, TimeSpan took)
    {
        _writes.Record(writes, _file);
        _commit.Record(took.TotalSeconds, _file);
    }

    public void Rerun() => _reruns.Add(1, _file);

    public void Checkpoint(string kind) => _checkpoints.Add(1, _file, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>What is read when somebody asks: the length of each lane's queue.</summary>
    public void WatchQueues(Func<int> interactive, Func<int> background) => _ = _meter.CreateObservableGauge(
        "madang.storage.queue.writes",
        () => (Measurement<int>[])
        [
            new Measurement<int>(interactive(), new KeyValuePair<string, object?>("lane", "interactive")),
            new Measurement<int>(background(), new KeyValuePair<string, object?>("lane", "background")),
        ],
        "{write}",
        "Writes that wait for the writer");

    public void WatchWal(Func<long> bytes) => _ = _meter.CreateObservableGauge("madang.storage.wal.size", bytes, "By", "Size of the write-ahead log");
}
