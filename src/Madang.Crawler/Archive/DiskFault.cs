using System.Runtime.InteropServices;
using Madang.Storage;

namespace Madang.Crawler.Archive;

/// <summary>Tells a full disk from a broken one.</summary>
internal static class DiskFault
{
    public static Exception Of(IOException fault) => IsFull(fault) ? new StorageFullException(fault) : new StorageBrokenException(fault);

    /// <summary>Whether nothing but room is missing.</summary>
    // errno(3): ENOSPC, EDQUOT, EFBIG; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL as HRESULTs.
    public static bool IsFull(Exception fault) =>
        fault is StorageFullException || (fault is IOException && fault.HResult is 28 or 122 or 27 or unchecked((int)0x80070070) or unchecked((int)0x80070027));
}

/// <summary>Makes the names in a folder durable (fsync(2): a new file's own fsync does not cover its entry).</summary>
internal static partial class FolderSync
{
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        var handle = Open(folder, 0);
        if (handle < 0)
        {
            throw new IOException($"The folder {folder} cannot be opened.", Marshal.GetLastPInvokeError());
        }

        var synced = Fsync(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        // A file system that cannot sync a folder says EINVAL; it keeps names in its own way.
        if (synced != 0 && error != 22)
        {
            throw new IOException($"The folder {folder} cannot be synced.", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
