using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Madang.Bench.Sites;

/// <summary>One request as the server saw it.</summary>
/// <param name="Arrived">Monotonic nanoseconds when its head had been read.</param>
/// <param name="Sent">When the answer was handed to the socket, at the latest when the connection ended; 0 while that is still to come.</param>
/// <param name="RetryAfter">Milliseconds that the answer asked to wait.</param>
internal sealed record LoggedRequest(long Arrived, long Sent, int Connection, int Host, string Target, int Status, int Bytes, int RetryAfter)
{
    /// <summary>As in the dump: nanoseconds, connection, host, status, bytes, milliseconds to wait, target.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Arrived} {Sent} {Connection} {Host} {Status} {Bytes} {RetryAfter} {Target}");

    public static LoggedRequest Parse(string line)
    {
        var fields = line.Split(' ', 8);
        long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
        return new LoggedRequest(Number(0), Number(1), (int)Number(2), (int)Number(3), fields[7], (int)Number(4), (int)Number(5), (int)Number(6));
    }
}

/// <summary>Every request in the order of arrival, kept in memory: the one witness that no crawler can talk round.</summary>
internal sealed class RequestLog
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly List<byte[]> _pages = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private int _pageEnd = PageSize;

    private const int PageSize = 1 << 20;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <returns>What <see cref="Sent"/> wants to know later.</returns>
    public (int Epoch, int Entry) Arrive(int connection, int host, ReadOnlySpan<byte> target)
    {
        var now = Stopwatch.GetTimestamp();
        target = target[..Math.Min(target.Length, PageSize)];
        lock (_gate)
        {
            if (PageSize - _pageEnd < target.Length)
            {
                _pages.Add(new byte[PageSize]);
                _pageEnd = 0;
            }

            target.CopyTo(_pages[^1].AsSpan(_pageEnd));
            _entries.Add(new Entry { Arrived = now, Connection = connection, Host = host, Page = _pages.Count - 1, Offset = _pageEnd, Length = target.Length });
            _pageEnd += target.Length;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Count <= _entries.Count)
                {
                    _waiting[i].Reached.TrySetResult();
                    _waiting.RemoveAt(i);
                }
            }

            return (_epoch, _entries.Count - 1);
        }
    }

    /// <summary>Ends as soon as so many requests have come.</summary>
    public Task ReachAsync(int count)
    {
        lock (_gate)
        {
            if (_entries.Count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            return reached.Task;
        }
    }

    /// <param name="ended">Monotonic nanoseconds.</param>
    public void Sent((int Epoch, int Entry) ticket, long ended, int status, int bytes, int retryAfter)
    {
        lock (_gate)
        {
            if (ticket.Epoch == _epoch)
            {
                ref var entry = ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries)[ticket.Entry];
                (entry.Sent, entry.Status, entry.Bytes, entry.RetryAfter) = (ended, status, bytes, retryAfter);
            }
        }
    }

    private int _epoch;

    public IReadOnlyList<LoggedRequest> Read()
    {
        lock (_gate)
        {
            return [.. _entries.Select(e => new LoggedRequest(
                e.Arrived, e.Sent, e.Connection, e.Host, Encoding.UTF8.GetString(_pages[e.Page].AsSpan(e.Offset, e.Length)), e.Status, e.Bytes, e.RetryAfter))];
        }
    }

    /// <summary>Forgets all; answers that are still under way are not entered any more.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _pages.Clear();
            _pageEnd = PageSize;
            _epoch++;
        }
    }

    private struct Entry
    {
        public long Arrived;
        public long Sent;
        public int Connection;
        public int Host;
        public int Page;
        public int Offset;
        public int Length;
        public int Status;
        public int Bytes;
        public int RetryAfter;
    }
}
