using System.Security.Cryptography;
using Madang.Feeds.Posts;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Timelines.Keeping;

/// <summary>The folder of this node's own files.</summary>
internal sealed record KeepFolder(string Path)
{
    public string File => System.IO.Path.Combine(Path, "timelines.kept");
}

/// <summary>
/// Writes what the rings hold into one file when the node is stopped, once the fan-out has come to its end, and gives it back when it starts again, beside
/// everything else that starts. The file is taken away before it is believed, so that it is believed once at most; after a kill there is none.
/// </summary>
internal sealed partial class Keeper(
    WarmTimelines timelines, FanOut fanOut, KeepFolder folder, ITimelineKeepStore store, IPostLogStore log, Database database, TimeProvider time,
    IOptions<FeedsOptions> options, ILogger<Keeper> logger) : BackgroundService
{
    private const int LogAtATime = 1_000;

    private int MostBytes => options.Value.KeepTimelinesMegabytes * 1024 * 1024;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (MostBytes == 0 || timelines.Count == 0)
        {
            return;
        }

        try
        {
            await SaveAsync(cancellationToken);
        }
        catch (Exception fault) // The node ends: whatever hinders it, the next one begins without.
        {
            LogNotKept(fault);
        }
    }

    /// <summary>Writes the file. For the stop and for tests: nothing else may serve the fan-out meanwhile.</summary>
    internal async Task SaveAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var token = RandomNumberGenerator.GetBytes(KeptFile.TokenBytes);
        // First the place, then the rings: whatever had committed by then has been heard of, and is in them once nothing is pending.
        var place = timelines.Place;
        if (timelines.FollowsLog && place is null)
        {
            return;
        }

        var now = time.GetUtcNow();
        await database.WriteAsync(
            tx =>
            {
                store.Put(tx, token, place, now - (2 * KeptTimelines.MostAge));
                return true;
            },
            Lane.Background,
            cancellationToken);
        if (!await fanOut.DrainAsync(cancellationToken))
        {
            LogPending(timelines.Pending.Count);
            return;
        }

        var bytes = KeptFile.Write(token, timelines.Keep(cancellationToken), MostBytes, out var count);
        if (count > 0)
        {
            Write(bytes);
            LogKept(count, bytes.Length, (long)time.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    /// <summary>Reads the file, takes it away, and gives its rings back if they are of this database. For the start and for tests.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        if (timelines.Kept is not { } kept || Read() is not { } bytes)
        {
            Remove();
            timelines.Kept?.Close();
            return;
        }

        Remove();
        if (KeptFile.Parse(bytes) is not { } file || await TakeAsync(file, cancellationToken) is not { } place)
        {
            LogUnfit(bytes.Length);
            kept.Close();
            return;
        }

        // Where other nodes write too: what the log shows from here on, and what its follower tells, leave nothing out between them.
        await timelines.Following.WaitAsync(cancellationToken);
        var since = 0;
        while (!kept.IsClosed)
        {
            var entries = await log.ReadAsync(place, LogAtATime, cancellationToken);
            foreach (var entry in entries)
            {
                (place, since) = (entry.Position, since + 1);
                kept.Heard(entry.Author.Value, entry.Post.Value, mayBeDirect: true);
            }

            if (entries.Count < LogAtATime)
            {
                break;
            }
        }

        kept.Open(file);
        LogBack(kept.Count, file.Length, since, (long)time.GetElapsedTime(began).TotalMilliseconds);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LoadAsync(stoppingToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Rings are filled from the database, as without it.
            LogNotRead(fault);
            timelines.Kept?.Close();
        }
    }

    private Task<LogPosition?> TakeAsync(KeptFile file, CancellationToken cancellationToken)
    {
        // Half as long as the log is kept, so that nothing after its place can be gone.
        var half = TimeSpan.FromHours(options.Value.PostLogHours) / 2;
        var (token, since) = (file.Token, time.GetUtcNow() - (half < KeptTimelines.MostAge ? half : KeptTimelines.MostAge));
        return database.WriteAsync(tx => store.Take(tx, token, since), Lane.Background, cancellationToken);
    }

    private void Write(byte[] bytes)
    {
        var fresh = folder.File + ".new";
        File.Delete(fresh);
        var made = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // It tells who reads what.
            made.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(fresh, made))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, folder.File, overwrite: true);
    }

    /// <summary>Null without a file, or where it is larger than any that this node would write.</summary>
    private byte[]? Read()
    {
        using var stream = File.Exists(folder.File) ? File.OpenRead(folder.File) : null;
        if (stream is null || stream.Length > MostBytes)
        {
            return null;
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void Remove()
    {
        if (Directory.Exists(folder.Path))
        {
            File.Delete(folder.File);
            File.Delete(folder.File + ".new");
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} timelines were kept in {Bytes} bytes within {Milliseconds} ms")]
    private partial void LogKept(int count, int bytes, long milliseconds);

    [LoggerMessage(LogLevel.Information, "{Count} timelines from before the restart wait for their readers: {Bytes} bytes, {Since} posts since, {Milliseconds} ms")]
    private partial void LogBack(int count, int bytes, int since, long milliseconds);

    [LoggerMessage(LogLevel.Information, "A file of kept timelines with {Bytes} bytes was not whole, too old or of another database, and is gone; timelines begin anew")]
    private partial void LogUnfit(int bytes);

    [LoggerMessage(LogLevel.Warning, "{Count} posts were still on their way when the node ended; no timelines are kept")]
    private partial void LogPending(int count);

    [LoggerMessage(LogLevel.Warning, "Timelines could not be kept; they begin anew at the next start")]
    private partial void LogNotKept(Exception fault);

    [LoggerMessage(LogLevel.Warning, "Kept timelines could not be read; they begin anew")]
    private partial void LogNotRead(Exception fault);
}
