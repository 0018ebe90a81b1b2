using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Madang.Crawler.Parsing;

/// <summary>
/// A tag or attribute name as one number, so that looking for <c>href</c> is one comparison. Names of up to eight bytes are the bytes themselves
/// (little endian); a longer one is a hash whose lowest byte is zero, which no short name has.
/// </summary>
internal static partial class NameKey
{
    /// <summary>Names up to this length are told apart by their keys alone.</summary>
    public const int Exact = 8;

    public static ulong Of(ReadOnlySpan<byte> name)
    {
        if (name.Length > Exact)
        {
            return Hash(name);
        }

        ulong key = 0;
        for (var i = name.Length - 1; i >= 0; i--)
        {
            key = (key << 8) | name[i];
        }

        return key;
    }

    /// <summary>The key of a name inside a longer text, which is read past its end: one load instead of a loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> input, int start, int length)
    {
        if ((uint)(length - 1) < Exact && start + Exact <= input.Length)
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(input[start..]) & (ulong.MaxValue >> (64 - (8 * length)));
        }

        return Of(input.Slice(start, length));
    }

    private static ulong Hash(ReadOnlySpan<byte> name)
    {
        var hash = (ulong)name.Length * 0x9E3779B97F4A7C15;
        while (name.Length >= 8)
        {
            hash = BitOperations.RotateLeft((hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name)) * 0xD6E8FEB86659FD93, 29);
            name = name[8..];
        }

        foreach (var letter in name)
        {
            hash = BitOperations.RotateLeft((hash ^ letter) * 0xD6E8FEB86659FD93, 29);
        }

        return (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15 << 8;
    }
}
