using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Madang.Storage;
using Microsoft.Win32.SafeHandles;

namespace Madang.Crawler.Archive;

/// <summary>Where a node archives a crawl.</summary>
internal sealed record WarcSettings
{
    /// <summary>Made when it is missing. This node's own: files of the crawl that the books do not name are removed on start.</summary>
    public required string Folder { get; init; }

    /// <summary>The first part of a file's name.</summary>
    public required string Crawl { get; init; }

    /// <summary>The second part.</summary>
    public required string Node { get; init; }

    /// <summary>A file that would grow beyond is closed.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Of a file's index, which is sorted in memory.</summary>
    public long MaxIndexBytes { get; init; } = 96 << 20;

    /// <summary>For the warcinfo record: software, robots, http-header-user-agent, isPartOf…</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];
}

/// <summary>
/// Appends records to the archive of one node: <c>CRAWL-NODE-20260102030405-00001.warc.gz</c>. Names never change; a file with a <c>.cdxj</c> beside it is closed. One caller
/// appends, and may go on while one <see cref="SyncAsync"/> is under way. What is appended is safe after that, and counts once its length is in the books: the rest is cut on the next start.
/// </summary>
internal sealed partial class WarcWriter : IAsyncDisposable
{
    public const string Extension = ".warc.gz";

    private const int BufferBytes = 256 * 1024;

    private readonly WarcSettings _settings;
    private readonly TimeProvider _time;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private readonly List<ActiveFile> _full = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private ActiveFile? _file;
    private int _buffered;
    private int _serial;
    private Task _indexing = Task.CompletedTask;
    private bool _disposed;

    private WarcWriter(WarcSettings settings, TimeProvider time) => (_settings, _time) = (settings, time);

    /// <summary>Why the last index could not be written; the archive itself is whole, and the next start makes the index.</summary>
    public Exception? IndexFault { get; private set; }

    /// <summary>Completes when the indexes of all closed files are written, or have failed.</summary>
    public Task Indexed => _indexing;

    /// <summary>Cuts what the books do not know, and goes on in a new file. Indexes that a kill left unwritten are made in the background.</summary>
    /// <param name="lengths">The books: the committed length of each file; those of other nodes are no concern of this one.</param>
    public static WarcWriter Open(WarcSettings settings, IReadOnlyDictionary<string, long> lengths, TimeProvider time, out WarcCut cut)
    {
        _ = Directory.CreateDirectory(settings.Folder);
        cut = WarcTail.Cut(settings.Folder, Part(settings.Crawl) + "-", $"{Part(settings.Crawl)}-{Part(settings.Node)}-", lengths);
        var writer = new WarcWriter(settings, time) { _serial = cut.Kept.Select(Serial).DefaultIfEmpty(0).Max() };
        foreach (var file in cut.Kept.Except(cut.Short, StringComparer.Ordinal))
        {
            var path = Path.Combine(settings.Folder, file);
            if (!File.Exists(CdxjFile.Of(path)))
            {
                writer.Index(() => CdxjFile.Rebuild(path, writer._stop.Token));
            }
        }

        return writer;
    }

    /// <summary>Adds the members in one piece. They are in the file's name and place now, and on disk after the next <see cref="SyncAsync"/>.</summary>
    /// <exception cref="StorageFullException">Nothing was added that counts; the call can be repeated.</exception>
    public WarcPlace Append(WarcMembers members)
    {
        using var held = _gate.EnterScope();
        var file = _file;
        if (file is null || (file.Length + members.Bytes.Length > _settings.MaxBytes && file.Length > file.HeadLength) || file.Index.Bytes > _settings.MaxIndexBytes)
        {
            file = Rotate();
        }

        var place = new WarcPlace(file.Name, file.Length, members.FirstLength);
        Add(file, members.Bytes);
        if (!members.IndexLine.IsEmpty)
        {
            file.Index.Add(members.IndexLine, place.Offset);
        }

        return place;
    }

    /// <summary>
    /// Makes durable what was appended until this call, and puts the lengths that changed into <paramref name="lengths"/>, for the books. What is appended meanwhile is not in them.
    /// </summary>
    /// <exception cref="StorageFullException">Can be repeated when there is room again.</exception>
    /// <exception cref="StorageBrokenException">The disk failed: nothing may be acknowledged any more.</exception>
    public Task SyncAsync(IDictionary<string, long> lengths)
    {
        var targets = Targets();
        return Task.Run(() => Sync(targets, lengths));
    }

    /// <summary><see cref="SyncAsync"/> on the caller's thread.</summary>
    public void Sync(IDictionary<string, long> lengths) => Sync(Targets(), lengths);

    /// <summary>Closes the file under way and waits for its index. What was not synced and committed before is cut on the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        // An index of an earlier run can wait for the next one; that of this run is made from the lines at hand.
        await _stop.CancelAsync();
        try
        {
            await SyncAsync(new Dictionary<string, long>());
            if (_file is { } active)
            {
                Close(active);
            }
        }
        finally
        {
            await _indexing;
            _file?.Dispose();
            _full.ForEach(file => file.Dispose());
            ArrayPool<byte>.Shared.Return(_buffer);
            _stop.Dispose();
        }
    }

    /// <summary>Letters, digits and underscores of a name.</summary>
    internal static string Part(string name) => Odd().Replace(name, "_");

    /// <summary>The files with unsynced bytes, and how far each is written now.</summary>
    private List<(ActiveFile File, long Length)> Targets()
    {
        using var held = _gate.EnterScope();
        if (_file is { } active)
        {
            Flush(active);
        }

        IEnumerable<ActiveFile> files = _file is null ? _full : [.. _full, _file];
        return [.. files.Select(file => (file, file.Written))];
    }

    private void Sync(List<(ActiveFile File, long Length)> targets, IDictionary<string, long> lengths)
    {
        foreach (var (file, length) in targets)
        {
            file.Sync(length, lengths);
        }

        foreach (var (file, length) in targets)
        {
            using var held = _gate.EnterScope();
            // A file that became full meanwhile may have more to sync.
            if (file.Written == length && _full.Remove(file))
            {
                Close(file);
            }
        }
    }

    private ActiveFile Rotate()
    {
        if (_file is { } last)
        {
            Flush(last);
            _full.Add(last);
            _file = null;
        }

        var at = _time.GetUtcNow();
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{Part(_settings.Crawl)}-{Part(_settings.Node)}-{at.UtcDateTime:yyyyMMddHHmmss}-{_serial + 1:00000}{Extension}");
        using var head = WarcRecords.FileHead(name, at, _settings.Fields);
        var file = ActiveFile.Create(_settings.Folder, name, head.Bytes.Length);
        _serial++;
        _file = file;
        Add(file, head.Bytes);
        return file;
    }

    private void Add(ActiveFile file, ReadOnlySpan<byte> bytes)
    {
        if (_buffered + bytes.Length > BufferBytes)
        {
            Flush(file);
        }

        if (bytes.Length > BufferBytes)
        {
            file.Write(bytes);
        }
        else
        {
            bytes.CopyTo(_buffer.AsSpan(_buffered));
            _buffered += bytes.Length;
        }

        file.Length += bytes.Length;
    }

    private void Flush(ActiveFile file)
    {
        file.Write(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    private void Close(ActiveFile file)
    {
        file.CloseHandle();
        Index(() =>
        {
            using (file)
            {
                file.Index.Finish();
            }
        });
    }

    /// <summary>One after the other, beside the crawl: an index is never worth stopping for.</summary>
    private void Index(Action make) => _indexing = _indexing.ContinueWith(
        _ =>
        {
            try
            {
                make();
            }
            catch (Exception fault) when (fault is IOException or WarcException or UnauthorizedAccessException or OperationCanceledException)
            {
                IndexFault = fault is OperationCanceledException ? IndexFault : fault;
            }
        },
        CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private static int Serial(string file) =>
        int.TryParse(file.AsSpan()[..^Extension.Length][(file.AsSpan()[..^Extension.Length].LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture, out var serial) ? serial : 0;

    [GeneratedRegex("[^A-Za-z0-9_]")]
    private static partial Regex Odd();

    /// <summary>A file that is appended to.</summary>
    private sealed class ActiveFile : IDisposable
    {
        private readonly SafeFileHandle _handle;
        private long _synced = -1;

        private ActiveFile(string name, SafeFileHandle handle, CdxjFile index, int headLength) => (Name, _handle, Index, HeadLength) = (name, handle, index, headLength);

        public string Name { get; }

        public CdxjFile Index { get; }

        public int HeadLength { get; }

        /// <summary>With what still waits in the buffer.</summary>
        public long Length { get; set; }

        public long Written { get; private set; }

        public static ActiveFile Create(string folder, string name, int headLength) => Disk(() =>
        {
            var path = Path.Combine(folder, name);
            var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
            try
            {
                FolderSync.Flush(folder);
                return new ActiveFile(name, handle, CdxjFile.Start(path), headLength);
            }
            catch
            {
                handle.Dispose();
                File.Delete(path);
                throw;
            }
        });

        /// <summary>At the place where the last write ended: a write that failed half-way is written over.</summary>
        public void Write(ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(_handle, bytes, Written);
            }
            catch (IOException fault)
            {
                throw DiskFault.Of(fault);
            }

            Written += bytes.Length;
        }

        public void Sync(long length, IDictionary<string, long> lengths)
        {
            if (_synced == length)
            {
                return;
            }

            _ = Disk(() =>
            {
                RandomAccess.FlushToDisk(_handle);
                return true;
            });
            _synced = length;
            lengths[Name] = length;
        }

        public void CloseHandle() => _handle.Dispose();

        public void Dispose()
        {
            _handle.Dispose();
            Index.Dispose();
        }

        private static T Disk<T>(Func<T> work)
        {
            try
            {
                return work();
            }
            catch (IOException fault)
            {
                throw DiskFault.Of(fault);
            }
        }
    }
}
