using System.Buffers;

namespace Madang.Crawler.Archive;

/// <summary>
/// Records as gzip members, ready to be appended to a file: the response or revisit first, then its request and metadata. The memory is pooled and goes back on disposal.
/// </summary>
internal sealed class WarcMembers : IDisposable
{
    private readonly int _length;
    private readonly int _indexLength;
    private byte[]? _bytes;

    /// <param name="bytes">Rented: the members, then the beginning of the index line.</param>
    internal WarcMembers(byte[] bytes, int length, int firstLength, int indexLength) =>
        (_bytes, _length, FirstLength, _indexLength) = (bytes, length, firstLength, indexLength);

    public ReadOnlySpan<byte> Bytes => Rented.AsSpan(0, _length);

    /// <summary>Of the response's or revisit's member, which stands at offset 0.</summary>
    public int FirstLength { get; }

    /// <summary>The CDXJ line up to where offset and file are named.</summary>
    public ReadOnlySpan<byte> IndexLine => Rented.AsSpan(_length, _indexLength);

    private byte[] Rented => _bytes ?? throw new ObjectDisposedException(nameof(WarcMembers));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}

/// <summary>Where a record stands.</summary>
/// <param name="File">The name within the archive's folder.</param>
/// <param name="Offset">Of its gzip member.</param>
/// <param name="Length">Of its gzip member.</param>
internal readonly record struct WarcPlace(string File, long Offset, int Length);
