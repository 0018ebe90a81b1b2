using System.Buffers.Binary;
using System.Numerics;

namespace Madang.Crawler.Urls;

/// <summary>
/// SipHash-2-4 with 64 bits (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): a hash that nobody can make collide without the key. A crawl has its own
/// key, so a site cannot choose addresses that fall together.
/// </summary>
public readonly struct SipHash
{
    private readonly ulong _key0;
    private readonly ulong _key1;

    public SipHash(ulong key0, ulong key1)
    {
        _key0 = key0;
        _key1 = key1;
    }

    /// <param name="key">16 bytes.</param>
    public SipHash(ReadOnlySpan<byte> key)
        : this(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]))
    {
    }

    public ulong Hash(ReadOnlySpan<byte> message)
    {
        var v0 = _key0 ^ 0x736f6d6570736575;
        var v1 = _key1 ^ 0x646f72616e646f6d;
        var v2 = _key0 ^ 0x6c7967656e657261;
        var v3 = _key1 ^ 0x7465646279746573;
        var last = (ulong)message.Length << 56;
        while (message.Length >= 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(message);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
            message = message[8..];
        }

        for (var at = 0; at < message.Length; at++)
        {
            last |= (ulong)message[at] << (8 * at);
        }

        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xff;
        for (var round = 0; round < 4; round++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v2 += v3;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
