using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Madang.Crawler.Archive;

/// <summary>
/// The checksum of gzip (RFC 1952 §8): 64 bytes at a time where the processor multiplies without carry (Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
/// Instruction", Intel 2009), eight at a time elsewhere (slicing-by-8).
/// </summary>
internal static class Crc32
{
    private const int Folded = 64;

    private static readonly uint[] Table = Make();

    /// <param name="crc">0, or what the bytes before gave.</param>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        if (Pclmulqdq.IsSupported && bytes.Length >= Folded)
        {
            var whole = bytes.Length & ~15;
            crc = Fold(crc, bytes[..whole]);
            bytes = bytes[whole..];
        }

        return ~Slice(crc, bytes);
    }

    /// <summary>Without the inversion before and after.</summary>
    internal static uint Slice(uint crc, ReadOnlySpan<byte> bytes)
    {
        var table = Table;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            crc = table[0x700 + (low & 0xFF)] ^ table[0x600 + ((low >> 8) & 0xFF)] ^ table[0x500 + ((low >> 16) & 0xFF)] ^ table[0x400 + (low >> 24)]
                ^ table[0x300 + bytes[4]] ^ table[0x200 + bytes[5]] ^ table[0x100 + bytes[6]] ^ table[bytes[7]];
        }

        foreach (var value in bytes)
        {
            crc = table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        return crc;
    }

    /// <param name="bytes">64 or more, a multiple of 16.</param>
    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        // x^n modulo the polynomial for n = 4·128 ± 32, 128 ± 32 and 64, the polynomial and its Barrett constant, all with their bits reversed.
        var by64 = Vector128.Create(0x0154442BD4L, 0x01C6E41596L);
        var by16 = Vector128.Create(0x01751997D0L, 0x00CCAA009EL);
        ref var at = ref MemoryMarshal.GetReference(bytes);
        var left = bytes.Length - Folded;
        var (a, b, c, d) = (Load(ref at, 0) ^ Vector128.CreateScalar((long)crc), Load(ref at, 16), Load(ref at, 32), Load(ref at, 48));
        for (; left >= Folded; left -= Folded)
        {
            at = ref Unsafe.Add(ref at, Folded);
            (a, b, c, d) = (Shift(a, by64) ^ Load(ref at, 0), Shift(b, by64) ^ Load(ref at, 16), Shift(c, by64) ^ Load(ref at, 32), Shift(d, by64) ^ Load(ref at, 48));
        }

        at = ref Unsafe.Add(ref at, Folded);
        a = Shift(Shift(Shift(a, by16) ^ b, by16) ^ c, by16) ^ d;
        for (; left >= 16; left -= 16)
        {
            a = Shift(a, by16) ^ Load(ref at, 0);
            at = ref Unsafe.Add(ref at, 16);
        }

        var low = Vector128.Create(0xFFFF_FFFFL, 0xFFFF_FFFFL);
        a = Sse2.ShiftRightLogical128BitLane(a, 8) ^ Pclmulqdq.CarrylessMultiply(a, by16, 0x10);
        a = Pclmulqdq.CarrylessMultiply(a & low, Vector128.CreateScalar(0x0163CD6124L), 0x00) ^ Sse2.ShiftRightLogical128BitLane(a, 4);
        var barrett = Vector128.Create(0x01DB710641L, 0x01F7011641L);
        var quotient = Pclmulqdq.CarrylessMultiply(a & low, barrett, 0x10) & low;
        return (a ^ Pclmulqdq.CarrylessMultiply(quotient, barrett, 0x00)).AsUInt32().GetElement(1);
    }

    private static Vector128<long> Load(ref byte at, int offset) => Vector128.LoadUnsafe(ref at, (nuint)offset).AsInt64();

    private static Vector128<long> Shift(Vector128<long> value, Vector128<long> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    private static uint[] Make()
    {
        var table = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        for (var i = 256; i < table.Length; i++)
        {
            table[i] = table[table[i - 256] & 0xFF] ^ (table[i - 256] >> 8);
        }

        return table;
    }
}
