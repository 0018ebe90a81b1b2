using System.Globalization;
using Madang.Storage;

namespace Madang.Sqlite;

/// <summary>
/// A folder that one process owns. An exclusive lock on <c>NAME.lock</c> says so, and the system frees it with the process, however that ends;
/// <c>NAME.pid</c> beside it names the owner (a second process cannot read the locked file itself).
/// </summary>
internal static class FolderLock
{
    /// <param name="folder">Made when it is missing, for its owner alone: what lies in it is personal.</param>
    /// <param name="refusal">The message for whoever comes second, given the owner's process id.</param>
    /// <returns>Held until it is disposed.</returns>
    /// <exception cref="FolderTakenException">Another process owns the folder.</exception>
    public static IDisposable Take(string folder, string name, Func<string, string> refusal)
    {
        if (OperatingSystem.IsWindows())
        {
            _ = Directory.CreateDirectory(folder);
        }
        else
        {
            _ = Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var pid = Path.Combine(folder, name + ".pid");
        var held = Lock(Path.Combine(folder, name + ".lock"), pid, refusal);
        try
        {
            File.WriteAllText(pid, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // A full disk: the lock holds without its owner's name, and reads can be served.
        }

        return held;
    }

    private static FileStream Lock(string path, string pid, Func<string, string> refusal)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (File.Exists(pid))
        {
            throw new FolderTakenException(refusal(File.ReadAllText(pid)), taken);
        }
    }
}
