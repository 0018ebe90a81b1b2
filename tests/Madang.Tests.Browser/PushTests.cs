using System.Text.Json;
using Madang.Sandbox.WebPush;
using Microsoft.Playwright;

namespace Madang.Tests.Browser;

/// <summary>
/// A push in a real browser. Its vendor's push service is the stand-in, which checks and decrypts what comes as a browser does; from there Chromium hands it to the
/// service worker as it would its own.
/// </summary>
public sealed class PushTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "courtyard with a pine";
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_room_message_to_somebody_who_is_away_is_shown_by_their_browser_which_says_so()
    {
        await using var service = new PushStandIn(TimeProvider.System);
        await service.StartAsync(0, Token);
        await using var server = await Server.StartAsync(new()
        {
            ["MADANG__OUTBOUND__ALLOW"] = "127.0.0.1",
            ["MADANG__NOTIFICATIONS__PROVIDERS__PUSH__KIND"] = "webpush",
            ["MADANG__NOTIFICATIONS__PROVIDERS__PUSH__ALLOWHTTP"] = "true",
            ["MADANG__NOTIFICATIONS__PROVIDERS__PUSH__SUBJECT"] = "https://madang.example.org",
        });
        var page = await chromium.OpenAsync(server.Address, Look.Korean);
        await page.Context.GrantPermissionsAsync(["notifications"], new() { Origin = server.Address });
        var mina = new Person(page, Look.Korean);
        await mina.SetUpAsync(Server.SetupToken, "mina", Password);
        using var admin = await Api.SignInAsync(server, "mina", Password);
        await admin.CreateAsync("joon", "박준호", Password, "ko");
        var registration = await RegisterAsync(page, server, service, await admin.GetAsync("/v1/push/webpush-key"));

        // She leaves the app: nothing is connected any more, and a message comes.
        await page.GotoAsync("/manifest.webmanifest");
        using var sender = await Api.SignInAsync(server, "joon", Password);
        var room = await sender.RoomAsync("direct", null, (await admin.GetAsync("/v1/me")).GetProperty("id").GetString()!);
        await sender.SayAsync(room, "토요일 두 시에 소나무 아래에서 만나요");
        var body = await ReceivedAsync(service, 1);
        var told = JsonDocument.Parse(body).RootElement.GetProperty("notification");

        // Nothing lies in her in-app inbox, and a badge of 0 would take away what else is shown.
        Assert.False(told.TryGetProperty("app_badge", out _));
        await registration.DeliverAsync(body);

        var shown = await ShownAsync(page, "소나무");
        Assert.Equal($"room-{room}", shown.GetProperty("tag").GetString());
        Assert.Equal($"/rooms/{room}", shown.GetProperty("leads").GetString());
        Assert.Contains("박준호", shown.GetProperty("title").GetString(), StringComparison.Ordinal);

        // The worker has told the server, by the token of the push, that it came.
        var id = told.GetProperty("data").GetProperty("notification_id").GetString();
        await IsAsync(admin, id, "delivered");

        // The next one takes its place on the screen, and reading the room takes it away.
        await sender.SayAsync(room, "우산도 가져와요");
        await registration.DeliverAsync(await ReceivedAsync(service, 2));
        await ShownAsync(page, "우산");
        await page.GotoAsync($"/rooms/{room}");
        await mina.SeesAsync("우산도 가져와요");
        await ShownAsync(page, null);
    }

    /// <summary>The page's own worker, and the address of this session at the stand-in.</summary>
    private static async Task<Registration> RegisterAsync(IPage page, Server server, PushStandIn service, JsonElement key)
    {
        var browser = service.Subscribe(key.GetProperty("public_key").GetString());
        var session = await page.Context.NewCDPSessionAsync(page);
        var registered = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Event("ServiceWorker.workerRegistrationUpdated").OnEvent += (_, told) =>
        {
            if (told is { } body && body.GetProperty("registrations") is { } all && all.GetArrayLength() > 0)
            {
                registered.TrySetResult(all[0].GetProperty("registrationId").GetString()!);
            }
        };
        await session.SendAsync("ServiceWorker.enable");
        await page.EvaluateAsync("async () => { await navigator.serviceWorker.register('/sw.js'); await navigator.serviceWorker.ready }");
        Assert.Equal(200, await page.EvaluateAsync<int>(
            "async (body) => (await fetch('/v1/me/devices/current/push', { method: 'PUT', headers: { 'content-type': 'application/json' }, body })).status",
            $$"""{"kind":"webpush","subscription":{{browser.Json}},"app":"{{key.GetProperty("key_id").GetString()}}","locale":"ko"}"""));
        return new(session, await registered.Task.WaitAsync(TimeSpan.FromSeconds(15), Token), server.Address);
    }

    private static async Task<string> ReceivedAsync(PushStandIn service, int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(40));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (service.Received.Last().Count < count)
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }

        return service.Received.Last()[^1].Text;
    }

    /// <summary>What is on the screen, once it is one that says this; an empty list once there is none.</summary>
    private static async Task<JsonElement> ShownAsync(IPage page, string? says)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(15));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var shown = await page.EvaluateAsync<JsonElement>(
                """
                async () => (await (await navigator.serviceWorker.getRegistration('/sw.js')).getNotifications())
                  .map((one) => ({ title: one.title, body: one.body, tag: one.tag, leads: one.data.navigate }))
                """);
            if (says is null ? shown.GetArrayLength() == 0 : shown.GetArrayLength() == 1 && shown[0].GetProperty("body").GetString()!.Contains(says, StringComparison.Ordinal))
            {
                return says is null ? shown : shown[0];
            }

            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private static async Task IsAsync(Api admin, string? notification, string state)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while ((await admin.GetAsync($"/v1/notifications/{notification}")).GetProperty("person").GetProperty("deliveries").EnumerateArray()
            .All(delivery => delivery.GetProperty("channel").GetString() != "push" || delivery.GetProperty("state").GetString() != state))
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private sealed class Registration(ICDPSession session, string id, string origin)
    {
        public Task DeliverAsync(string body) =>
            session.SendAsync("ServiceWorker.deliverPushMessage", new() { ["origin"] = origin, ["registrationId"] = id, ["data"] = body });
    }
}
