using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Accounts;

/// <summary>Setup, registration, sessions and the cookie of browsers, each on a server of its own: failures of one address are counted.</summary>
public sealed class SignInTests
{
    private const string Password = "marble-courtyard-9";

    [Fact]
    public async Task The_first_admin_is_made_once()
    {
        await using var host = await MadangHost.StartAsync();
        var client = host.Client();
        var state = await MadangHost.GetAsync(client, "/v1/setup");
        Assert.Equal((true, "invite", "Madang"), ((bool)state["needed"]!, (string)state["registration"]!, (string)state["community"]!));

        var faulty = await client.TryAsync(HttpMethod.Post, "/v1/setup", new JsonObject { ["name"] = "a b", ["password"] = "short", ["time_zone"] = "Nowhere" });
        var problem = await Problems.AssertAsync(faulty, HttpStatusCode.UnprocessableEntity, "invalid_fields");
        Assert.Equal(["name", "password", "time_zone", "token"], problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).Order());

        await Problems.AssertAsync(await SetupAsync("not-the-token"), HttpStatusCode.Forbidden, "invalid_setup_token");
        var made = await SetupAsync(MadangHost.SetupToken);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal("no-store", made.Headers.CacheControl?.ToString());
        Assert.False((bool)(await MadangHost.GetAsync(client, "/v1/setup"))["needed"]!);
        await Problems.AssertAsync(await SetupAsync(MadangHost.SetupToken), HttpStatusCode.Conflict, "setup_done");

        Task<HttpResponseMessage> SetupAsync(string token) =>
            client.TryAsync(HttpMethod.Post, "/v1/setup", new JsonObject { ["token"] = token, ["name"] = "admin", ["password"] = Password });
    }

    [Fact]
    public async Task Guessing_the_setup_token_ends_in_a_wait()
    {
        await using var host = await MadangHost.StartAsync();
        var client = host.Client();
        for (var i = 0; i < 10; i++)
        {
            await Problems.AssertAsync(await GuessAsync(), HttpStatusCode.Forbidden, "invalid_setup_token");
        }

        var refused = await GuessAsync();
        await Problems.AssertAsync(refused, HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);

        Task<HttpResponseMessage> GuessAsync() =>
            client.TryAsync(HttpMethod.Post, "/v1/setup", new JsonObject { ["token"] = "guess", ["name"] = "admin", ["password"] = Password });
    }

    [Fact]
    public async Task Registration_opens_and_closes_by_setting()
    {
        await using var open = await MadangHost.StartAsync(new() { ["Madang:Accounts:Registration"] = "open" });
        var registered = await open.Client().TryAsync(HttpMethod.Post, "/v1/users", Newcomer());
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        await Problems.AssertAsync(await open.Client().TryAsync(HttpMethod.Post, "/v1/users", Newcomer()), HttpStatusCode.Conflict, "name_taken");

        await using var closed = await MadangHost.StartAsync(new() { ["Madang:Accounts:Registration"] = "closed" });
        await Problems.AssertAsync(await closed.Client().TryAsync(HttpMethod.Post, "/v1/users", Newcomer()), HttpStatusCode.Forbidden, "registration_closed");
    }

    [Fact]
    public async Task By_default_an_invite_lets_in()
    {
        await using var host = await MadangHost.StartAsync();
        var admin = await host.AdminAsync();
        await Problems.AssertAsync(await host.Client().TryAsync(HttpMethod.Post, "/v1/users", Newcomer()), HttpStatusCode.Forbidden, "invite_required");
        await Problems.AssertAsync(await host.Client().TryAsync(HttpMethod.Post, "/v1/users", Newcomer("mdi_wrong")), HttpStatusCode.Forbidden, "invalid_invite");

        var invite = await MadangHost.PostAsync(admin.Http, "/v1/admin/invites", new JsonObject());
        var joined = await host.Client().TryAsync(HttpMethod.Post, "/v1/users", Newcomer((string)invite["code"]!));
        Assert.Equal(HttpStatusCode.Created, joined.StatusCode);
        var listed = Assert.Single((await MadangHost.GetAsync(admin.Http, "/v1/admin/invites"))["items"]!.AsArray())!;
        Assert.Equal((1, null), ((int)listed["uses"]!, (string?)listed["code"]));
    }

    [Fact]
    public async Task Ten_wrong_passwords_end_in_a_wait()
    {
        await using var host = await MadangHost.StartAsync();
        await host.AdminAsync();
        var client = host.Client();
        for (var i = 0; i < 10; i++)
        {
            await Problems.AssertAsync(await SignInAsync(client, "admin", "not-the-password"), HttpStatusCode.Unauthorized, "invalid_credentials");
        }

        var refused = await SignInAsync(client, "admin", MadangHost.AdminPassword);
        await Problems.AssertAsync(refused, HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }

    [Fact]
    public async Task An_unknown_name_is_answered_like_a_wrong_password()
    {
        await using var host = await MadangHost.StartAsync();
        await host.AdminAsync();
        var client = host.Client();
        var (wrong, unknown) = (await SignInAsync(client, "admin", "not-the-password"), await SignInAsync(client, "nobody", "not-the-password"));
        await Problems.AssertAsync(wrong, HttpStatusCode.Unauthorized, "invalid_credentials");
        Assert.Equal(wrong.StatusCode, unknown.StatusCode);
        Assert.Equal(await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await unknown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(wrong.Headers.Select(header => header.Key).Order(), unknown.Headers.Select(header => header.Key).Order());
    }

    [Fact]
    public async Task A_browsers_cookie_acts_for_our_own_pages_only()
    {
        await using var host = await MadangHost.StartAsync();
        await host.AdminAsync();
        var client = host.Client();
        var own = host.Address.GetLeftPart(UriPartial.Authority);
        var credentials = new JsonObject { ["name"] = "admin", ["password"] = MadangHost.AdminPassword, ["cookie"] = true, ["device_name"] = "browser" };
        await Problems.AssertAsync(
            await client.TryAsync(HttpMethod.Post, "/v1/sessions", credentials, origin: "https://evil.example"), HttpStatusCode.Forbidden, "origin_not_allowed");

        var opened = await client.TryAsync(HttpMethod.Post, "/v1/sessions", credentials, origin: own);
        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
        Assert.Null(JsonNode.Parse(await opened.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["token"]);
        var set = Assert.Single(opened.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", set, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("madang_session=mds_", set, StringComparison.Ordinal);
        var cookie = set.Split(';')[0];

        Assert.Equal(HttpStatusCode.OK, (await client.TryAsync(HttpMethod.Get, "/v1/me", cookie: cookie)).StatusCode);
        var change = new JsonObject { ["display_name"] = "관리자" };
        await Problems.AssertAsync(await client.TryAsync(HttpMethod.Patch, "/v1/me", change, cookie), HttpStatusCode.Forbidden, "origin_not_allowed");
        await Problems.AssertAsync(await client.TryAsync(HttpMethod.Patch, "/v1/me", change, cookie, "null"), HttpStatusCode.Forbidden, "origin_not_allowed");
        await Problems.AssertAsync(await client.TryAsync(HttpMethod.Patch, "/v1/me", change, cookie, "https://evil.example"), HttpStatusCode.Forbidden, "origin_not_allowed");
        Assert.Equal(HttpStatusCode.OK, (await client.TryAsync(HttpMethod.Patch, "/v1/me", change, cookie, own)).StatusCode);

        // A socket begins with a GET.
        var upgrade = new HttpRequestMessage(HttpMethod.Get, "/v1/me") { Headers = { { "Cookie", cookie }, { "Origin", "https://evil.example" }, { "Connection", "Upgrade" }, { "Upgrade", "websocket" } } };
        await Problems.AssertAsync(await client.SendAsync(upgrade, TestContext.Current.CancellationToken), HttpStatusCode.Forbidden, "origin_not_allowed");

        var left = await client.TryAsync(HttpMethod.Delete, "/v1/sessions", body: (string?)null, cookie, own);
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.StartsWith("madang_session=;", Assert.Single(left.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        var stranger = await client.TryAsync(HttpMethod.Get, "/v1/me", cookie: cookie);
        await Problems.AssertAsync(stranger, HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.StartsWith("madang_session=;", Assert.Single(stranger.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_folder_holds_nothing_that_lets_anybody_in()
    {
        await using var host = await MadangHost.StartAsync();
        var admin = await host.AdminAsync();
        var invite = await MadangHost.PostAsync(admin.Http, "/v1/admin/invites", new JsonObject());
        var key = await MadangHost.PostAsync(admin.Http, "/v1/admin/api-keys", new JsonObject { ["name"] = "a key to be found", ["role"] = "admin" });
        var minted = await MadangHost.PostAsync(admin.Http, "/v1/tokens", new JsonObject { ["user_id"] = admin.Id });
        string[] secrets = [MadangHost.AdminPassword, MadangHost.SetupToken, admin.Token, (string)invite["code"]!, (string)key["key"]!, (string)minted["token"]!];

        var stored = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(host.Data, "madang.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            stored.Append(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        var all = stored.ToString();
        Assert.Contains("a key to be found", all, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret[4..], all, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_listed_origin_may_use_the_cookie()
    {
        await using var host = await MadangHost.StartAsync(new() { ["Madang:Origins"] = "https://app.example.org" });
        await host.AdminAsync();
        var opened = await host.Client().TryAsync(
            HttpMethod.Post, "/v1/sessions", new JsonObject { ["name"] = "admin", ["password"] = MadangHost.AdminPassword, ["cookie"] = true }, origin: "https://app.example.org");
        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
    }

    private static Task<HttpResponseMessage> SignInAsync(HttpClient client, string name, string password) =>
        client.TryAsync(HttpMethod.Post, "/v1/sessions", new JsonObject { ["name"] = name, ["password"] = password });

    private static JsonObject Newcomer(string? invite = null)
    {
        var body = new JsonObject { ["name"] = "민아", ["password"] = Password, ["display_name"] = "김민아", ["locale"] = "ko", ["time_zone"] = "Asia/Seoul" };
        if (invite is not null)
        {
            body["invite"] = invite;
        }

        return body;
    }
}
