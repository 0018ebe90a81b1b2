using System.Net;
using System.Text.Json.Nodes;
using Madang.Tests.Integration.Accounts;

namespace Madang.Tests.Integration.Feeds;

/// <summary>Reports and what moderators do about them: over HTTP.</summary>
public sealed class ModerationHttpTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    [Fact]
    public async Task A_reported_post_is_hidden_its_author_suspended_and_all_of_it_written_down()
    {
        var (mina, jun) = (await _host.PersonAsync("report.mina"), await _host.PersonAsync("report.jun"));
        var moderator = await _host.PersonAsync("report.moderator", "moderator");
        var post = (string)(await MadangHost.PostAsync(jun.Http, "/v1/posts", new JsonObject { ["client_id"] = "1", ["text"] = "무례한 말" }))["id"]!;
        var body = new JsonObject { ["post_id"] = post, ["reason"] = "harassment", ["text"] = "보세요" };
        using var made = await mina.Http.TryAsync(HttpMethod.Post, "/v1/reports", body);
        using var again = await mina.Http.TryAsync(HttpMethod.Post, "/v1/reports", body);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (made.StatusCode, again.StatusCode));

        var report = (await MadangHost.GetAsync(moderator.Http, "/v1/admin/reports"))["items"]!.AsArray().Single(one => (string?)one!["post_id"] == post)!;
        Assert.Equal(
            ("harassment", "무례한 말", jun.Id, mina.Id, "open"),
            ((string)report["reason"]!, (string)report["excerpt"]!, (string)report["user_id"]!, (string)report["reporter_id"]!, (string)report["state"]!));

        await MadangHost.SendAsync(moderator.Http, HttpMethod.Put, $"/v1/admin/posts/{post}/hidden", new JsonObject { ["note"] = "rude" });
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Get, $"/v1/posts/{post}"), HttpStatusCode.NotFound, "not_found");
        await MadangHost.SendAsync(moderator.Http, HttpMethod.Delete, $"/v1/admin/posts/{post}/hidden", null);
        await MadangHost.GetAsync(mina.Http, $"/v1/posts/{post}");

        await MadangHost.SendAsync(moderator.Http, HttpMethod.Put, $"/v1/admin/users/{jun.Id}/suspension", null);
        await Problems.AssertAsync(await jun.Http.TryAsync(HttpMethod.Get, "/v1/me"), HttpStatusCode.Unauthorized, "unauthenticated");
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Get, $"/v1/posts/{post}"), HttpStatusCode.NotFound, "not_found");
        await MadangHost.SendAsync(moderator.Http, HttpMethod.Delete, $"/v1/admin/users/{jun.Id}/suspension", null);
        await MadangHost.GetAsync(mina.Http, $"/v1/posts/{post}");

        var closed = await MadangHost.SendAsync(moderator.Http, HttpMethod.Patch, $"/v1/admin/reports/{report["id"]}", new JsonObject { ["state"] = "resolved", ["note"] = "hidden for a day" });
        Assert.Equal(("resolved", moderator.Id), ((string)closed["state"]!, (string)closed["closed_by"]!));
        await Problems.AssertAsync(
            await moderator.Http.TryAsync(HttpMethod.Patch, $"/v1/admin/reports/{report["id"]}", new JsonObject { ["state"] = "dismissed" }), HttpStatusCode.Conflict, "report_closed");
        Assert.Contains((string)report["id"]!, (await MadangHost.GetAsync(moderator.Http, "/v1/admin/reports?state=closed"))["items"]!.AsArray().Select(one => (string)one!["id"]!));
        var log = (await MadangHost.GetAsync(moderator.Http, "/v1/admin/moderation"))["items"]!.AsArray().Where(entry => (string?)entry!["by"] == moderator.Id);
        Assert.Equal(["resolve_report", "restore_user", "suspend_user", "restore_post", "hide_post"], log.Select(entry => (string)entry!["act"]!));
    }

    [Theory]
    [InlineData("{}", "post_id")]
    [InlineData("""{"post_id":"1","user_id":"2","reason":"spam"}""", "post_id")]
    [InlineData("""{"user_id":"2"}""", "reason")]
    [InlineData("""{"user_id":"2","reason":"boring"}""", "reason")]
    [InlineData("""{"user_id":"x","reason":"spam"}""", "user_id")]
    [InlineData("""{"user_id":"2","reason":"spam","text":"\u0000"}""", "text")]
    public async Task A_report_that_says_nothing_is_refused(string body, string field)
    {
        var admin = await _host.AdminAsync();
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Post, "/v1/reports", body), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);
    }

    [Fact]
    public async Task Moderators_are_suspended_by_admins_alone_and_bad_questions_refused()
    {
        var moderator = await _host.PersonAsync("rank.moderator", "moderator");
        var other = await _host.PersonAsync("rank.other", "moderator");
        var admin = await _host.AdminAsync();
        await Problems.AssertAsync(await moderator.Http.TryAsync(HttpMethod.Put, $"/v1/admin/users/{other.Id}/suspension"), HttpStatusCode.Forbidden, "forbidden");
        await MadangHost.SendAsync(admin.Http, HttpMethod.Put, $"/v1/admin/users/{other.Id}/suspension", null);
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Put, $"/v1/admin/users/{admin.Id}/suspension"), HttpStatusCode.Conflict, "last_admin");
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Put, "/v1/admin/posts/7/hidden"), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Get, "/v1/admin/reports?state=maybe"), HttpStatusCode.UnprocessableEntity, "invalid_fields", "state");
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Patch, "/v1/admin/reports/1", "{}"), HttpStatusCode.UnprocessableEntity, "invalid_fields", "state");
    }
}
