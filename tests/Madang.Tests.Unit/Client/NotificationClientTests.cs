using System.Net;
using System.Text;
using System.Text.Json;
using Madang.Client;
using Madang.Client.Resources;

namespace Madang.Tests.Unit.Client;

/// <summary>The verbs of notifications: where they go, what they carry, and how the answers are read.</summary>
public sealed class NotificationClientTests
{
    private const string Badge = """{"count":2,"version":7}""";
    private const string Item = """{"id":"9","notification_id":"8","category":"message","title":"하나","body":"안녕","data":{"room_id":"5"},"read":false,"created_at":"2026-11-22T17:14:35.123Z"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_own_inbox_is_read_and_marked()
    {
        using var server = new Recorder(request => request.Contains("/read", StringComparison.Ordinal) || request.Contains("/badge", StringComparison.Ordinal)
            ? Badge
            : $$"""{"items":[{{Item}}],"next":null,"prev":null,"badge":{{Badge}}}""");
        using var client = Client(server);
        var item = Assert.Single((await client.Inbox.List(unread: true).PageAsync(limit: 2, cancellationToken: Token)).Items);
        Assert.Equal(("9", "안녕", false, "5"), (item.Id, item.Body, item.Read, item.Data.GetProperty("room_id").GetString()));
        Assert.Equal(new Badge(2, 7), await client.Inbox.ReadUpToAsync("9", Token));
        await client.Inbox.ReadAsync(["9", "10"], Token);
        await client.Inbox.DeleteAsync("9", Token);
        Assert.Equal(
            [
                "GET /v1/me/notifications?unread=true&limit=2", """PUT /v1/me/notifications/read {"up_to":"9"}""", """PUT /v1/me/notifications/read {"ids":["9","10"]}""",
                "DELETE /v1/me/notifications/9",
            ],
            server.Seen);
    }

    [Fact]
    public async Task Preferences_and_addresses_are_put()
    {
        using var server = new Recorder(request => request.Contains("preferences", StringComparison.Ordinal)
            ? """{"channels":{"push":true},"quiet_hours":[{"day":"monday","from":"22:00","to":"07:00"}],"time_zone":"Asia/Seoul","choices":{"social":{"sms":false}},"matrix":[{"category":"social","title":"소식","mandatory":false,"channels":{"push":{"on":true,"source":"default"}}}]}"""
            : request.Contains("verification", StringComparison.Ordinal)
                ? """{"kind":"email","value":"a@b.org","verified_at":"2026-11-22T17:14:35.123Z"}"""
                : request.Contains("push", StringComparison.Ordinal)
                    ? """{"device_id":"4","kind":"apns","registered_at":"2026-11-22T17:14:35.123Z"}"""
                    : """{"addresses":[],"pending":[{"kind":"email","value":"a@b.org","sent_at":"2026-11-22T17:14:35.123Z","expires_at":"2026-11-22T17:24:35.123Z"}],"devices":[]}""");
        using var client = Client(server);
        var preferences = await client.Inbox.ChangePreferencesAsync(new(QuietHours: [new("monday", "22:00", "07:00")]), Token);
        Assert.Equal(new PreferenceCell(true, "default"), Assert.Single(preferences.Matrix).Channels["push"]);
        Assert.Equal("a@b.org", Assert.Single((await client.Inbox.AddressesAsync(Token)).Pending).Value);
        Assert.Equal("email", (await client.Inbox.VerifyAddressAsync("email", "123456", Token)).Kind);
        Assert.Equal("4", (await client.Inbox.PutPushAsync(new("apns", Token: "ab", App: "org.madang"), cancellationToken: Token)).DeviceId);
        Assert.Equal(
            [
                """PUT /v1/me/preferences {"quiet_hours":[{"day":"monday","from":"22:00","to":"07:00"}]}""", "GET /v1/me/addresses",
                """POST /v1/me/addresses/email/verification {"code":"123456"}""", """PUT /v1/me/devices/current/push {"kind":"apns","token":"ab","app":"org.madang"}""",
            ],
            server.Seen);
    }

    [Fact]
    public async Task A_notification_is_sent_and_explained()
    {
        const string Accepted = """{"id":"8","send_at":"2026-11-22T17:14:35.123Z","expires_at":"2026-11-23T17:14:35.123Z","created_at":"2026-11-22T17:14:35.123Z"}""";
        using var server = new Recorder(request => request.Contains("bulk", StringComparison.Ordinal)
            ? """{"items":[{"status":202,"notification":""" + Accepted + """},{"status":422,"error":{"code":"invalid_fields","errors":[{"field":"to","code":"required"}]}}]}"""
            : request.StartsWith("GET", StringComparison.Ordinal)
                ? """
                  {"notification":{"id":"8","category":"message","to":{"user_ids":["7"]},"data":{},"send_at":"2026-11-22T17:14:35Z","expires_at":"2026-11-23T17:14:35Z","state":"planned","people":1,"created_at":"2026-11-22T17:14:35Z"},
                   "totals":[{"channel":"push","state":"sent","count":1}],"totals_complete":true,
                   "person":{"user_id":"7","decisions":[{"rule":"quiet_hours","channel":"push","outcome":"defer","inputs":{"zone":"Asia/Seoul"}}],
                   "deliveries":[{"id":"3","channel":"push","provider":"fcm","state":"sent","ambiguous":0,"attempts":[{"at":"2026-11-22T17:14:36Z","provider":"fcm","class":"ok","code":"200","latency_ms":12}]}]}}
                  """
                : Accepted);
        using var client = Client(server);
        Assert.Equal("8", (await client.Notifications.SendAsync(new NewNotification("message", Recipients.Of("7"), Template: "hello", Data: JsonSerializer.SerializeToElement("나")), Token)).Id);
        var many = await client.Notifications.SendAsync([new NewNotification("message", new(All: true)), new NewNotification("message", new())], Token);
        Assert.Equal([("8", null), (null, "to")], many.Select(one => (one.Notification?.Id, one.Error?.Errors?[0].Field)));
        var person = (await client.Notifications.ExplainAsync("8", "7", Token)).Person!;
        Assert.Equal(("quiet_hours", "Asia/Seoul"), (person.Decisions[0].Rule, person.Decisions[0].Inputs.GetProperty("zone").GetString()));
        Assert.Equal(("ok", 12), (person.Deliveries[0].Attempts[0].Class, person.Deliveries[0].Attempts[0].LatencyMs));
        Assert.Equal(
            [
                """POST /v1/notifications {"category":"message","to":{"user_ids":["7"]},"template":"hello","data":"나"}""",
                """POST /v1/notifications/bulk {"notifications":[{"category":"message","to":{"all":true}},{"category":"message","to":{}}]}""", "GET /v1/notifications/8?user_id=7",
            ],
            server.Seen);
    }

    [Fact]
    public async Task Queues_dead_letters_and_templates_are_operated()
    {
        using var server = new Recorder(request => request.Contains("pause", StringComparison.Ordinal)
            ? """{"at":"2026-11-22T17:14:35Z","reason":"Key expired","by":"hand"}"""
            : request.Contains("replay", StringComparison.Ordinal) ? """{"count":3,"more":false}""" : """{"locale":"ko","sms":{"text":"안녕","encoding":"ucs2","units":2,"segments":1,"left":68,"size_bytes":6}}""");
        using var client = Client(server);
        Assert.Equal("hand", (await client.Deliveries.PauseAsync("a/b", "Key expired", Token)).By);
        Assert.Equal(3, (await client.Deliveries.ReplayAsync(new(Queue: "fcm", Ambiguous: false), dryRun: true, Token)).Count);
        Assert.Equal(1, (await client.Templates.PreviewAsync("hello", new("sms", "ko"), Token)).Sms!.Segments);
        Assert.Equal(
            [
                """POST /v1/queues/a%2Fb/pause {"reason":"Key expired"}""", """POST /v1/deliveries/replay {"filter":{"queue":"fcm","ambiguous":false},"dry_run":true}""",
                """POST /v1/templates/hello/preview {"channel":"sms","locale":"ko"}""",
            ],
            server.Seen);
    }

    private static MadangClient Client(Recorder server) => new(new() { BaseAddress = new("http://server.test"), Handler = server });

    /// <summary>Writes down each request in a line and answers 200.</summary>
    private sealed class Recorder(Func<string, string> answer) : HttpMessageHandler
    {
        public List<string> Seen { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : " " + await request.Content.ReadAsStringAsync(cancellationToken);
            var line = $"{request.Method} {request.RequestUri!.PathAndQuery}{body}";
            Seen.Add(line);
            return new(HttpStatusCode.OK) { Content = new StringContent(answer(line), Encoding.UTF8, "application/json") };
        }
    }
}
