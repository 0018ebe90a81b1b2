using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Sandbox.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Notifications;

/// <summary>What people do about notifications: they verify, read elsewhere, unsubscribe, move away; and the operator's verbs. On a real server with a mail server and a push service.</summary>
public sealed partial class PeopleRoadTests(SandboxHost sandbox) : IClassFixture<SandboxHost>
{
    private readonly MadangHost _host = sandbox.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_code_arrives_by_mail_and_makes_the_address_theirs()
    {
        var kim = await _host.PersonAsync("kim-verifies");
        await MadangHost.SendAsync(kim.Http, HttpMethod.Put, "/v1/me/addresses/email", new JsonObject { ["value"] = "kim-verifies@People.example" });
        var mail = Assert.Single(await SandboxHost.GotAsync(sandbox.Smtp, "kim-verifies@people.example"));
        await MadangHost.PostAsync(kim.Http, "/v1/me/addresses/email/verification", new JsonObject { ["code"] = Code().Match(mail.Facts!["text"]).Value });
        Assert.Equal("kim-verifies@people.example", (string)(await MadangHost.GetAsync(kim.Http, "/v1/me/addresses/email"))["value"]!);

        // Nobody can switch off what proves an address.
        Assert.Null(SmtpMail.Read(Encoding.UTF8.GetBytes(mail.Text)).Header("List-Unsubscribe"));
    }

    [Fact]
    public async Task A_message_to_somebody_without_a_connection_is_pushed_and_taken_back_when_it_is_read_elsewhere()
    {
        var (admin, kim, lee) = (await _host.AdminAsync(), await _host.PersonAsync("kim-writes"), await _host.PersonAsync("lee-away"));
        var device = await sandbox.FcmDeviceAsync(lee);
        var room = (string)(await MadangHost.PostAsync(kim.Http, "/v1/rooms", new JsonObject { ["kind"] = "direct", ["user_ids"] = new JsonArray(lee.Id) }))["id"]!;
        await SayAsync("어디야?", "first");
        var pushed = Assert.Single(await SandboxHost.GotAsync(sandbox.Fcm, device));
        Assert.Contains("어디야?", pushed.Text, StringComparison.Ordinal);

        await MadangHost.PostAsync(admin.Http, "/v1/queues/fcm/pause", new JsonObject { ["reason"] = "a test" });
        var said = await SayAsync("아직이야?", "second");
        var id = "";
        await SandboxHost.UntilAsync(
            async () => (await MadangHost.GetAsync(admin.Http, $"/v1/notifications?user_id={lee.Id}"))["items"]!.AsArray() is { Count: 2 } both && (id = (string)both[0]!["id"]!) is not null,
            () => "the second notification");
        await sandbox.ExplainedAsync(id, person => SandboxHost.Is(person, "push", "waiting"));
        await MadangHost.SendAsync(lee.Http, HttpMethod.Put, $"/v1/rooms/{room}/read", new JsonObject { ["seq"] = said });
        await sandbox.ExplainedAsync(id, person => SandboxHost.Is(person, "push", "canceled"));
        await MadangHost.PostAsync(admin.Http, "/v1/queues/fcm/resume", new JsonObject());
        Assert.Single(sandbox.Fcm.Received.Last(device));

        async Task<long> SayAsync(string text, string clientId) => (long)(await MadangHost.PostAsync(
            kim.Http, $"/v1/rooms/{room}/messages", new JsonObject { ["client_id"] = clientId, ["text"] = text }))["seq"]!;
    }

    [Fact]
    public async Task Two_that_are_gathered_arrive_as_one_mail()
    {
        var choi = await _host.PersonAsync("choi-gathers");
        var mail = await sandbox.MailAsync(choi);

        // Shorter than the API lets anybody ask for.
        var put = await _host.Services.GetRequiredService<CategoryBook>().PutAsync(
            new Category { Name = "road.gathered", Titles = new Dictionary<string, string> { ["en"] = "News" }, Channels = [DeliveryChannel.Email], DigestWindow = TimeSpan.FromSeconds(2) }, Token);
        Assert.True(put.IsOk);
        await sandbox.SendAsync("road.gathered", "첫째", SandboxHost.To(choi));
        var second = await sandbox.SendAsync("road.gathered", "둘째", SandboxHost.To(choi));
        var told = await sandbox.ExplainedAsync(second, person => person["decisions"]!.AsArray().Any(one => (string)one!["rule"]! == "digest"));
        Assert.DoesNotContain(told["deliveries"]!.AsArray(), delivery => (string)delivery!["state"]! == "sent" && (string?)delivery["message_id"] is null);
        var one = Assert.Single(await SandboxHost.GotAsync(sandbox.Smtp, mail));
        Assert.Contains("첫째", one.Facts!["text"], StringComparison.Ordinal);
        Assert.Contains("둘째", one.Facts["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_of_a_mail_ends_its_category_by_POST_and_by_nothing_else()
    {
        var park = await _host.PersonAsync("park-has-enough");
        var mail = await sandbox.MailAsync(park);
        await sandbox.SendAsync("announcement", "하나", SandboxHost.To(park), "email");
        var message = SmtpMail.Read(Encoding.UTF8.GetBytes(Assert.Single(await SandboxHost.GotAsync(sandbox.Smtp, mail)).Text));
        Assert.Equal("List-Unsubscribe=One-Click", message.Header("List-Unsubscribe-Post"));
        var link = new Uri(message.Header("List-Unsubscribe")!.Trim('<', '>'));
        Assert.Equal(SandboxHost.PublicUrl, link.GetLeftPart(UriPartial.Authority));

        using var seen = await _host.Client().GetAsync(link.PathAndQuery, Token);
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        await sandbox.SendAsync("announcement", "둘", SandboxHost.To(park), "email");
        Assert.Equal(2, (await SandboxHost.GotAsync(sandbox.Smtp, mail, 2)).Count);

        using var click = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        using var ended = await _host.Client().PostAsync(link.PathAndQuery, click, Token);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        var id = await sandbox.SendAsync("announcement", "셋", SandboxHost.To(park), "email");
        var told = await sandbox.ExplainedAsync(
            id, person => person["decisions"]!.AsArray().Any(one => (string)one!["rule"]! == "preference" && (string)one["outcome"]! == "drop"));
        Assert.Empty(told["deliveries"]!.AsArray());
        Assert.Equal(2, sandbox.Smtp.Received.Last(mail).Count);
    }

    [Fact]
    public async Task A_bounce_marks_the_address_dead_and_the_next_mail_is_not_sent()
    {
        var (admin, kang) = (await _host.AdminAsync(), await _host.PersonAsync("kang-moved"));
        var mail = await sandbox.MailAsync(kang);
        var id = await sandbox.SendAsync("security", "로그인", SandboxHost.To(kang), "email");
        await sandbox.ExplainedAsync(id, person => SandboxHost.Is(person, "email", "sent"));
        var sender = Assert.Single(sandbox.Smtp.Received.Last(mail)).Facts!["mail_from"];
        Assert.StartsWith("bounces+", sender, StringComparison.Ordinal);
        var bounce =
            $"""
            From: MAILER-DAEMON@mx.example
            To: {sender}
            Subject: Undelivered Mail Returned to Sender
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary="b"

            --b
            Content-Type: text/plain

            Nobody lives here.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example

            Final-Recipient: rfc822; {mail}
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 No such user

            --b--

            """.ReplaceLineEndings("\r\n");
        using var body = new StringContent(bounce, Encoding.UTF8, "message/rfc822");
        using var answer = await admin.Http.PostAsync("/v1/mail/inbound", body, Token);
        Assert.Equal(("bounce", true), await ReadAsync(answer));
        await sandbox.ExplainedAsync(id, person => SandboxHost.Is(person, "email", "dropped"));
        Assert.NotNull((await MadangHost.GetAsync(kang.Http, "/v1/me/addresses/email"))["dead_at"]);
        var next = await sandbox.ExplainedAsync(await sandbox.SendAsync("security", "다시", SandboxHost.To(kang), "email"), person => person["decisions"]!.AsArray().Any(one => (string)one!["outcome"]! != "defer"));
        Assert.Empty(next["deliveries"]!.AsArray());

        static async Task<(string, bool)> ReadAsync(HttpResponseMessage answer)
        {
            var text = await answer.Content.ReadAsStringAsync(Token);
            Assert.True(answer.IsSuccessStatusCode, text);
            return ((string)JsonNode.Parse(text)!["kind"]!, (bool)JsonNode.Parse(text)!["is_news"]!);
        }
    }

    [Fact]
    public async Task Times_are_told_by_the_clock_of_the_device_else_of_the_latest_one_else_of_the_account()
    {
        var (admin, han, oh) = (await _host.AdminAsync(), await _host.PersonAsync("han-of-new-york"), await _host.PersonAsync("oh-of-berlin"));

        // Both hours of New York that lie around the leap of 2026-03-08, and Berlin's, which leaps three weeks later.
        var parts = JsonNode.Parse("""{"en":{"title":"{{time before}} {{time after}}","body":"{{recipient.time_zone}}","sms":"{{time before}} {{time after}}"}}""")!;
        await MadangHost.SendAsync(admin.Http, HttpMethod.Put, "/v1/templates/road.times", new JsonObject { ["parts"] = parts });
        await MadangHost.SendAsync(admin.Http, HttpMethod.Put, "/v1/admin/categories/road.times", JsonNode.Parse("""{"titles":{"en":"Times"},"channels":["inbox","push","email","sms"]}""")!);
        foreach (var person in (Person[])[han, oh])
        {
            await MadangHost.SendAsync(person.Http, HttpMethod.Patch, "/v1/me", new JsonObject { ["locale"] = "en", ["time_zone"] = "Europe/Berlin" });
        }

        var (mail, phone, far) = (await sandbox.MailAsync(han), await sandbox.PhoneAsync(han), await sandbox.MailAsync(oh));
        await DeviceAsync("device-in-seoul", "Asia/Seoul");
        await DeviceAsync("device-in-new-york", "America/New_York");
        await MadangHost.PostAsync(admin.Http, "/v1/notifications", new JsonObject
        {
            ["category"] = "road.times",
            ["template"] = "road.times",
            ["data"] = new JsonObject { ["before"] = "2026-03-08T06:30:00Z", ["after"] = "2026-03-08T07:30:00Z" },
            ["to"] = new JsonObject { ["user_ids"] = new JsonArray(han.Id, oh.Id) },
        });

        Assert.Contains("3:30 PM 4:30 PM", await PushedAsync("device-in-seoul"), StringComparison.Ordinal);
        Assert.Contains("1:30 AM 3:30 AM", await PushedAsync("device-in-new-york"), StringComparison.Ordinal);
        Assert.Equal("1:30 AM 3:30 AM", Plain(Assert.Single(await SandboxHost.GotAsync(sandbox.Smtp, mail)).Facts!["subject"]));
        Assert.Contains("1:30 AM 3:30 AM", Plain(Uri.UnescapeDataString(Assert.Single(await SandboxHost.GotAsync(sandbox.Twilio, phone)).Text.Replace('+', ' '))), StringComparison.Ordinal);
        Assert.Equal(("1:30 AM 3:30 AM", "America/New_York"), await InboxAsync(han));
        Assert.Equal("7:30 AM 8:30 AM", Plain(Assert.Single(await SandboxHost.GotAsync(sandbox.Smtp, far)).Facts!["subject"]));
        Assert.Equal(("7:30 AM 8:30 AM", "Europe/Berlin"), await InboxAsync(oh));

        Task DeviceAsync(string token, string zone) =>
            sandbox.DeviceAsync(han, new JsonObject { ["kind"] = "fcm", ["token"] = token, ["app"] = sandbox.Fcm.ProjectId, ["time_zone"] = zone });
        async Task<string> PushedAsync(string token) => Plain(Regex.Unescape(Assert.Single(await SandboxHost.GotAsync(sandbox.Fcm, token)).Text));
        static async Task<(string, string)> InboxAsync(Person person)
        {
            var item = Assert.Single((await MadangHost.GetAsync(person.Http, "/v1/me/notifications"))["items"]!.AsArray())!;
            return (Plain((string)item["title"]!), (string)item["body"]!);
        }

        // English sets a narrow space before AM.
        static string Plain(string text) => text.Replace('\u202F', ' ');
    }

    [Fact]
    public async Task The_operator_sends_and_explains_over_the_socket()
    {
        var yoon = await _host.PersonAsync("yoon-of-the-shell");
        var device = await sandbox.FcmDeviceAsync(yoon);
        var sent = await MadangProcess.RunAsync(["notify", "send", "공지", "내일 쉽니다", "--user", yoon.Name, "--data", _host.Data]);
        Assert.True(sent.ExitCode == 0, sent.Error);
        var id = sent.Output.Trim();
        await SandboxHost.GotAsync(sandbox.Fcm, device);
        await sandbox.ExplainedAsync(id, person => SandboxHost.Is(person, "push", "sent"));
        var told = await MadangProcess.RunAsync(["notify", "explain", id, "--user", yoon.Name, "--data", _host.Data]);
        Assert.True(told.ExitCode == 0, told.Error);
        Assert.Matches(@"push\s+fcm\s+sent", told.Output);
        Assert.Matches(@"preference\s+push\s+send", told.Output);
    }

    [Fact]
    public async Task A_retry_gets_its_first_answer_though_its_template_is_gone()
    {
        var (admin, han) = (await _host.AdminAsync(), await _host.PersonAsync("han-retries"));
        await MadangHost.SendAsync(admin.Http, HttpMethod.Put, "/v1/templates/road.gone", JsonNode.Parse("""{"default_locale":"en","parts":{"en":{"title":"Hello","body":"{{name}}"}}}""")!);
        JsonObject Body(string name) => new()
        {
            ["event_id"] = "road-retry",
            ["category"] = "mention",
            ["template"] = "road.gone",
            ["data"] = new JsonObject { ["name"] = name },
            ["to"] = SandboxHost.To(han),
        };
        var first = await MadangHost.PostAsync(admin.Http, "/v1/notifications", Body("Han"));
        await MadangHost.SendAsync(admin.Http, HttpMethod.Delete, "/v1/templates/road.gone", null);
        var again = await MadangHost.PostAsync(admin.Http, "/v1/notifications", Body("Han"));
        Assert.Equal((string)first["id"]!, (string)again["id"]!);
        var bulk = await MadangHost.PostAsync(admin.Http, "/v1/notifications/bulk", new JsonObject { ["notifications"] = new JsonArray(Body("Han"), Body("another")) });
        Assert.Equal([200, 409], bulk["items"]!.AsArray().Select(item => (int)item!["status"]!));
        using var other = new StringContent(Body("another").ToJsonString(), Encoding.UTF8, "application/json");
        await Problems.AssertAsync(await admin.Http.PostAsync("/v1/notifications", other, Token), HttpStatusCode.Conflict, "idempotency_conflict");
    }

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex Code();
}
