using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Madang.Api;

namespace Madang.Feeds.Timelines.Keeping;

/// <summary>One reader's ring as it was when the node stopped.</summary>
/// <param name="Sources">A digest of whose posts it was made of: it is a timeline of these, and of nobody more.</param>
/// <param name="Pulled">Those of them whose posts are not in it, ascending.</param>
/// <param name="Floor">It is complete from here on.</param>
/// <param name="Ids">Ascending, none below the floor.</param>
internal sealed record KeptRing(UserId User, UInt128 Sources, long[] Pulled, long Floor, long[] Ids)
{
    /// <summary>Of whom a timeline is made, in 16 bytes that only the same people give.</summary>
    public static UInt128 DigestOf(long[] sources)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(sources.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
