using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Madang.Crawler.Searching;

/// <summary>The text of a page as an index keeps it for snippets: in NFC, compressed to about a third.</summary>
internal static class StoredText
{
    // What a sink gives is 64 KiB at most; what comes out of a store is not trusted beyond.
    private const int MaxBytes = 256 * 1024;

    public static byte[] Pack(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, packed, out var length, quality: 1, window: 17) ? packed.AsSpan(0, length).ToArray() : throw new InvalidOperationException("Brotli's bound did not hold.");
    }

    /// <summary>Empty when it is damaged: a snippet is never worth failing for.</summary>
    public static string Unpack(ReadOnlySpan<byte> packed)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(MaxBytes);
        try
        {
            return BrotliDecoder.TryDecompress(packed, bytes, out var length) ? Encoding.UTF8.GetString(bytes.AsSpan(0, length)) : "";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
