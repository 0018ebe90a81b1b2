using System.Buffers;

namespace Madang.Feeds.Posts;

/// <summary>Where a page is put together, on borrowed memory: a page is some nine kilobytes, and thousands of them a second would keep the collector busy.</summary>
/// <param name="expected">About how many bytes it will be.</param>
internal sealed class PooledJson(int expected) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(expected);
    private int _length;

    /// <summary>What was written, until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(_length);
    }

    /// <summary>Gives the memory back; nobody may look at what was written any more. Doing so again changes nothing.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            (_bytes, _length) = ([], 0);
        }
    }

    private void Grow(int sizeHint)
    {
        if (_bytes.Length - _length >= Math.Max(1, sizeHint))
        {
            return;
        }

        var more = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + Math.Max(1, sizeHint)));
        Written.Span.CopyTo(more);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = more;
    }
}
