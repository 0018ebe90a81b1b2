using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Madang.Bench.Notifying.Queues;

/// <summary>The producer and worker of a queue as a process of its own. It says <c>ready</c>, waits for a line, and says <c>done SECONDS</c>.</summary>
internal sealed class QueueWorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _faults = new();
    private bool _isOver;

    public QueueWorkerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                _lines.Writer.TryWrite(text);
            }
            else
            {
                _lines.Writer.TryComplete();
            }
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_faults)
            {
                _faults.AppendLine(line.Data);
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public void Go() => _process.StandardInput.WriteLine();

    /// <summary>The next line that begins so, what follows it; null when it ended without.</summary>
    public async Task<string?> SaysAsync(string word, CancellationToken cancellationToken)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken))
        {
            if (line.StartsWith(word, StringComparison.Ordinal))
            {
                return line[word.Length..].Trim();
            }
        }

        return null;
    }

    public string Faults()
    {
        lock (_faults)
        {
            return _faults.ToString().Trim();
        }
    }

    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isOver)
        {
            await KillAsync();
            _process.Dispose();
            _isOver = true;
        }
    }
}
