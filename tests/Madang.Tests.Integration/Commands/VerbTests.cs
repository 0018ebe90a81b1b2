using System.Runtime.Versioning;
using System.Text.Json;

namespace Madang.Tests.Integration.Commands;

/// <summary>The verbs as a person types them, each a process of its own.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class VerbTests : IAsyncLifetime
{
    private readonly string _folder = MadangHost.NewFolder();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Without_a_server_they_say_so()
    {
        var answer = await RunAsync(["user", "list"]);
        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("no server runs on", answer.Error);
        Assert.Empty(answer.Output);
    }

    [Theory]
    [InlineData("serv", "Did you mean")]
    [InlineData("serve --bogus", "--bogus")]
    [InlineData("user create", "Required argument missing")]
    [InlineData("user role somebody emperor", "emperor")]
    public async Task Wrong_usage_is_exit_code_2_in_a_sentence(string arguments, string says)
    {
        var answer = await RunAsync(arguments.Split(' '));
        Assert.Equal(2, answer.ExitCode);
        Assert.Contains(says, answer.Error);
        Assert.DoesNotContain("   at ", answer.Error);
    }

    [Fact]
    public async Task People_and_keys_are_made_listed_and_ended_over_the_socket_of_the_running_server()
    {
        await using var server = await MadangProcess.ServeAsync(_folder);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "madang.sock")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));

        var made = await RunAsync(["user", "create", "민수", "--role", "admin"], "충분히 긴 암호\n");
        Assert.True(made.ExitCode == 0, made.Error);
        var weak = await RunAsync(["user", "create", "weak"], "short\n");
        Assert.Equal(1, weak.ExitCode);
        Assert.Contains("at least 8", weak.Error);

        var people = JsonDocument.Parse((await RunAsync(["user", "list", "--json"])).Output).RootElement;
        Assert.Equal("민수", people[0].GetProperty("name").GetString());
        Assert.Equal("admin", people[0].GetProperty("role").GetString());

        var key = await RunAsync(["token", "create", "bot", "--role", "admin", "--days", "1"]);
        Assert.StartsWith("mdk_", key.Output);
        using var client = new HttpClient { BaseAddress = await server.AddressAsync() };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Output.Trim());
        Assert.True((await client.GetAsync("/v1/admin/api-keys", TestContext.Current.CancellationToken)).IsSuccessStatusCode);

        var minted = await RunAsync(["token", "mint", "민수"]);
        Assert.StartsWith("mdt_", minted.Output);

        var keys = JsonDocument.Parse((await RunAsync(["token", "list", "--json"])).Output).RootElement;
        Assert.Equal(0, (await RunAsync(["token", "revoke", keys[0].GetProperty("id").GetString()!])).ExitCode);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/admin/api-keys", TestContext.Current.CancellationToken)).StatusCode);

        Assert.Equal(0, (await RunAsync(["user", "create", "second", "--no-password"])).ExitCode);
        Assert.Equal(0, (await RunAsync(["user", "role", "second", "moderator"])).ExitCode);
        Assert.Equal(0, (await RunAsync(["user", "password", "second"], "another password\n")).ExitCode);
        Assert.Equal(0, (await RunAsync(["user", "disable", "second"])).ExitCode);
        Assert.Contains("disabled", (await RunAsync(["user", "list"])).Output);
        Assert.Equal(1, (await RunAsync(["user", "disable", "nobody"])).ExitCode);

        var doctor = JsonDocument.Parse((await RunAsync(["doctor", "--json"])).Output).RootElement;
        Assert.Contains(doctor.EnumerateArray(), finding => finding.GetProperty("found").GetString()!.StartsWith("running", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_sent_is_explained_with_its_template_its_decisions_and_its_attempts()
    {
        await using var server = await MadangProcess.ServeAsync(_folder, new()
        {
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__KIND"] = "smtp",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__HOST"] = "127.0.0.1",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__PORT"] = "9",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__SECURITY"] = "none",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__FROM"] = "hello@example.org",
        });
        Assert.Equal(0, (await RunAsync(["user", "create", "mina"], "a long password\n")).ExitCode);
        var given = (await RunAsync(["notify", "send", "Spring", "See you on Saturday", "--user", "mina"])).Output.Trim();
        var told = await RunAsync(["notify", "explain", given]);
        Assert.True(told.ExitCode == 0, told.Error);
        Assert.Contains("announcement, planned, 1 person decided on", told.Output, StringComparison.Ordinal);
        Assert.Matches("""preference +inbox +send +\{"source":"default"\}""", told.Output);
        Assert.Matches("""address +email +drop +\{"reason":"no_address"\}""", told.Output);

        using var client = new HttpClient { BaseAddress = await server.AddressAsync() };
        client.DefaultRequestHeaders.Authorization = new("Bearer", (await RunAsync(["token", "create", "bot", "--role", "admin"])).Output.Trim());
        using var sent = await client.PostAsync("/v1/notifications", new StringContent(
            """{"category":"announcement","template":"message","data":{"sender":"Joon","text":"안녕"},"channels":["email"],"to":{"address":{"email":"mina@example.org"}}}""",
            System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        var id = JsonDocument.Parse(await sent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("id").GetString()!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        JsonElement delivery;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            delivery = JsonDocument.Parse((await RunAsync(["notify", "explain", id, "--json"])).Output).RootElement.GetProperty("person").GetProperty("deliveries")[0];
        }
        while (delivery.GetProperty("attempts").GetArrayLength() == 0);
        Assert.True(delivery.GetProperty("attempts")[0].TryGetProperty("next_at", out _), delivery.ToString());
        told = await RunAsync(["notify", "explain", id]);
        Assert.Contains("announcement, template message version 0, planned", told.Output, StringComparison.Ordinal);
        Assert.Matches(@"\d+ +email +mail +waiting +2\d{3}-\S+ +\S.* \d+ +2\d{3}-", told.Output);
    }

    [Fact]
    public async Task The_doctor_asks_every_provider_and_names_what_is_wrong_with_each()
    {
        Dictionary<string, string?> providers = new()
        {
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__KIND"] = "smtp",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__HOST"] = "127.0.0.1",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__PORT"] = "9",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__SECURITY"] = "none",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__FROM"] = "hello@example.org",
            ["MADANG__NOTIFICATIONS__PROVIDERS__HOOKS__KIND"] = "webhook",
            ["MADANG__NOTIFICATIONS__PROVIDERS__HOOKS__SECRET"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        };
        // Before the first start, as an operator does it: nothing is made in a folder that is not there yet.
        var unborn = Path.Combine(_folder, "not", "there", "yet");
        Assert.Equal(1, (await MadangProcess.RunAsync(["doctor", "--data", unborn], providers)).ExitCode);
        Assert.False(Directory.Exists(unborn));

        var answer = await RunAsync(["doctor", "--json"], environment: providers);
        Assert.Equal(1, answer.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(_folder));
        var found = JsonDocument.Parse(answer.Output).RootElement.EnumerateArray()
            .Where(finding => finding.GetProperty("what").GetString()!.StartsWith("provider ", StringComparison.Ordinal))
            .ToLookup(finding => finding.GetProperty("what").GetString()!, finding => (Verdict: finding.GetProperty("verdict").GetString(), Found: finding.GetProperty("found").GetString()!));
        Assert.Equal("ok", Assert.Single(found["provider hooks"]).Verdict);
        Assert.Contains(found["provider mail"], finding => finding.Verdict == "fault" && finding.Found.Contains("127.0.0.1", StringComparison.Ordinal));

        // A name without SPF is told of and stops nobody.
        Assert.Contains(found["provider mail"], finding => finding.Verdict == "warning" && finding.Found.Contains("SPF", StringComparison.Ordinal));

        // The server says the same when it starts, and serves all the same.
        await using var server = await MadangProcess.ServeAsync(_folder, providers);
        using var client = new HttpClient { BaseAddress = await server.AddressAsync() };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        do
        {
            Assert.True((await client.GetAsync("/health/ready", patience.Token)).IsSuccessStatusCode);
        }
        while (!server.Messages.Contains("Provider mail:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_server_on_the_folder_names_the_first()
    {
        await using var first = await MadangProcess.ServeAsync(_folder);
        var second = await RunAsync(["serve", "--urls", "http://127.0.0.1:0"]);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"process {first.Pid}", second.Error);
    }

    [Fact]
    public async Task A_taken_port_is_a_sentence()
    {
        await using var first = await MadangProcess.ServeAsync(_folder);
        var other = MadangHost.NewFolder();
        var second = await MadangProcess.RunAsync(["serve", "--data", other, "--urls", (await first.AddressAsync()).GetLeftPart(UriPartial.Authority)]);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("address already in use", second.Error);
        Assert.DoesNotContain("   at ", second.Error);
        Directory.Delete(other, recursive: true);
    }

    [Fact]
    public async Task Every_fault_of_the_settings_is_printed_at_once_with_its_origin()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "madang.json"), """{"Madang":{"PublicUrl":"nonsense","RateLimit":"on"}}""", TestContext.Current.CancellationToken);
        var answer = await RunAsync(["--urls", "gopher://x"], environment: new() { ["MADANG__BROKER"] = "amqp://localhost", ["MADANG__CHAT__MAXMEMBERS"] = "1000" });
        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("Madang:PublicUrl (madang.json)", answer.Error);
        Assert.Contains("Madang:Urls (flag --urls)", answer.Error);
        Assert.Contains("Madang:Broker (environment MADANG__BROKER)", answer.Error);
        Assert.Contains("Madang:Chat:MaxMembers (environment MADANG__CHAT__MAXMEMBERS)", answer.Error);
        Assert.Contains("Did you mean Madang:RateLimits?", answer.Error);
        Assert.False(File.Exists(Path.Combine(_folder, "madang.db")));
    }

    [Fact]
    public async Task Config_shows_who_said_what_and_no_secret()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "madang.json"), """{"Madang":{"Community":"마당","TrustedProxies":["10.0.0.0/8","::1"]}}""", TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string?>
        {
            ["MADANG__DATABASE"] = "Host=db;Username=madang;Password=hidden",
            ["MADANG__SETUP__TOKEN"] = "hidden-as-well",
            ["MADANG__COMMUNITY"] = "Courtyard",
        };
        var shown = await RunAsync(["config", "show", "--origin", "--json"], environment: environment);
        Assert.DoesNotContain("hidden", shown.Output);
        var values = JsonDocument.Parse(shown.Output).RootElement.EnumerateArray().ToDictionary(value => value.GetProperty("key").GetString()!, value => value);
        Assert.Equal("Courtyard", values["Madang:Community"].GetProperty("value").GetString());
        Assert.Equal("environment MADANG__COMMUNITY", values["Madang:Community"].GetProperty("origin").GetString());
        Assert.Equal("10.0.0.0/8,::1", values["Madang:TrustedProxies"].GetProperty("value").GetString());
        Assert.Equal("madang.json", values["Madang:TrustedProxies"].GetProperty("origin").GetString());
        Assert.Equal("default", values["Madang:Broker"].GetProperty("origin").GetString());
        Assert.Equal(0, (await RunAsync(["config", "validate"], environment: environment)).ExitCode);

        await File.WriteAllTextAsync(Path.Combine(_folder, "madang.json"), "{ not json", TestContext.Current.CancellationToken);
        Assert.Equal(2, (await RunAsync(["config", "validate"])).ExitCode);
    }

    [Fact]
    public async Task A_public_address_without_tls_is_shouted_about()
    {
        await using var server = await MadangProcess.ServeAsync(_folder, null, "--urls", "http://0.0.0.0:0");
        Assert.Contains("WARNING", server.Messages);
        Assert.Contains("without TLS", server.Messages);
    }

    [Fact]
    public async Task Every_start_prints_a_setup_link_until_there_is_an_admin()
    {
        for (var i = 0; i < 2; i++)
        {
            await using var server = await MadangProcess.ServeAsync(_folder);
            if (i == 1)
            {
                Assert.Equal(0, (await RunAsync(["user", "create", "first", "--role", "admin"], "a password of the first\n")).ExitCode);
            }

            Assert.Equal(0, await server.StopAsync());
            Assert.Contains("/setup#token=", server.Messages);
        }

        await using var last = await MadangProcess.ServeAsync(_folder);
        Assert.Equal(0, await last.StopAsync());
        Assert.DoesNotContain("/setup#token=", last.Messages);
    }

    [Fact]
    public async Task Logs_are_json_when_asked_for()
    {
        await using var server = await MadangProcess.ServeAsync(_folder, new() { ["MADANG__LOG__FORMAT"] = "json" });
        Assert.Equal(0, await server.StopAsync());
        var events = server.Messages.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Contains(events, line => line.GetProperty("Category").GetString()!.StartsWith("Madang.", StringComparison.Ordinal) && line.GetProperty("LogLevel").GetString() == "Information");
    }

    private Task<MadangProcess.Answer> RunAsync(string[] arguments, string? input = null, Dictionary<string, string?>? environment = null) =>
        MadangProcess.RunAsync([.. arguments, "--data", _folder], environment, input);
}
