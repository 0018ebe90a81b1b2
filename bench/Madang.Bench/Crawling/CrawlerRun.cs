using System.Diagnostics;
using System.Globalization;
using System.Text;
using Madang.Bench.Serving;

namespace Madang.Bench.Crawling;

/// <summary>A crawler's process from start to end: what it printed, the processor time of it and of its children, its highest memory.</summary>
internal sealed class CrawlerRun : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly double _waitedBefore = CpuTime.Waited();
    private readonly long _began = Stopwatch.GetTimestamp();

    public CrawlerRun(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public int ExitCode => _process.ExitCode;

    public bool HasExited => _process.HasExited;

    public TimeSpan Took { get; private set; }

    /// <summary>Since its start.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_began);

    /// <summary>User and system seconds, known after the end.</summary>
    public double CpuSeconds { get; private set; }

    /// <summary>Megabytes.</summary>
    public double PeakMemory { get; private set; }

    /// <summary>The last lines of what it said.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public Task EndAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <returns>False when it had to be ended at the limit.</returns>
    public async Task<bool> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var ended = _process.WaitForExitAsync(cancellationToken);
        var inTime = true;
        while (await Task.WhenAny(ended, Task.Delay(50, cancellationToken)) != ended)
        {
            PeakMemory = Math.Max(PeakMemory, MemoryOf(Pid));
            if (inTime && Stopwatch.GetElapsedTime(_began) > limit)
            {
                inTime = false;
                Kill();
            }
        }

        await ended;
        Took = Stopwatch.GetElapsedTime(_began);
        CpuSeconds = CpuTime.Waited() - _waitedBefore;
        return inTime;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
            if (_output.Length > 64 * 1024)
            {
                _output.Remove(0, 32 * 1024);
            }
        }
    }

    /// <summary>Megabytes: the highest resident set so far (proc(5): VmHWM); 0 where the process is gone.</summary>
    internal static double MemoryOf(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line[6..^2], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
