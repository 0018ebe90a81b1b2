using System.Diagnostics;
using System.Threading.Channels;

namespace Madang.Tests.Conformance.Storage;

/// <summary>This test program, started again as a child with one of the verbs of <see cref="Child"/>.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public ChildProcess(string[] arguments, Dictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _ = line.Data is null ? _lines.Writer.TryComplete() : _lines.Writer.TryWrite(line.Data);
        _process.ErrorDataReceived += (_, line) => Errors += line.Data;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it said so far, as far as it was waited for.</summary>
    public List<string> Said { get; } = [];

    public string Errors { get; private set; } = "";

    /// <summary>Reads on until a line begins so.</summary>
    public async Task UntilAsync(string beginning, int times = 1)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (times > 0)
        {
            try
            {
                Said.Add(await _lines.Reader.ReadAsync(patience.Token));
            }
            catch (Exception end) when (end is ChannelClosedException or OperationCanceledException)
            {
                Assert.Fail($"The child never said '{beginning}'. Its last lines: {string.Join(", ", Said.TakeLast(3))}. {Errors}");
            }

            times -= Said[^1].StartsWith(beginning, StringComparison.Ordinal) ? 1 : 0;
        }
    }

    /// <summary>Reads on to its end; the exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var line in _lines.Reader.ReadAllAsync(patience.Token))
        {
            Said.Add(line);
        }

        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary><c>kill -9</c>.</summary>
    public void Kill() => _process.Kill();

    public IEnumerable<long> Numbers(string word) =>
        Said.Where(line => line.StartsWith(word + ' ', StringComparison.Ordinal)).Select(line => long.Parse(line.AsSpan(word.Length + 1), null));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
