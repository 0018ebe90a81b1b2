using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Madang.Notifications.Channels.Sms;
using Madang.Sandbox;
using Madang.Sandbox.Smtp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Madang.Tests.Integration.Notifications;

/// <summary>From the accepted notification to the provider's door and back, by each channel, on a real server.</summary>
public sealed class ChannelRoadTests(SandboxHost sandbox) : IClassFixture<SandboxHost>
{
    private readonly MadangHost _host = sandbox.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_notification_reaches_a_person_by_every_channel_and_each_step_is_explained()
    {
        var (admin, kim) = (await _host.AdminAsync(), await _host.PersonAsync("kim-everywhere"));
        var apns = new string('a', 63) + "1";
        await sandbox.DeviceAsync(kim, new JsonObject { ["kind"] = "apns", ["token"] = apns, ["app"] = sandbox.Apns.Topic, ["environment"] = "sandbox" });
        var fcm = await sandbox.FcmDeviceAsync(kim);
        var key = await MadangHost.GetAsync(kim.Http, "/v1/push/webpush-key");
        var browser = sandbox.Push.Subscribe((string)key["public_key"]!);
        await sandbox.DeviceAsync(kim, new JsonObject { ["kind"] = "webpush", ["subscription"] = JsonNode.Parse(browser.Json), ["app"] = (string)key["key_id"]! });
        var (mail, phone) = (await sandbox.MailAsync(kim), await sandbox.PhoneAsync(kim));
        await MadangHost.SendAsync(admin.Http, HttpMethod.Put, "/v1/admin/categories/road.all", JsonNode.Parse("""{"titles":{"en":"All"},"channels":["inbox","push","email","sms"]}""")!);

        var id = await sandbox.SendAsync("road.all", "모두에게", SandboxHost.To(kim));
        Assert.Contains("모두에게", Assert.Single(await SandboxHost.GotAsync(sandbox.Apns, apns)).Text, StringComparison.Ordinal);
        Assert.Contains("모두에게", Assert.Single(await SandboxHost.GotAsync(sandbox.Fcm, fcm)).Text, StringComparison.Ordinal);
        Assert.Contains("모두에게", Assert.Single(await SandboxHost.GotAsync(sandbox.Push, browser.Id)).Text, StringComparison.Ordinal);
        Assert.Equal("모두에게", Assert.Single(await SandboxHost.GotAsync(sandbox.Smtp, mail)).Facts!["subject"]);
        Assert.Contains("모두에게", Assert.Single(await SandboxHost.GotAsync(sandbox.Twilio, phone)).Text, StringComparison.Ordinal);

        var told = await sandbox.ExplainedAsync(id, person => person["deliveries"]!.AsArray().All(delivery => (string)delivery!["state"]! is "sent" or "delivered"));
        var deliveries = told["deliveries"]!.AsArray();
        Assert.Equal(["apns", "email:smtp", "fcm", "push", "sms:twilio"], deliveries.Select(Name).Order(StringComparer.Ordinal));
        Assert.All(deliveries, delivery => Assert.Equal("ok", (string)Assert.Single(delivery!["attempts"]!.AsArray())!["class"]!));
        Assert.Equal(["email", "inbox", "push", "sms"], told["decisions"]!.AsArray().Where(one => (string)one!["rule"]! == "preference").Select(one => (string)one!["channel"]!).Order(StringComparer.Ordinal));
        Assert.True((bool)told["item"]!["present"]!);
        var funnel = await MadangHost.GetAsync(admin.Http, "/v1/funnels?campaign=road.all");
        Assert.Equal((1, 6), ((int)funnel["notifications"]!, (int)funnel["sent"]!));

        static string Name(JsonNode? delivery) =>
            (string)delivery!["channel"]! is var channel && channel == "push" ? (string)delivery["provider"]! : $"{channel}:{(string)delivery["provider"]!}";
    }

    [Fact]
    public async Task A_lost_answer_is_in_doubt_and_shows_once_where_devices_collapse_and_is_held_where_they_do_not()
    {
        var lee = await _host.PersonAsync("lee-in-doubt");
        var (device, mail) = (await sandbox.FcmDeviceAsync(lee), await sandbox.MailAsync(lee));
        await TwoChannelsAsync();
        sandbox.Fcm.Faults.Set(new FaultRule { Device = device, Next = 1, Effect = FaultEffect.Cut });
        sandbox.Smtp.Faults.Set(new FaultRule { Device = mail, Next = 1, Effect = FaultEffect.Cut });
        var id = await sandbox.SendAsync("road.two", "한 번만", SandboxHost.To(lee));
        var doubtful = await sandbox.ExplainedAsync(id, person => SandboxHost.Is(person, "push", "ambiguous") && SandboxHost.Is(person, "email", "ambiguous"));
        Assert.Equal("ambiguous", (string)SandboxHost.Delivery(doubtful, "push")["attempts"]![0]!["class"]!);

        var told = await sandbox.ExplainedAsync(id, person => SandboxHost.Is(person, "push", "sent"));
        Assert.Equal(1, (int)SandboxHost.Delivery(told, "push")["ambiguous"]!);
        var twice = sandbox.Fcm.Received.Last(device);
        Assert.Equal((2, 1, 1), (twice.Count, twice.Select(one => one.Id).Distinct().Count(), twice.Select(one => one.CollapseKey ?? one.At.ToString("O")).Distinct().Count()));
        Assert.True(SandboxHost.Is(told, "email", "ambiguous"));
        Assert.Single(sandbox.Smtp.Received.Last(mail));
    }

    [Fact]
    public async Task A_dead_provider_holds_up_no_other()
    {
        var (park, choi) = (await _host.PersonAsync("park-of-the-dead"), await _host.PersonAsync("choi-alive"));
        await sandbox.FcmDeviceAsync(park, SandboxHost.DeadProject);
        var (device, mail) = (await sandbox.FcmDeviceAsync(choi), await sandbox.MailAsync(choi));
        await TwoChannelsAsync();
        string dead = "", alive = "";
        for (var n = 0; n < 40; n++)
        {
            dead = await sandbox.SendAsync("road.two", $"nobody {n}", SandboxHost.To(park));
            alive = await sandbox.SendAsync("road.two", $"somebody {n}", SandboxHost.To(choi));
        }

        Assert.Equal(40, (await SandboxHost.GotAsync(sandbox.Fcm, device, 40)).Count);
        Assert.Equal(40, (await SandboxHost.GotAsync(sandbox.Smtp, mail, 40)).Count);
        await sandbox.ExplainedAsync(alive, person => SandboxHost.Is(person, "push", "sent"));
        var waiting = SandboxHost.Delivery(await sandbox.ExplainedAsync(dead, person => person["deliveries"]!.AsArray().Count == 1), "push");
        Assert.Equal(("dead", "waiting"), ((string)waiting["provider"]!, (string)waiting["state"]!));
        await DeadQueueIsSeenAsync();
    }

    /// <summary>On the page of the queues at once, and in the metrics ten seconds later: depth, age of the oldest, rates, retries and the breaker.</summary>
    private async Task DeadQueueIsSeenAsync()
    {
        var queues = (await MadangHost.GetAsync((await _host.AdminAsync()).Http, "/v1/queues"))["items"]!.AsArray();
        var dead = queues.Single(queue => (string)queue!["name"]! == "dead")!;
        Assert.True((long)dead["waiting"]! + (long)dead["sending"]! >= 40);
        Assert.NotEqual("closed", (string)dead["breaker"]!);
        Assert.True((long)queues.Single(queue => (string)queue!["name"]! == "smtp")!["sent"]! >= 40);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        Regex[] wanted =
        [
            new("""^madang_deliveries_count\{queue="dead",state="waiting"\} [1-9]""", RegexOptions.Multiline),
            new("""^madang_deliveries_oldest_age_seconds\{queue="dead"\} 0*[1-9]""", RegexOptions.Multiline),
            new("""^madang_deliveries_breaker\{queue="dead"\} [12]""", RegexOptions.Multiline),
            new("""^madang_deliveries_breaker\{queue="smtp"\} 0""", RegexOptions.Multiline),
            new("""^madang_deliveries_answers_total\{(class="retry",queue="dead"|queue="dead",class="retry")\} [1-9]""", RegexOptions.Multiline),
            new("""^madang_deliveries_answers_total\{(class="ok",queue="smtp"|queue="smtp",class="ok")\} [1-9]""", RegexOptions.Multiline),
        ];
        string text;
        do
        {
            text = await _host.Client().GetStringAsync("/metrics", patience.Token);
        }
        while (!wanted.All(one => one.IsMatch(text)));
    }

    /// <summary>Push and mail; what is in doubt and does not collapse is held.</summary>
    private async Task TwoChannelsAsync() => await MadangHost.SendAsync(
        (await _host.AdminAsync()).Http, HttpMethod.Put, "/v1/admin/categories/road.two", JsonNode.Parse("""{"titles":{"en":"Two"},"channels":["push","email"],"ambiguous":"hold"}""")!);

    [Fact]
    public async Task A_callback_counts_only_with_the_gateways_signature()
    {
        var kang = await _host.PersonAsync("kang-by-sms");
        var phone = await sandbox.PhoneAsync(kang);
        var id = await sandbox.SendAsync("security", "코드", SandboxHost.To(kang), "sms");
        await sandbox.ExplainedAsync(id, person => SandboxHost.Is(person, "sms", "sent"));
        var sent = sandbox.Twilio.Messages.Single(message => message.To == phone);
        Assert.StartsWith(SandboxHost.PublicUrl + CallbackUrl.Path, sent.Callback, StringComparison.Ordinal);
        Dictionary<string, string> form = new() { ["MessageSid"] = sent.Id, ["MessageStatus"] = "delivered", ["To"] = phone };
        var right = TwilioCallback.Sign(sandbox.Twilio.AuthToken, sent.Callback!, form);

        Assert.Equal(HttpStatusCode.NoContent, await CallAsync(Convert.ToBase64String(new byte[20])));
        Assert.True(SandboxHost.Is(await sandbox.ExplainedAsync(id, _ => true), "sms", "sent"));
        Assert.Equal(HttpStatusCode.NoContent, await CallAsync(right));
        Assert.True(SandboxHost.Is(await sandbox.ExplainedAsync(id, _ => true), "sms", "delivered"));

        async Task<HttpStatusCode> CallAsync(string signature)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(sent.Callback!).PathAndQuery) { Content = new FormUrlEncodedContent(form) };
            request.Headers.Add("X-Twilio-Signature", signature);
            using var answer = await _host.Client().SendAsync(request, Token);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_webhook_is_signed_as_Standard_Webhooks_says()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var receiver = builder.Build();
        var came = new TaskCompletionSource<(string Id, string Time, string Signature, string Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers;
            came.TrySetResult((headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"]!, await reader.ReadToEndAsync(Token)));
            context.Response.StatusCode = 204;
        });
        await receiver.StartAsync(Token);

        var id = await sandbox.SendAsync("announcement", "훅", new JsonObject { ["address"] = new JsonObject { ["url"] = receiver.Urls.First() + "/hook" } });
        var (name, at, signature, body) = await came.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        var mac = HMACSHA256.HashData(Convert.FromBase64String(SandboxHost.HookSecret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{name}.{at}.{body}"));
        Assert.Equal("v1," + Convert.ToBase64String(mac), signature);
        Assert.Equal((id, "훅"), ((string)JsonNode.Parse(body)!["id"]!, (string)JsonNode.Parse(body)!["title"]!));
        await sandbox.ExplainedAsync(id, person => SandboxHost.Is(person, "webhook", "sent"));
    }

    [Fact]
    public async Task What_people_do_with_a_message_is_told_to_a_webhook_once_each()
    {
        var (admin, shin) = (await _host.AdminAsync(), await _host.PersonAsync("shin-clicks"));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var receiver = builder.Build();
        var came = Channel.CreateUnbounded<(string Type, JsonNode Data)>();
        receiver.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var told = JsonNode.Parse(await reader.ReadToEndAsync(Token))!;
            came.Writer.TryWrite(((string)told["type"]!, told["data"]!));
            context.Response.StatusCode = 204;
        });
        await receiver.StartAsync(Token);
        var hook = await MadangHost.PostAsync(admin.Http, "/v1/webhooks", new JsonObject { ["url"] = receiver.Urls.First() + "/events", ["types"] = new JsonArray("notification.*") });

        var mail = await sandbox.MailAsync(shin);
        var id = (string)(await MadangHost.PostAsync(admin.Http, "/v1/notifications", new JsonObject
        {
            ["category"] = "announcement",
            ["content"] = new JsonObject { ["title"] = "봄", ["body"] = "소식", ["url"] = "https://example.org/spring" },
            ["data"] = new JsonObject { ["campaign"] = "road-spring" },
            ["channels"] = new JsonArray("email"),
            ["to"] = SandboxHost.To(shin),
        }))["id"]!;
        var message = SmtpMail.Read(Encoding.UTF8.GetBytes(Assert.Single(await SandboxHost.GotAsync(sandbox.Smtp, mail)).Text));
        var click = Regex.Match(message.Html, "(?<=" + Regex.Escape(SandboxHost.PublicUrl) + ")/t/c/[^\"']+").Value;

        // A scanner follows the link as soon as it has come, twice; the person opens the app, and says so twice.
        for (var i = 0; i < 2; i++)
        {
            using var led = await _host.Client().GetAsync(click, Token);
            Assert.Equal((HttpStatusCode.Found, "https://example.org/spring"), (led.StatusCode, led.Headers.Location!.OriginalString));
            await MadangHost.PostAsync(shin.Http, $"/v1/notifications/{id}/events", new JsonObject { ["type"] = "opened" });
        }

        await MadangHost.PostAsync(admin.Http, "/v1/conversions", new JsonObject { ["notification_id"] = id, ["user_id"] = shin.Id, ["name"] = "purchase" });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        List<(string Type, bool Machine)> told = [];
        while (told.Count < 6)
        {
            var (type, data) = await came.Reader.ReadAsync(patience.Token);
            foreach (var item in data["items"]!.AsArray().Where(item => (string)item!["notification_id"]! == id))
            {
                Assert.Equal(("road-spring", shin.Id), ((string)item!["campaign"]!, (string)item["user_id"]!));
                told.Add((type, (bool)item["machine"]!));
            }
        }

        Assert.Equal(
            [
                ("notification.clicked", true), ("notification.converted", false), ("notification.delivered", false), ("notification.opened", false), ("notification.opened", true),
                ("notification.sent", false),
            ],
            told.Order());
        var funnel = await MadangHost.GetAsync(admin.Http, "/v1/funnels?campaign=road-spring");
        Assert.Equal((1, 0, 1, 1), ((int)funnel["opened"]!, (int)funnel["clicked"]!, (int)funnel["machine"]!["clicked"]!, (int)funnel["converted"]!));
        Assert.True((bool)funnel["complete"]!);
        await MadangHost.SendAsync(admin.Http, HttpMethod.Delete, "/v1/webhooks/" + (string)hook["id"]!, null);
    }
}
