using Microsoft.Extensions.Logging;

namespace Madang.Storage;

/// <summary>
/// What happens when the disk under us can no longer be trusted, or the node's lease is lost: acks have stopped already, and the process ends so that
/// its supervisor starts it afresh on what is really on disk. Tests put their own in its place.
/// </summary>
public delegate void Fatal(Exception fault);

public static partial class FatalExit
{
    /// <summary>The exit code of a process that ended itself so (EX_IOERR of sysexits.h).</summary>
    public const int Code = 74;

    public static Fatal With(ILogger log) => fault =>
    {
        Broken(log, fault);
        // Loggers write in the background; this line must be out before the process ends.
        Console.Error.WriteLine($"madang: ends with code {Code}: {fault.Message}");
        Environment.Exit(Code);
    };

    [LoggerMessage(LogLevel.Critical, "The storage failed; the process ends so that nothing is acknowledged that is not on disk")]
    private static partial void Broken(ILogger log, Exception fault);
}
