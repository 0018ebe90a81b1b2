using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Notifications;

/// <summary>Everything that can be wrong with what an operator asks about deliveries and queues: it is refused by its field, on either database, and never a fault of ours.</summary>
public abstract class DeliveryInputFacts(DeliveryInputHost host)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("state=nope", "state")]
    [InlineData("state=sent", "state")]
    [InlineData("state=6", "state")]
    [InlineData("state=dead&state=expired", "state")]
    [InlineData("channel=fax", "channel")]
    [InlineData("notification_id=abc", "notification_id")]
    [InlineData("notification_id=0", "notification_id")]
    [InlineData("notification_id=-1", "notification_id")]
    [InlineData("notification_id=99999999999999999999999", "notification_id")]
    [InlineData("notification_id=1&notification_id=2", "notification_id")]
    [InlineData("user_id=%00", "user_id")]
    [InlineData("ambiguous=maybe", "ambiguous")]
    [InlineData("ambiguous=TRUE", "ambiguous")]
    [InlineData("since=yesterday", "since")]
    [InlineData("since=12:00", "since")]
    [InlineData("since=1%20jan", "since")]
    [InlineData("since=2026-13-01T00:00:00Z", "since")]
    [InlineData("since=2026-02-30", "since")]
    [InlineData("until=2026-01-01T00:00:00%2B99:00", "until")]
    [InlineData("since=0001-01-01T00:00:00%2B14:00", "since")]
    [InlineData("until=%00", "until")]
    [InlineData("queue=a%00b", "queue")]
    [InlineData("queue=a%0Ab", "queue")]
    [InlineData("category=%00", "category")]
    [InlineData("reason=%E2%80%AE550", "reason")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=1e1", "limit")]
    [InlineData("cursor=garbage", "cursor")]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("cursor=%FF%FE", "cursor")]
    public async Task A_hostile_filter_is_refused_by_its_field(string query, string field) =>
        await Problems.AssertAsync(await (await AdminAsync()).GetAsync("/v1/deliveries?" + query, Token), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);

    [Theory]
    [InlineData("queue")]
    [InlineData("category")]
    [InlineData("reason")]
    public async Task A_long_filter_is_refused_and_not_searched_for(string field) => await Problems.AssertAsync(
        await (await AdminAsync()).GetAsync($"/v1/deliveries?{field}={new string('a', 201)}", Token), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);

    [Theory]
    [InlineData("")]
    [InlineData("state=&channel=&queue=&since=&user_id=&notification_id=&ambiguous=&reason=&category=&until=")]
    [InlineData("reason=%25_'%20OR%201=1--&queue=%5C&category=%25")]
    [InlineData("reason=%ED%A0%80")]
    [InlineData("since=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59.9999999Z")]
    [InlineData("since=0001-01-01T00:00:00-14:00&until=9999-12-31T23:59:59%2B14:00")]
    [InlineData("since=2026-11-23&until=2026-11-23T09:00%2B09:00")]
    [InlineData("notification_id=9223372036854775807&user_id=9223372036854775807&state=waiting")]
    public async Task What_is_only_strange_finds_nothing(string query) =>
        Assert.Empty((await MadangHost.GetAsync(await AdminAsync(), "/v1/deliveries?" + query))["items"]!.AsArray());

    [Theory]
    [InlineData("state=accepted,planning", "state")]
    [InlineData("state=%201", "state")]
    [InlineData("since=12:00", "since")]
    [InlineData("category=a%00", "category")]
    public async Task A_hostile_filter_of_notifications_is_refused_by_its_field(string query, string field) =>
        await Problems.AssertAsync(await (await AdminAsync()).GetAsync("/v1/notifications?" + query, Token), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);

    [Theory]
    [InlineData("GET", "/v1/deliveries/abc", null)]
    [InlineData("GET", "/v1/deliveries/0", null)]
    [InlineData("GET", "/v1/deliveries/-1", null)]
    [InlineData("GET", "/v1/deliveries/99999999999999999999999", null)]
    [InlineData("GET", "/v1/deliveries/9223372036854775807", null)]
    [InlineData("POST", "/v1/deliveries/%20/resolve", """{"arrived":true}""")]
    [InlineData("POST", "/v1/deliveries/12/resolve", """{"arrived":false}""")]
    [InlineData("POST", "/v1/queues/nobody/pause", "{}")]
    [InlineData("POST", "/v1/queues/%E2%80%AE/pause", "{}")]
    [InlineData("POST", "/v1/queues/nobody/resume", null)]
    public async Task What_is_not_there_is_404(string method, string path, string? body) =>
        await Problems.AssertAsync(await SendAsync(method, path, body), HttpStatusCode.NotFound, "not_found");

    [Theory]
    [InlineData("/v1/deliveries/replay", "{}", "filter")]
    [InlineData("/v1/deliveries/replay", """{"filter":null,"dry_run":true}""", "filter")]
    [InlineData("/v1/deliveries/replay", """{"filter":[]}""", "filter")]
    [InlineData("/v1/deliveries/replay", """{"filter":{"state":"sent"}}""", "filter.state")]
    [InlineData("/v1/deliveries/replay", """{"filter":{"state":"ambiguous"}}""", "filter.state")]
    [InlineData("/v1/deliveries/replay", """{"filter":{"state":7}}""", "filter.state")]
    [InlineData("/v1/deliveries/replay", """{"filter":{"channel":"fax"}}""", "filter.channel")]
    [InlineData("/v1/deliveries/replay", """{"filter":{"queue":"a\u0000b"}}""", "filter.queue")]
    [InlineData("/v1/deliveries/replay", """{"filter":{"reason":"a\nb"}}""", "filter.reason")]
    [InlineData("/v1/deliveries/replay", """{"filter":{"since":"yesterday"}}""", "filter.since")]
    [InlineData("/v1/deliveries/replay", """{"filter":{"user_id":"x"}}""", "filter.user_id")]
    [InlineData("/v1/deliveries/replay", """{"filter":{},"dry_run":"yes"}""", "dry_run")]
    [InlineData("/v1/deliveries/12/resolve", "{}", "arrived")]
    [InlineData("/v1/deliveries/12/resolve", """{"arrived":"yes"}""", "arrived")]
    [InlineData("/v1/queues/hooks/pause", """{"reason":"a\u0000b"}""", "reason")]
    [InlineData("/v1/queues/hooks/pause", """{"reason":"a\nb"}""", "reason")]
    [InlineData("/v1/queues/hooks/pause", """{"reason":7}""", "reason")]
    public async Task A_hostile_body_is_refused_by_its_field(string path, string body, string field) =>
        await Problems.AssertAsync(await SendAsync("POST", path, body), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);

    [Fact]
    public async Task A_long_reason_is_refused_and_the_queue_goes_on()
    {
        await Problems.AssertAsync(
            await SendAsync("POST", "/v1/queues/hooks/pause", $$"""{"reason":"{{new string('가', 201)}}"}"""), HttpStatusCode.UnprocessableEntity, "invalid_fields", "reason");
        var queue = (await MadangHost.GetAsync(await AdminAsync(), "/v1/queues"))["items"]!.AsArray().Single(one => (string)one!["name"]! == "hooks")!;
        Assert.Null(queue["paused"]);
    }

    [Theory]
    [InlineData("/v1/deliveries/replay")]
    [InlineData("/v1/deliveries/12/resolve")]
    [InlineData("/v1/queues/hooks/pause")]
    public async Task A_body_is_bounded_in_size_and_depth(string path)
    {
        await Problems.AssertAsync(await SendAsync("POST", path, "{\"x\":" + new string('[', 40) + new string(']', 40) + "}"), HttpStatusCode.BadRequest, "malformed_json");
        await Problems.AssertAsync(await SendAsync("POST", path, "{\"reason\":\"" + new string('a', 300 * 1024) + "\"}"), HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        await Problems.AssertAsync(await SendAsync("POST", path, "{}", "text/plain"), HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        await Problems.AssertAsync(await SendAsync("POST", path, "{"), HttpStatusCode.BadRequest, "malformed_json");
    }

    [Theory]
    [InlineData("/v1/deliveries/replay", "{\"filter\":{\"reason\":\"", "\"}}")]
    [InlineData("/v1/queues/hooks/pause", "{\"reason\":\"", "\"}")]
    public async Task Bytes_that_are_not_utf8_are_400(string path, string before, string after)
    {
        using var broken = new ByteArrayContent([.. Encoding.UTF8.GetBytes(before), 0xC3, 0x28, 0xFF, .. Encoding.UTF8.GetBytes(after)]);
        broken.Headers.ContentType = new("application/json");
        await Problems.AssertAsync(await (await AdminAsync()).PostAsync(path, broken, Token), HttpStatusCode.BadRequest, "malformed_json");
    }

    [Fact]
    public async Task A_replay_of_all_times_at_once_replays_what_there_is()
    {
        var replayed = await MadangHost.PostAsync(
            await AdminAsync(), "/v1/deliveries/replay",
            (JsonObject)JsonNode.Parse("""{"filter":{"since":"0001-01-01T00:00:00Z","until":"9999-12-31T23:59:59.9999999Z","reason":"%' OR ''='"},"dry_run":true}""")!);
        Assert.Equal((0, false), ((int)replayed["count"]!, (bool)replayed["more"]!));
    }

    private async Task<HttpClient> AdminAsync() => (await host.Host.AdminAsync()).Http;

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, type) };
        return await (await AdminAsync()).SendAsync(request, Token);
    }
}

public sealed class DeliveryInputTests(SqliteDeliveryInputHost host) : DeliveryInputFacts(host), IClassFixture<SqliteDeliveryInputHost>;

[Trait("engine", "postgres")]
public sealed class PostgresDeliveryInputTests(PostgresDeliveryInputHost host) : DeliveryInputFacts(host), IClassFixture<PostgresDeliveryInputHost>;

public sealed class SqliteDeliveryInputHost() : DeliveryInputHost(postgres: false);

public sealed class PostgresDeliveryInputHost() : DeliveryInputHost(postgres: true);

/// <summary>A server with one queue, which nothing is sent by.</summary>
public abstract class DeliveryInputHost(bool postgres) : IAsyncLifetime
{
    public MadangHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await MadangHost.StartAsync(
        new()
        {
            ["Madang:Crawler:Enabled"] = "false",
            ["Madang:Notifications:Providers:hooks:Kind"] = "webhook",
            ["Madang:Notifications:Providers:hooks:Secret"] = SandboxHost.HookSecret,
        },
        postgres);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
