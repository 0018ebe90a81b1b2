using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Madang.Crawler.Dedupe;

/// <summary>Asks for memory ahead of its use. Does nothing where the processor has no such instruction.</summary>
internal static unsafe class Ahead
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T>(ref T place)
        where T : struct
    {
        if (Sse.IsSupported)
        {
            // The instruction never faults, so that it does no harm should the collector move the array meanwhile.
            Sse.Prefetch0(Unsafe.AsPointer(ref place));
        }
    }
}
