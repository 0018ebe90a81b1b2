using System.Net;
using System.Text.Json.Nodes;
using Madang.Sandbox;
using Madang.Sandbox.Apns;
using Madang.Sandbox.Fcm;
using Madang.Sandbox.Sms;
using Madang.Sandbox.Smtp;
using Madang.Sandbox.WebPush;

namespace Madang.Tests.Integration.Notifications;

/// <summary>
/// The real server with every channel configured, and the protocols of the providers at their ends, all in this process. Tests share it: each has its own people and
/// looks only at what their addresses got. The provider <c>dead</c> is an FCM account whose host nobody answers at.
/// </summary>
public sealed class SandboxHost : IAsyncLifetime
{
    /// <summary>What links lead to; the tests ask the server itself for what stands behind.</summary>
    public const string PublicUrl = "https://madang.example.org";
    public const string DeadProject = "dead-project";
    public const string HookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private int _numbers;

    public MadangHost Host { get; private set; } = null!;

    public ApnsStandIn Apns { get; } = new(TimeProvider.System);

    public FcmStandIn Fcm { get; } = new(TimeProvider.System);

    public PushStandIn Push { get; } = new(TimeProvider.System);

    public SmtpStandIn Smtp { get; } = new(TimeProvider.System);

    public TwilioStandIn Twilio { get; } = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Dictionary<string, string?> settings = new()
        {
            ["Madang:Crawler:Enabled"] = "false",
            ["Madang:PublicUrl"] = PublicUrl,
            ["Madang:Outbound:Allow"] = "127.0.0.1",
        };
        foreach (var standIn in (StandIn[])[Apns, Fcm, Push, Smtp, Twilio])
        {
            await standIn.StartAsync(0, Token);
            foreach (var (key, value) in standIn.Settings)
            {
                settings[Key(standIn.Name, key)] = value;
            }
        }

        var closed = ClosedPort();
        settings[Key("apns", "Key")] = Apns.KeyPem;
        settings[Key("fcm", "ServiceAccount")] = Fcm.ServiceAccount;
        settings[Key("fcm", "RampSeconds")] = "0";
        settings[Key("smtp", "ReturnAddress")] = "bounces@sandbox.example";
        settings[Key("dead", "Kind")] = "fcm";
        settings[Key("dead", "ServiceAccount")] = Fcm.ServiceAccount;
        settings[Key("dead", "ProjectId")] = DeadProject;
        settings[Key("dead", "Endpoint")] = $"http://127.0.0.1:{closed}";
        settings[Key("dead", "TokenEndpoint")] = $"http://127.0.0.1:{closed}/token";
        settings[Key("hooks", "Kind")] = "webhook";
        settings[Key("hooks", "Secret")] = HookSecret;
        settings[Key("hooks", "AllowHttp")] = "true";
        Host = await MadangHost.StartAsync(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        foreach (var standIn in (StandIn[])[Apns, Fcm, Push, Smtp, Twilio])
        {
            await standIn.DisposeAsync();
        }
    }

    /// <summary>Registers the push address of one more device of theirs.</summary>
    public async Task DeviceAsync(Person person, JsonObject registration)
    {
        var admin = await Host.AdminAsync();
        var token = (string)(await MadangHost.PostAsync(admin.Http, "/v1/tokens", new JsonObject { ["user_id"] = person.Id }))["token"]!;
        await MadangHost.SendAsync(Host.Client(token), HttpMethod.Put, "/v1/me/devices/current/push", registration);
    }

    /// <summary>A device with Firebase; its token.</summary>
    public async Task<string> FcmDeviceAsync(Person person, string? project = null)
    {
        var token = $"device-of-{person.Name}";
        await DeviceAsync(person, new JsonObject { ["kind"] = "fcm", ["token"] = token, ["app"] = project ?? Fcm.ProjectId });
        return token;
    }

    /// <summary>A verified e-mail address, set by an admin.</summary>
    public async Task<string> MailAsync(Person person)
    {
        var address = $"{person.Name}@people.example";
        await MadangHost.SendAsync((await Host.AdminAsync()).Http, HttpMethod.Put, $"/v1/admin/users/{person.Id}/addresses/email", new JsonObject { ["value"] = address });
        return address;
    }

    /// <summary>A verified number, set by an admin.</summary>
    public async Task<string> PhoneAsync(Person person)
    {
        var number = $"+8210{Interlocked.Increment(ref _numbers):D8}";
        await MadangHost.SendAsync((await Host.AdminAsync()).Http, HttpMethod.Put, $"/v1/admin/users/{person.Id}/addresses/phone", new JsonObject { ["value"] = number });
        return number;
    }

    /// <summary>Sends as an admin; the notification's id.</summary>
    public async Task<string> SendAsync(string category, string title, JsonObject to, params string[] channels)
    {
        var body = new JsonObject
        {
            ["category"] = category,
            ["content"] = new JsonObject { ["title"] = title, ["body"] = $"{title}: 본문" },
            ["to"] = to,
        };
        if (channels.Length > 0)
        {
            body["channels"] = new JsonArray([.. channels.Select(channel => JsonValue.Create(channel))]);
        }

        return (string)(await MadangHost.PostAsync((await Host.AdminAsync()).Http, "/v1/notifications", body))["id"]!;
    }

    public static JsonObject To(Person person) => new() { ["user_ids"] = new JsonArray(person.Id) };

    /// <summary>What <c>GET /v1/notifications/{id}</c> says of its only person, as soon as that is so.</summary>
    public async Task<JsonNode> ExplainedAsync(string id, Func<JsonNode, bool> until)
    {
        var admin = await Host.AdminAsync();
        JsonNode? last = null;
        await UntilAsync(
            async () => (last = (await MadangHost.GetAsync(admin.Http, $"/v1/notifications/{id}"))["person"]) is not null && until(last),
            () => $"notification {id}: {last?.ToJsonString()}");
        return last!;
    }

    /// <summary>Their only delivery by this channel.</summary>
    public static JsonNode Delivery(JsonNode explained, string channel) =>
        explained["deliveries"]!.AsArray().Single(delivery => (string)delivery!["channel"]! == channel)!;

    /// <summary>Whether the delivery by this channel is there, in this state.</summary>
    public static bool Is(JsonNode explained, string channel, string state) =>
        explained["deliveries"]!.AsArray().Any(delivery => (string)delivery!["channel"]! == channel && (string)delivery["state"]! == state);

    /// <summary>What this address got, once it is so many.</summary>
    public static async Task<IReadOnlyList<ReceivedMessage>> GotAsync(StandIn standIn, string address, int count = 1)
    {
        await UntilAsync(() => Task.FromResult(standIn.Received.Last(address).Count >= count), () => $"{count} messages of {standIn.Name} to {address}: {standIn.Received.Counts}");
        return standIn.Received.Last(address);
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, $"waited in vain for {what()}");
            await tick.WaitForNextTickAsync(Token);
        }
    }

    private static string Key(string provider, string key) => $"Madang:Notifications:Providers:{provider}:{key}";

    private static int ClosedPort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
