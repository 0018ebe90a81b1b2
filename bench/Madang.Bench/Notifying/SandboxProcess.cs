using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Madang.Bench.Notifying.Queues;

namespace Madang.Bench.Notifying;

/// <summary>What a stand-in counted since it was last cleared (Madang.Sandbox: ReceivedCounts).</summary>
internal sealed record StandInCounts(long Messages, long Taken, long TransportDoubles, long ShownDoubles, long Refused)
{
    public static StandInCounts operator +(StandInCounts a, StandInCounts b) => new(
        a.Messages + b.Messages, a.Taken + b.Taken, a.TransportDoubles + b.TransportDoubles, a.ShownDoubles + b.ShownDoubles, a.Refused + b.Refused);
}

/// <summary><c>madang notify sandbox</c> as a process of its own, beside the server and outside of every kill.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private SandboxProcess(Process process, HttpClient http, IReadOnlyDictionary<string, string> settings, IReadOnlyList<string> names) =>
        (_process, _http, Settings, Names) = (process, http, settings, names);

    public int Pid => _process.Id;

    /// <summary>Environment variables that point a server here.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>apns, fcm and the others that this build has.</summary>
    public IReadOnlyList<string> Names { get; }

    public static async Task<SandboxProcess> StartAsync(string program, string folder, CancellationToken cancellationToken)
    {
        var control = ServedProcess.FreePort();
        var start = new ProcessStartInfo("dotnet", [program, "notify", "sandbox", "--dir", folder, .. await PortsAsync(program, control, cancellationToken)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start };
        Dictionary<string, string> settings = [];
        process.OutputDataReceived += (_, line) => Read(line.Data, settings);
        var said = new System.Text.StringBuilder();
        process.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{control}"), Timeout = TimeSpan.FromSeconds(60) };
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60); await Task.Delay(50, cancellationToken))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"madang notify sandbox ended with {process.ExitCode}: {said}");
            }

            try
            {
                var list = await http.GetFromJsonAsync<JsonElement>("/", cancellationToken);
                string[] names = [.. list.EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];
                if (await AreSaidAsync(settings, names, cancellationToken))
                {
                    return new SandboxProcess(process, http, new Dictionary<string, string>(settings), names);
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        process.Kill();
        throw new TimeoutException("The sandbox did not start within 60 s.");
    }

    public async Task<StandInCounts> CountsAsync(string name, CancellationToken cancellationToken)
    {
        var counts = (await ReceivedAsync(name, 0, cancellationToken)).GetProperty("counts");
        long Number(string key) => counts.GetProperty(key).GetInt64();
        return new(Number("messages"), Number("taken"), Number("transport_doubles"), Number("shown_doubles"), Number("refused"));
    }

    /// <summary>Of the stand-ins together.</summary>
    public async Task<StandInCounts> CountsAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var sum = new StandInCounts(0, 0, 0, 0, 0);
        foreach (var name in names)
        {
            sum += await CountsAsync(name, cancellationToken);
        }

        return sum;
    }

    /// <summary>The last messages in full: <c>at</c> and <c>text</c>.</summary>
    public async Task<IEnumerable<JsonElement>> LastAsync(string name, int limit, CancellationToken cancellationToken) =>
        (await ReceivedAsync(name, limit, cancellationToken)).GetProperty("last").EnumerateArray();

    /// <summary>From now on these faults and no others.</summary>
    public async Task SetFaultsAsync(string name, object[] rules, CancellationToken cancellationToken)
    {
        using var answer = await _http.PutAsJsonAsync($"/{name}/faults", rules, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private Task<JsonElement> ReceivedAsync(string name, int limit, CancellationToken cancellationToken) =>
        _http.GetFromJsonAsync<JsonElement>(string.Create(CultureInfo.InvariantCulture, $"/{name}/received?limit={limit}"), cancellationToken);

    /// <summary>A free port for every stand-in that this build has, as its own help lists them.</summary>
    private static async Task<IReadOnlyList<string>> PortsAsync(string program, int control, CancellationToken cancellationToken)
    {
        using var help = Process.Start(new ProcessStartInfo("dotnet", [program, "notify", "sandbox", "--help"]) { RedirectStandardOutput = true })!;
        var text = await help.StandardOutput.ReadToEndAsync(cancellationToken);
        await help.WaitForExitAsync(cancellationToken);
        List<string> ports = [];
        foreach (var flag in text.Split((char[])[' ', '\n', ','], StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith("--", StringComparison.Ordinal) && word.EndsWith("-port", StringComparison.Ordinal)).Distinct())
        {
            ports.AddRange([flag, (flag == "--control-port" ? control : ServedProcess.FreePort()).ToString(CultureInfo.InvariantCulture)]);
        }

        return ports;
    }

    /// <summary>Every stand-in has said how to point a server at it, and nothing more is being said.</summary>
    private static async Task<bool> AreSaidAsync(Dictionary<string, string> settings, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var before = Count();
        await Task.Delay(500, cancellationToken);
        return Count() == before && names.All(name => HasKind(name));

        int Count()
        {
            lock (settings)
            {
                return settings.Count;
            }
        }

        // The browsers' push service is nobody's provider by itself.
        bool HasKind(string name)
        {
            lock (settings)
            {
                return name == "push" || settings.ContainsKey($"MADANG__NOTIFICATIONS__PROVIDERS__{name.ToUpperInvariant()}__KIND");
            }
        }
    }

    private static void Read(string? line, Dictionary<string, string> settings)
    {
        const string export = "export ";
        if (line?.StartsWith(export, StringComparison.Ordinal) == true && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
        {
            lock (settings)
            {
                settings[line[export.Length..at]] = line[(at + 1)..].Trim('\'');
            }
        }
    }
}
