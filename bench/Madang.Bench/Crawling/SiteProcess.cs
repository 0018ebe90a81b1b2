using System.Diagnostics;
using System.Globalization;
using Madang.Bench.Sites;

namespace Madang.Bench.Crawling;

/// <summary>The generated internet in a process of its own, so that its processor time is not the bench's; the same web is built here to check against.</summary>
internal sealed class SiteProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private SiteProcess(Process process, int port, IWeb web)
    {
        (_process, Web) = (process, web);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(2) };
    }

    public IWeb Web { get; }

    public int Pid => _process.Id;

    public static async Task<SiteProcess> StartAsync(MixSettings settings, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [
            typeof(SiteProcess).Assembly.Location, "sites", "--mix", settings.Mix, "--pages", Text(settings.Pages), "--hosts", Text(settings.Hosts), "--seed", settings.Seed.ToString(CultureInfo.InvariantCulture),
        ])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        try
        {
            var ports = Array.Empty<int>();
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line && line != "ready")
            {
                if (line.StartsWith("ports ", StringComparison.Ordinal))
                {
                    ports = [.. line[6..].Split(' ').Select(port => int.Parse(port, CultureInfo.InvariantCulture))];
                }
            }

            return ports.Length > 0 ? new SiteProcess(process, ports[0], Mixes.Make(settings, ports)) : throw new InvalidOperationException("The sites did not start.");
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    public async Task<IReadOnlyList<LoggedRequest>> LogAsync(CancellationToken cancellationToken)
    {
        var lines = (await _http.GetStringAsync("/__log", cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(LoggedRequest.Parse)];
    }

    /// <summary>Requests since the log was last cleared.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken) =>
        int.Parse(await _http.GetStringAsync("/__count", cancellationToken), CultureInfo.InvariantCulture);

    public Task ClearAsync(CancellationToken cancellationToken) => _http.GetStringAsync("/__clear", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
