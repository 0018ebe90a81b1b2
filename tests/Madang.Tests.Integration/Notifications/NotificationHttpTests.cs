using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Notifications;

/// <summary>Notifications over HTTP, on a real server: accepted, planned by itself, read, explained.</summary>
public sealed class NotificationHttpTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_server_sends_lies_in_the_inbox_and_can_be_explained()
    {
        var (admin, kim) = (await _host.AdminAsync(), await _host.PersonAsync("kim-of-notifications"));
        var key = await MadangHost.PostAsync(admin.Http, "/v1/admin/api-keys", new JsonObject { ["name"] = "shop", ["role"] = "user" });
        var shop = _host.Client((string)key["key"]!);
        var body = Body(kim.Id);
        body["event_id"] = "order-7";
        using var first = await shop.PostAsync("/v1/notifications", Json(body), Token);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        using var again = await shop.PostAsync("/v1/notifications", Json(body), Token);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(Token), await again.Content.ReadAsStringAsync(Token));
        body["data"] = new JsonObject { ["n"] = 8 };
        await Problems.AssertAsync(await shop.PostAsync("/v1/notifications", Json(body), Token), HttpStatusCode.Conflict, "idempotency_conflict");

        var inbox = await InboxAsync(kim, 1);
        Assert.Equal(("마당", "Kim wrote to you", false), ((string)inbox["items"]![0]!["title"]!, (string)inbox["items"]![0]!["body"]!, (bool)inbox["items"]![0]!["read"]!));
        var badge = await MadangHost.SendAsync(kim.Http, HttpMethod.Put, "/v1/me/notifications/read", new JsonObject { ["up_to"] = (string)inbox["items"]![0]!["id"]! });
        Assert.Equal(0, (int)badge["count"]!);
        Assert.True((long)badge["version"]! > (long)inbox["badge"]!["version"]!);

        var id = (string)JsonNode.Parse(await first.Content.ReadAsStringAsync(Token))!["id"]!;
        var told = await MadangHost.GetAsync(shop, $"/v1/notifications/{id}");
        Assert.Equal(("planned", true), ((string)told["notification"]!["state"]!, (bool)told["person"]!["item"]!["read"]!));
        Assert.Contains("preference", told["person"]!["decisions"]!.ToJsonString(), StringComparison.Ordinal);

        // Another server's: not its business.
        var other = _host.Client((string)(await MadangHost.PostAsync(admin.Http, "/v1/admin/api-keys", new JsonObject { ["name"] = "other", ["role"] = "user" }))["key"]!);
        await Problems.AssertAsync(await other.GetAsync($"/v1/notifications/{id}", Token), HttpStatusCode.NotFound, "not_found");
        Assert.Empty((await MadangHost.GetAsync(other, "/v1/notifications"))["items"]!.AsArray());
        Assert.Single((await MadangHost.GetAsync(shop, "/v1/notifications?state=planned"))["items"]!.AsArray());
    }

    [Fact]
    public async Task What_is_asked_before_sending_and_after_is_refused_by_its_field()
    {
        var admin = await _host.AdminAsync();
        var segment = new JsonObject { ["name"] = "reach-nobody", ["kind"] = "segment", ["title"] = "Nobody", ["rule"] = new JsonObject { ["locales"] = new JsonArray("xx") } };
        await MadangHost.PostAsync(admin.Http, "/v1/admin/audiences", segment);
        Assert.Equal((0, false), ((int)(await MadangHost.GetAsync(admin.Http, "/v1/notifications/reach?audience=reach-nobody"))["count"]!, (bool)(await MadangHost.GetAsync(admin.Http, "/v1/notifications/reach"))["more"]!));
        foreach (var (path, status, code) in new[]
        {
            ("/v1/notifications/reach?audience=", HttpStatusCode.UnprocessableEntity, "audience_not_found"),
            ("/v1/notifications/reach?audience=%EA%B0%80%00", HttpStatusCode.UnprocessableEntity, "audience_not_found"),
            ("/v1/admin/audiences/reach-nobody/members", HttpStatusCode.UnprocessableEntity, "invalid_fields"),
            ("/v1/admin/audiences/reach-nobody/members?limit=0", HttpStatusCode.UnprocessableEntity, "invalid_fields"),
            ("/v1/admin/audiences/no-such/members", HttpStatusCode.NotFound, "not_found"),
            ("/v1/funnels?campaign=spring&channel=pigeon", HttpStatusCode.UnprocessableEntity, "invalid_fields"),
            ("/v1/funnels?campaign=spring&days=0&channel=push", HttpStatusCode.UnprocessableEntity, "invalid_fields"),
        })
        {
            await Problems.AssertAsync(await admin.Http.GetAsync(path, Token), status, code);
        }
    }

    [Fact]
    public async Task A_bulk_call_answers_for_each_by_itself()
    {
        var (admin, lee) = (await _host.AdminAsync(), await _host.PersonAsync("lee-of-notifications"));
        var many = new JsonArray([.. Enumerable.Range(0, 997).Select(i => Body(lee.Id, $"bulk-{i}"))]);
        many.Add(new JsonObject { ["category"] = "mention" });
        many.Add("no object");
        many.Add(new JsonObject { ["category"] = 7 });
        var answer = await MadangHost.PostAsync(admin.Http, "/v1/notifications/bulk", new JsonObject { ["notifications"] = many });
        var statuses = answer["items"]!.AsArray().Select(item => (int)item!["status"]!).ToList();
        Assert.Equal(1_000, statuses.Count);
        Assert.All(statuses.Take(997), status => Assert.Equal(202, status));
        Assert.Equal([422, 400, 400], statuses.Skip(997));
        Assert.Equal(200, (int)(await MadangHost.PostAsync(admin.Http, "/v1/notifications/bulk", new JsonObject { ["notifications"] = new JsonArray(Body(lee.Id, "bulk-5")) }))["items"]![0]!["status"]!);
        Assert.Equal(997, (int)(await InboxAsync(lee, 997))["badge"]!["count"]!);
        await Problems.AssertAsync(
            await admin.Http.PostAsync("/v1/notifications/bulk", Json(new JsonObject { ["notifications"] = new JsonArray([.. Enumerable.Range(0, 1_001).Select(_ => Body(lee.Id))]) }), Token),
            HttpStatusCode.UnprocessableEntity, "invalid_fields");
    }

    [Fact]
    public async Task Of_the_same_event_sent_by_many_at_once_one_arrives()
    {
        var (admin, park) = (await _host.AdminAsync(), await _host.PersonAsync("park-of-notifications"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => admin.Http.PostAsync("/v1/notifications", Json(Body(park.Id, "race")), Token)));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal(49, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Single((await InboxAsync(park, 1))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_server_without_a_mail_server_promises_no_code()
    {
        var jung = await _host.PersonAsync("jung-of-notifications");
        await Problems.AssertAsync(
            await jung.Http.PutAsync("/v1/me/addresses/email", Json(new JsonObject { ["value"] = "jung@example.org" }), Token), HttpStatusCode.Conflict, "channel_not_configured");
        Assert.Empty((await MadangHost.GetAsync(jung.Http, "/v1/me/addresses"))["pending"]!.AsArray());
    }

    private async Task<JsonNode> InboxAsync(Person person, int unread)
    {
        while (true)
        {
            Token.ThrowIfCancellationRequested();
            var inbox = await MadangHost.GetAsync(person.Http, "/v1/me/notifications?limit=100");
            if ((int)inbox["badge"]!["count"]! >= unread)
            {
                return inbox;
            }

            await Task.Yield();
        }
    }

    private static JsonObject Body(string user, string? eventId = null)
    {
        var body = new JsonObject
        {
            ["category"] = "mention",
            ["content"] = new JsonObject { ["title"] = "마당", ["body"] = "Kim wrote to you" },
            ["to"] = new JsonObject { ["user_ids"] = new JsonArray(user) },
            ["data"] = new JsonObject { ["n"] = 7 },
        };
        if (eventId is not null)
        {
            body["event_id"] = eventId;
        }

        return body;
    }

    private static StringContent Json(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");
}
