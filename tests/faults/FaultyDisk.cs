using System.Diagnostics;

namespace Madang.Tests;

internal enum DiskFault : byte
{
    None = 0,
    Sync = (byte)'s',
    Write = (byte)'w',
    Read = (byte)'r',
    Full = (byte)'f',
}

/// <summary>A folder on a disk that fails on command, for a process started with <see cref="Variables"/> (diskfault.c).</summary>
internal sealed class FaultyDisk : IDisposable
{
    private const string Compiler = "/usr/bin/gcc";
    private static readonly Lazy<Task<string>> Shim = new(CompileAsync);

    private readonly string _shim;
    private readonly string _control = Path.GetTempFileName();

    private FaultyDisk(string shim)
    {
        _shim = shim;
        File.WriteAllBytes(_control, new byte[1]);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("madang-fault-").FullName;

    public Dictionary<string, string?> Variables => new()
    {
        ["LD_PRELOAD"] = _shim,
        ["DISKFAULT_FOLDER"] = Folder,
        ["DISKFAULT_CONTROL"] = _control,
    };

    /// <summary>Skips the test where no such disk can be made.</summary>
    public static async Task<FaultyDisk> CreateAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Compiler), "Needs Linux and gcc to make a disk that fails");
        return new FaultyDisk(await Shim.Value);
    }

    /// <summary>From the process's next call on: it has mapped the control file, and a byte written in place reaches it at once.</summary>
    public void Set(DiskFault fault)
    {
        using var file = new FileStream(_control, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.WriteByte((byte)fault);
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        File.Delete(_control);
    }

    private static async Task<string> CompileAsync()
    {
        var shim = Path.Combine(AppContext.BaseDirectory, "diskfault.so");
        using var gcc = Process.Start(Compiler, ["-shared", "-fPIC", "-O1", "-o", shim, Path.Combine(AppContext.BaseDirectory, "diskfault.c"), "-ldl"]);
        await gcc.WaitForExitAsync();
        Assert.Equal(0, gcc.ExitCode);
        return shim;
    }
}
