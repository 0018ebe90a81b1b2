using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Madang.Notifications.Channels.WebPush;
using Madang.Sandbox;
using Madang.Sandbox.WebPush;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Notifications;

/// <summary><c>madang notify sandbox</c> and its switches.</summary>
public sealed class SandboxTests
{
    [Fact]
    public async Task The_verb_prints_settings_that_a_shell_can_read_answers_at_its_switches_and_ends_by_a_signal()
    {
        var folder = Directory.CreateTempSubdirectory("madang-sandbox-").FullName;
        using var sandbox = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "madang.dll"), "notify", "sandbox", "--dir", folder, "--control-port", "0", "--apns-port", "0", "--fcm-port", "0", "--push-port", "0", "--smtp-port", "0", "--twilio-port", "0", "--kannel-port", "0", "--tls"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var told = await sandbox.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            var settings = new List<string>();
            while (settings.LastOrDefault() != "export MADANG__OUTBOUND__ALLOW=127.0.0.1")
            {
                settings.Add(await sandbox.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException(told));
            }

            Assert.Contains("export MADANG__NOTIFICATIONS__PROVIDERS__APNS__KIND='apns'", settings);
            Assert.Contains($"export MADANG__NOTIFICATIONS__PROVIDERS__FCM__SERVICEACCOUNTFILE='{folder}/service-account.json'", settings);
            Assert.Contains("BEGIN PRIVATE KEY", await File.ReadAllTextAsync(Path.Combine(folder, "apns.p8"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "apns.p8")));
            using var client = new HttpClient { BaseAddress = new Uri(told!.Split(' ')[1]) };
            var list = await client.GetFromJsonAsync<JsonArray>("/", TestContext.Current.CancellationToken);
            Assert.Equal(["apns", "fcm", "push", "smtp", "twilio", "kannel"], list!.Select(one => (string)one!["name"]!));

            using var signal = Process.Start("kill", ["-TERM", sandbox.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await sandbox.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.Equal(0, sandbox.ExitCode);
        }
        finally
        {
            sandbox.Kill();
            await sandbox.WaitForExitAsync(TestContext.Current.CancellationToken);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Faults_are_set_over_HTTP_and_what_arrived_is_counted()
    {
        await using var push = new PushStandIn(TimeProvider.System);
        await push.StartAsync(0, TestContext.Current.CancellationToken);
        await using var control = new SandboxControl([push]);
        await control.StartAsync(0, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = control.Address };

        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(client, """[{"next":2,"status":503,"reason":"down","retry_after":5},{"rate":0.5,"effect":"lost","device":"9"}]"""));
        var rules = await client.GetFromJsonAsync<JsonArray>("/push/faults", TestContext.Current.CancellationToken);
        Assert.Equal((2, 503, "lost"), ((int)rules![0]!["next"]!, (int)rules[0]!["status"]!, (string)rules[1]!["effect"]!));
        using var refused = await client.PostAsync(new Uri(push.Address, "/push/1"), new ByteArrayContent([]), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, 5.0), (refused.StatusCode, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        var received = await client.GetFromJsonAsync<JsonObject>("/push/received", TestContext.Current.CancellationToken);
        Assert.Equal((0, 1), ((int)received!["counts"]!["taken"]!, (int)received["counts"]!["refused"]!));
        using var cleared = await client.DeleteAsync("/push/received", TestContext.Current.CancellationToken);
        Assert.Equal(0, push.Received.Counts.Refused);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("""[{"rate":2}]""")]
    [InlineData("""[{"latency_ms":-1}]""")]
    [InlineData("""[{"status":7}]""")]
    [InlineData("""[{"effect":"explode"}]""")]
    [InlineData("""[{"unknown":1}]""")]
    [InlineData("""[{"next":0,"status":500}]""")]
    [InlineData("""[{"every":-1,"status":500}]""")]
    [InlineData("""[{"stage":"rcptt","status":550}]""")]
    public async Task A_rule_that_is_none_is_refused_and_changes_nothing(string body)
    {
        await using var push = new PushStandIn(TimeProvider.System);
        await push.StartAsync(0, TestContext.Current.CancellationToken);
        push.Faults.Set(new FaultRule { Status = 500 });
        await using var control = new SandboxControl([push]);
        await control.StartAsync(0, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = control.Address };
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(client, body));
        Assert.Equal(500, Assert.Single(push.Faults.Rules).Status);
    }

    [Fact]
    public async Task The_key_for_browsers_is_told_once_a_provider_is_configured()
    {
        await using var host = await MadangHost.StartAsync();
        var admin = await host.AdminAsync();
        using var none = await admin.Http.GetAsync("/v1/push/webpush-key", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Contains("push_not_configured", await none.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var section = new ConfigurationBuilder().AddInMemoryCollection([new("Subject", "mailto:ops@madang.example.org")]).Build();
        Assert.Empty(host.Services.GetRequiredService<WebPushKind>().Create("web", section).Faults);
        var key = await admin.Http.GetFromJsonAsync<JsonObject>("/v1/push/webpush-key", TestContext.Current.CancellationToken);
        Assert.Equal((87, 16), (((string)key!["public_key"]!).Length, ((string)key["key_id"]!).Length));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(host.Data, "webpush.key")));
    }

    private static async Task<HttpStatusCode> PutAsync(HttpClient client, string rules)
    {
        using var answer = await client.PutAsync("/push/faults", new StringContent(rules, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
