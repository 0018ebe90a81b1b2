using Madang.Storage;

namespace Madang.Sqlite;

/// <summary>The folder of <c>madang.db</c>, which one process owns (<c>madang.lock</c>).</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly IDisposable _lock;

    private DataFolder(string path, IDisposable held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string Database => DatabaseIn(Path);

    public string Wal => Database + "-wal";

    public static string DatabaseIn(string folder) => System.IO.Path.Combine(folder, "madang.db");

    /// <exception cref="FolderTakenException">Another process owns the folder; the message names it.</exception>
    public static DataFolder Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        return new DataFolder(path, FolderLock.Take(
            path, "madang", owner => $"The data folder {path} belongs to the running process {owner}. Stop it first, or choose another folder with --data."));
    }

    public void Dispose() => _lock.Dispose();
}
