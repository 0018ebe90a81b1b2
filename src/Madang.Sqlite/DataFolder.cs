using System.Globalization;
using Madang.Storage;

namespace Madang.Sqlite;

/// <summary>
/// The folder that one process owns. An exclusive lock on <c>madang.lock</c> says so, and the system frees it with the process, however that ends;
/// <c>madang.pid</c> beside it names the owner (a second process cannot read the locked file itself).
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string Database => DatabaseIn(Path);

    public string Wal => Database + "-wal";

    public static string DatabaseIn(string folder) => System.IO.Path.Combine(folder, "madang.db");

    /// <exception cref="FolderTakenException">Another process owns the folder; the message names it.</exception>
    public static DataFolder Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        // What is in here is personal: nobody but the owner of the process may look.
        if (OperatingSystem.IsWindows())
        {
            _ = Directory.CreateDirectory(path);
        }
        else
        {
            _ = Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var pid = System.IO.Path.Combine(path, "madang.pid");
        var held = Lock(path, pid);
        try
        {
            File.WriteAllText(pid, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // A full disk: the lock holds without its owner's name, and reads can be served.
        }

        return new DataFolder(path, held);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path, string pid)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, "madang.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (File.Exists(pid))
        {
            throw new FolderTakenException(
                $"The data folder {path} belongs to the running process {File.ReadAllText(pid)}. Stop it first, or choose another folder with --data.", taken);
        }
    }
}
