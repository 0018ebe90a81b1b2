using System.Collections;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
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
    public const string SetupToken = "the-token-of-the-tests";
    public const string AdminPassword = "correct horse battery staple";

    private readonly SettingsReading _reading;
    private readonly string? _database;
    private readonly List<HttpClient> _clients = [];
    private WebApplication _app;
    private Person? _admin;

    private MadangHost(WebApplication app, ServerSettings settings, SettingsReading reading, string? database)
    {
        (_app, Settings, _reading, _database) = (app, settings, reading, database);
        Address = new Uri(ServeCommand.Addresses(app).First());
    }

    /// <summary>The first address it listens on.</summary>
    public Uri Address { get; private set; }

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
            ["Madang:Setup:Token"] = SetupToken,
        };
        foreach (var (key, value) in settings ?? [])
        {
            flags[key] = value;
        }

        var reading = SettingsReading.Read(flags, new Hashtable());
        Assert.True(reading.Faults.Count == 0, string.Join(Environment.NewLine, reading.Faults));
        Assert.True(reading.Warnings.Count == 0, string.Join(Environment.NewLine, reading.Warnings));
        var server = ServerSettings.From(reading);
        return new MadangHost(await ServeCommand.StartAsync(server, reading.Effective(), TestContext.Current.CancellationToken), server, reading, database);
    }

    /// <summary>Stops it as an operator would and starts it again on what it left behind. It is at another address then: clients from before reach nobody.</summary>
    public async Task RestartAsync()
    {
        await _app.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
        _app = await ServeCommand.StartAsync(Settings, _reading.Effective(), TestContext.Current.CancellationToken);
        Address = new Uri(ServeCommand.Addresses(_app).First());
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

    /// <summary>The first admin, made by setup the first time it is asked for.</summary>
    public async Task<Person> AdminAsync()
    {
        if (_admin is null)
        {
            var session = await PostAsync(Client(), "/v1/setup", new JsonObject { ["token"] = SetupToken, ["name"] = "admin", ["password"] = AdminPassword });
            _admin = new Person((string)session["user"]!["id"]!, "admin", (string)session["token"]!, Client((string)session["token"]!));
        }

        return _admin;
    }

    /// <summary>Somebody new, without a password (hashing one takes its time) and with a minted token.</summary>
    /// <param name="role">user, moderator or admin.</param>
    public async Task<Person> PersonAsync(string name, string role = "user")
    {
        var admin = await AdminAsync();
        var user = await PostAsync(admin.Http, "/v1/users", new JsonObject { ["name"] = name });
        var id = (string)user["id"]!;
        if (role != "user")
        {
            await SendAsync(admin.Http, HttpMethod.Patch, $"/v1/admin/users/{id}", new JsonObject { ["role"] = role });
        }

        var token = (string)(await PostAsync(admin.Http, "/v1/tokens", new JsonObject { ["user_id"] = id }))["token"]!;
        return new Person(id, name, token, Client(token));
    }

    /// <summary>The answer's body; fails with it unless the status is a success.</summary>
    public static Task<JsonNode> PostAsync(HttpClient client, string path, JsonNode body) => SendAsync(client, HttpMethod.Post, path, body);

    public static Task<JsonNode> GetAsync(HttpClient client, string path) => SendAsync(client, HttpMethod.Get, path, null);

    public static async Task<JsonNode> SendAsync(HttpClient client, HttpMethod method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path} answered {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
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

/// <summary>Somebody with a token.</summary>
/// <param name="Http">A client that sends the token.</param>
public sealed record Person(string Id, string Name, string Token, HttpClient Http);
