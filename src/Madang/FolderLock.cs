using Madang.Storage;

namespace Madang;

/// <summary>Owns the folder of a server whose data lies on PostgreSQL: its socket is in there all the same. (SQLite locks the same file by itself.)</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _held;

    /// <exception cref="FolderTakenException">Another process owns it.</exception>
    public FolderLock(string folder)
    {
        try
        {
            _held = new FileStream(Path.Combine(folder, "madang.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (taken is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new FolderTakenException($"The data folder {folder} belongs to another running process. Stop it first, or choose another folder with --data.", taken);
        }
    }

    public void Dispose() => _held.Dispose();
}
