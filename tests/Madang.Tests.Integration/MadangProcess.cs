using System.Collections.Concurrent;
using System.Diagnostics;

namespace Madang.Tests.Integration;

/// <summary>The program as a process of its own, for what only a process can show: exit codes, signals, kill -9, the socket of the other verbs.</summary>
public sealed class MadangProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _messages = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MadangProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Start();
        process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    /// <summary>Standard error so far.</summary>
    public string Messages => string.Join('\n', _messages);

    /// <summary>Starts <c>madang serve</c> and waits until it listens.</summary>
    public static async Task<MadangProcess> ServeAsync(string data, Dictionary<string, string?>? environment = null, params string[] flags)
    {
        var server = new MadangProcess(Prepare(environment, ["serve", "--data", data, .. flags.Contains("--urls") ? [] : (string[])["--urls", "http://127.0.0.1:0"], .. flags]));
        var ended = server._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (await Task.WhenAny(server._listening.Task, ended) == ended)
        {
            Assert.Fail($"madang ended with {server._process.ExitCode}: {server.Messages}");
        }

        return server;
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<Answer> RunAsync(string[] arguments, Dictionary<string, string?>? environment = null, string? input = null)
    {
        using var process = Prepare(environment, arguments);
        process.Start();
        // Read before writing: a verb that answers line by line would wait for a reader.
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Answer(process.ExitCode, await output, await error);
    }

    public Task<Uri> AddressAsync() => _listening.Task;

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <param name="name">As kill(1) names it: STOP, CONT, TERM.</param>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>SIGTERM; answers the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits until it ends by itself; the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static Process Prepare(Dictionary<string, string?>? environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "madang.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // What the developer has set for himself must not decide a test.
        foreach (var own in start.Environment.Keys.Where(key => key.StartsWith("MADANG__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(own);
        }

        foreach (var (key, value) in environment ?? [])
        {
            start.Environment[key] = value;
        }

        return new Process { StartInfo = start };
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        _messages.Enqueue(line);
        const string Listening = "listening on ";
        if (line.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
        {
            _listening.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
        }
    }

    public sealed record Answer(int ExitCode, string Output, string Error);
}
