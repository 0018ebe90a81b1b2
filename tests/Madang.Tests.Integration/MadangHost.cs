using System.Collections;
using System.Net.Http.Headers;
using Madang.Commands;
using Madang.Settings;
using Madang.Tests.Conformance;
using Microsoft.AspNetCore.Builder;

namespace Madang.Tests.Integration;

/// <summary>
/// The real server, in this process, on a free port of loopback with its own data folder and database. What a test wants different it says in
/// settings: <c>await MadangHost.StartAsync(new() { ["Madang:RateLimits"] = "on" })</c>.
/// </summary>
public sealed class MadangHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string? _database;
    private readonly List<HttpClient> _clients = [];

    private MadangHost(WebApplication app, ServerSettings settings, string? database)
    {
        (_app, Settings, _database) = (app, settings, database);
        Address = new Uri(ServeCommand.Addresses(app).First());
    }

    /// <summary>The first address it listens on.</summary>
    public Uri Address { get; }

    public string Data => Settings.Data;

    public IServiceProvider Services => _app.Services;

    internal ServerSettings Settings { get; }

    /// <param name="settings">By key; write limits are off unless set.</param>
    /// <param name="postgres">On a fresh database of MADANG_TEST_POSTGRES; the test is skipped by name where there is none.</param>
    public static async Task<MadangHost> StartAsync(Dictionary<string, string?>? settings = null, bool postgres = false)
    {
        var database = postgres ? await TestPostgres.CreateAsync() : null;
        var flags = new Dictionary<string, string?>
        {
            [SettingsTable.Data] = NewFolder(),
            [SettingsTable.Urls] = "http://127.0.0.1:0",
            [SettingsTable.RateLimits] = "off",
            [SettingsTable.LogLevel] = "Error",
            [SettingsTable.Database] = database ?? "sqlite",
        };
        foreach (var (key, value) in settings ?? [])
        {
            flags[key] = value;
        }

        var reading = SettingsReading.Read(flags, new Hashtable());
        Assert.True(reading.Faults.Count == 0, string.Join(Environment.NewLine, reading.Faults));
        Assert.True(reading.Warnings.Count == 0, string.Join(Environment.NewLine, reading.Warnings));
        var server = ServerSettings.From(reading);
        return new MadangHost(await ServeCommand.StartAsync(server, reading.Effective(), TestContext.Current.CancellationToken), server, database);
    }

    /// <summary>A client that keeps no cookies and follows no redirects.</summary>
    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_database is not null)
        {
            await TestPostgres.DropAsync(_database);
        }

        Directory.Delete(Data, recursive: true);
    }

    internal static string NewFolder() => Directory.CreateTempSubdirectory("madang-").FullName;
}
