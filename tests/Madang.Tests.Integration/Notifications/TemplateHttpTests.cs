using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Preferences;
using Madang.Notifications.Rendering;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Notifications;

/// <summary>Templates over HTTP, and the links of a mail on their way back.</summary>
public sealed partial class TemplateHttpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_template_is_written_previewed_tried_out_and_let_go_of()
    {
        await using var host = await MadangHost.StartAsync();
        var admin = (await host.AdminAsync()).Http;
        var parts = new JsonObject { ["ko"] = new JsonObject { ["title"] = "{{josa name \"이/가\"}} 왔어요", ["body"] = "주문 {{n}}" } };
        var put = await MadangHost.SendAsync(admin, HttpMethod.Put, "/v1/templates/order", new JsonObject { ["parts"] = parts });
        Assert.Equal((1, "ko"), ((int)put["version"]!, (string)put["default_locale"]!));

        var preview = await MadangHost.PostAsync(admin, "/v1/templates/order/preview", new JsonObject { ["data"] = new JsonObject { ["name"] = "지훈", ["n"] = 7 }, ["channel"] = "sms" });
        Assert.Equal(("지훈이 왔어요\n주문 7", "ucs2", 1), ((string)preview["sms"]!["text"]!, (string)preview["sms"]!["encoding"]!, (int)preview["sms"]!["segments"]!));
        Assert.Null(preview["email"]);

        using var nowhere = await admin.PostAsJsonAsync("/v1/templates/order/preview", new { data = new { name = "지훈", n = 7 }, time_zone = "Mars/Phobos", locale = "not a language" }, Token);
        Assert.Equal(["locale", "time_zone"], (await nowhere.Content.ReadFromJsonAsync<JsonObject>(Token))!["errors"]!.AsArray().Select(fault => (string)fault!["field"]!));
        using var missing = await admin.PostAsJsonAsync("/v1/templates/order/preview", new { data = new { n = 7 } }, Token);
        Assert.Equal("template_variable_missing", (string)(await missing.Content.ReadFromJsonAsync<JsonObject>(Token))!["code"]!);
        using var wrong = await admin.PutAsJsonAsync("/v1/templates/order", new { parts = new { ko = new { title = "{{> x}}", body = "{{#if" } } }, Token);
        var faults = (await wrong.Content.ReadFromJsonAsync<JsonObject>(Token))!["errors"]!.AsArray();
        Assert.Equal(["parts.ko.title", "parts.ko.body"], faults.Select(fault => (string)fault!["field"]!));

        using var test = await admin.PostAsJsonAsync("/v1/templates/order/test", new { data = new { name = "지훈", n = 7 } }, Token);
        Assert.Equal(HttpStatusCode.Accepted, test.StatusCode);
        using var gone = await admin.DeleteAsync("/v1/templates/order", Token);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var after = await admin.PostAsJsonAsync("/v1/templates/order/test", new { }, Token);
        Assert.Equal(HttpStatusCode.NotFound, after.StatusCode);
    }

    [Fact]
    public async Task A_mail_leads_where_it_said_and_ends_only_by_a_post()
    {
        await using var host = await MadangHost.StartAsync(new() { ["Madang:PublicUrl"] = "https://madang.example.org" });
        var mina = await host.PersonAsync("mina");
        var request = new RenderRequest
        {
            Id = new(8),
            Category = "announcement",
            Content = """{"title":"봄","body":"소식","email":{"html":"<p><a href=\"https://example.org/?a=1&amp;b=2\">봄</a> <a href='mailto:a@example.org'>글</a></p>"}}""",
            Channel = DeliveryChannel.Email,
            Locale = "ko",
            Delivery = new(7),
            User = UserId.Parse(mina.Id, null),
            CanUnsubscribe = true,
        };
        var mail = (EmailContent)host.Services.GetRequiredService<Renderer>().Render(request).Value;
        Assert.Contains("mailto:a@example.org", mail.Html, StringComparison.Ordinal);
        var click = Link().Matches(mail.Html!).Single(link => link.Value.Contains("/t/c/", StringComparison.Ordinal)).Value[26..];
        var pixel = Link().Matches(mail.Html!).Single(link => link.Value.Contains("/t/o/", StringComparison.Ordinal)).Value[26..];
        var browser = host.Client();

        using var led = await browser.GetAsync(click, Token);
        Assert.Equal((HttpStatusCode.Found, "https://example.org/?a=1&b=2"), (led.StatusCode, led.Headers.Location!.OriginalString));
        using var touched = await browser.GetAsync(click[..^1] + (click[^1] == 'A' ? 'B' : 'A'), Token);
        Assert.Equal(HttpStatusCode.NotFound, touched.StatusCode);
        using var other = await browser.GetAsync(pixel.Replace("/t/o/", "/t/c/", StringComparison.Ordinal), Token);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var shown = await browser.GetAsync(pixel, Token);
        Assert.Equal("image/gif", shown.Content.Headers.ContentType!.MediaType);

        var path = mail.UnsubscribeUrl![26..];
        using var page = await browser.GetAsync(path, Token);
        Assert.Contains("<form method=\"post\">", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        var preferences = host.Services.GetRequiredService<IPreferenceStore>();
        Assert.False((await preferences.FindAsync(request.User.Value, Token))!.Of("announcement").Off.Has(DeliveryChannel.Email));
        using var ended = await browser.PostAsync(path, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]), Token);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.True((await preferences.FindAsync(request.User.Value, Token))!.Of("announcement").Off.Has(DeliveryChannel.Email));

        var push = (PushContent)host.Services.GetRequiredService<Renderer>().Render(request with { Channel = DeliveryChannel.Push }).Value;
        using var told = await browser.PostAsJsonAsync("/v1/notifications/8/events", new { type = "opened", token = push.Token }, Token);
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        using var elsewhere = await browser.PostAsJsonAsync("/v1/notifications/9/events", new { type = "opened", token = push.Token }, Token);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Where_the_server_has_no_https_address_a_mail_goes_out_without_one_click_and_with_its_link()
    {
        await using var host = await MadangHost.StartAsync(new() { ["Madang:PublicUrl"] = "http://madang.local:8080" });
        var mail = (EmailContent)host.Services.GetRequiredService<Renderer>().Render(new RenderRequest
        {
            Id = new(8),
            Category = "announcement",
            Content = """{"title":"봄","body":"소식"}""",
            Channel = DeliveryChannel.Email,
            Locale = "ko",
            Delivery = new(7),
            User = new UserId(9),
            CanUnsubscribe = true,
        }).Value;
        Assert.Null(mail.UnsubscribeUrl);
        Assert.Contains("http://madang.local:8080/t/u/", mail.Html, StringComparison.Ordinal);
    }

    [GeneratedRegex("https://madang\\.example\\.org/t/[^\"']+")]
    private static partial Regex Link();
}
