using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Madang.Outbound.Transfer;

/// <summary>How far a body may grow when it is decoded.</summary>
/// <param name="MaxBytes">At most so many bytes.</param>
/// <param name="MaxRatio">At most so many bytes per encoded byte, once <see cref="BodyDecoder.FreeBytes"/> are there.</param>
/// <param name="Cuts">At the first limit the rest is left out, instead of everything.</param>
internal readonly record struct DecodeLimits(int MaxBytes, int MaxRatio, bool Cuts);

/// <summary>
/// Decodes Content-Encoding in slices, counting by itself. zstd is not offered: .NET 10 has no decoder for it, and a native one would be one more parser of
/// hostile bytes.
/// </summary>
internal static class BodyDecoder
{
    /// <summary>A ratio tells a bomb from a page only when there is something to speak of.</summary>
    public const int FreeBytes = 1024 * 1024;

    /// <summary>Encodings of encodings, at most (Content-Encoding: gzip, gzip, …).</summary>
    private const int MaxLayers = 2;

    private const int SliceBytes = 16 * 1024;

    /// <summary>Decodes a whole body; a null fault with a null result means that there was nothing to decode.</summary>
    /// <param name="isPart">The body was cut on the way: its end is not expected.</param>
    public static (PooledBytes? Decoded, string? Fault, bool IsCut) Decode(ReadOnlyMemory<byte> wire, string? encodings, in DecodeLimits limits, bool isPart)
    {
        if (encodings is null || wire.IsEmpty)
        {
            return default;
        }

        var layers = encodings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (layers.Length > MaxLayers)
        {
            return (null, OutboundFaults.BadEncoding, false);
        }

        PooledBytes? current = null;
        var isCut = false;
        for (var i = layers.Length - 1; i >= 0; i--)
        {
            var source = current?.Memory ?? wire;
            var (next, fault, cut) = Layer(source, layers[i].ToLowerInvariant(), limits with { MaxRatio = Math.Max(1, Ratio(limits, wire, source)) }, isPart || isCut);
            isCut |= cut;
            if (fault is not null)
            {
                current?.Dispose();
                next?.Dispose();
                return (null, fault, isCut);
            }

            if (next is not null)
            {
                current?.Dispose();
                current = next;
            }
        }

        return (current, null, isCut);
    }

    /// <summary>What is left of the ratio for the next layer.</summary>
    private static int Ratio(in DecodeLimits limits, ReadOnlyMemory<byte> wire, ReadOnlyMemory<byte> source) =>
        (int)Math.Min(int.MaxValue, (long)limits.MaxRatio * wire.Length / Math.Max(1, source.Length));

    private static (PooledBytes? Decoded, string? Fault, bool IsCut) Layer(ReadOnlyMemory<byte> source, string encoding, in DecodeLimits limits, bool isPart)
    {
        var output = new Output(limits, source.Length);
        try
        {
            switch (encoding)
            {
                case "identity":
                    return default;
                case "gzip" or "x-gzip":
                    Inflate(new GZipStream(Input(source), CompressionMode.Decompress), output);
                    break;
                case "deflate":
                    // RFC 9110 §8.4.1.2 means zlib; some send deflate alone, and the first two bytes tell.
                    Inflate(IsZlib(source.Span) ? new ZLibStream(Input(source), CompressionMode.Decompress) : new DeflateStream(Input(source), CompressionMode.Decompress), output);
                    break;
                case "br":
                    Unbrotli(source.Span, output, isPart);
                    break;
                default:
                    output.Bytes.Dispose();
                    return (null, OutboundFaults.BadEncoding, false);
            }
        }
        catch (LimitReachedException)
        {
            if (limits.Cuts)
            {
                return (output.Bytes, null, true);
            }

            output.Bytes.Dispose();
            return (null, output.Fault, false);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            if (isPart && output.Bytes.Length > 0)
            {
                return (output.Bytes, null, true);
            }

            output.Bytes.Dispose();
            return (null, OutboundFaults.BadEncoding, false);
        }

        return (output.Bytes, null, false);
    }

    private static MemoryStream Input(ReadOnlyMemory<byte> source) =>
        MemoryMarshal.TryGetArray(source, out var array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(source.ToArray());

    private static bool IsZlib(ReadOnlySpan<byte> source) => source.Length >= 2 && (source[0] & 0x0F) == 8 && source[0] >> 4 <= 7 && ((source[0] << 8) | source[1]) % 31 == 0;

    private static void Inflate(Stream decoder, Output output)
    {
        using (decoder)
        {
            decoder.CopyTo(output, SliceBytes);
        }
    }

    private static void Unbrotli(ReadOnlySpan<byte> source, Output output, bool isPart)
    {
        var decoder = new BrotliDecoder();
        try
        {
            while (true)
            {
                var status = decoder.Decompress(source, output.Bytes.Room(SliceBytes).Span, out var consumed, out var written);
                source = source[consumed..];
                output.Count(written);
                if (status == OperationStatus.Done)
                {
                    return;
                }

                if (status == OperationStatus.InvalidData || (status == OperationStatus.NeedMoreData && !isPart))
                {
                    throw new InvalidDataException("Not Brotli, or only a part of it.");
                }

                if (status == OperationStatus.NeedMoreData)
                {
                    return;
                }
            }
        }
        finally
        {
            decoder.Dispose();
        }
    }

    /// <summary>Where decoded bytes go, until a limit is reached.</summary>
    private sealed class Output(DecodeLimits limits, int sourceLength) : Stream
    {
        private readonly long _ratioLimit = Math.Max(FreeBytes, (long)sourceLength * limits.MaxRatio);

        public PooledBytes Bytes { get; } = new();

        public string? Fault { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Bytes.Length;

        public override long Position { get => Bytes.Length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            buffer.CopyTo(Bytes.Room(buffer.Length).Span);
            Count(buffer.Length);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public void Count(int written)
        {
            Bytes.Added(written);
            var limit = Math.Min(limits.MaxBytes, _ratioLimit);
            if (Bytes.Length > limit)
            {
                Fault = Bytes.Length > limits.MaxBytes ? OutboundFaults.TooLarge : OutboundFaults.TooCompressed;
                Bytes.Cut((int)limit);
                throw new LimitReachedException();
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    private sealed class LimitReachedException : Exception;
}
