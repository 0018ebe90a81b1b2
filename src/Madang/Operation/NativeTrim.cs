using System.Runtime.InteropServices;

namespace Madang.Operation;

/// <summary>
/// Gives back what the C library keeps: SQLite and the compiler take and leave small pieces all over its heap, and glibc returns by itself only what is free at the heap's end. A look takes 0.2 to 1 ms
/// and gave back 10 of 27 MB under load (docs/benchmarks.md). Other C libraries have no such call.
/// </summary>
internal sealed partial class NativeTrim(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                _ = Trim(keep: 0);
            }
        }
        catch (TypeLoadException)
        {
            // Neither "libc" nor the call is known by that name here.
        }
    }

    /// <summary>malloc_trim(3).</summary>
    /// <param name="keep">Bytes left free at the heap's end.</param>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
