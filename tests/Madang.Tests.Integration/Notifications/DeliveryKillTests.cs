using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Madang.Sandbox;
using Madang.Sandbox.Fcm;
using Madang.Tests.Conformance;

namespace Madang.Tests.Integration.Notifications;

/// <summary>
/// The whole road with a real provider's protocol at its end, and the server killed in the middle of it: everything that was accepted arrives, and whatever
/// came twice is marked for ever as having been in doubt.
/// </summary>
public sealed class DeliveryKillTests
{
    private const int Count = 300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Everything_accepted_arrives_over_a_kill_on_SQLite() => KillAsync("sqlite");

    [Fact]
    [Trait("engine", "postgres")]
    public async Task Everything_accepted_arrives_over_a_kill_on_PostgreSQL()
    {
        var database = await TestPostgres.CreateAsync();
        await KillAsync(database);
        await TestPostgres.DropAsync(database);
    }

    private static async Task KillAsync(string database)
    {
        await using var fcm = new FcmStandIn(TimeProvider.System);
        await fcm.StartAsync(0, Token);
        fcm.Faults.Set([new FaultRule { LatencyMs = 100 }, new FaultRule { Rate = 0.02, Effect = FaultEffect.Lost }]);
        var data = MadangHost.NewFolder();
        var environment = new Dictionary<string, string?>
        {
            ["MADANG__SETUP__TOKEN"] = MadangHost.SetupToken,
            ["MADANG__RATELIMITS"] = "off",
            ["MADANG__DATABASE"] = database,

            // On PostgreSQL the node that comes back is another one: it waits for the dead one's leases.
            ["MADANG__NOTIFICATIONS__LEASESECONDS"] = "5",
            ["MADANG__LOG__LEVEL"] = "Warning",
            ["MADANG__NOTIFICATIONS__PROVIDERS__FCM__SERVICEACCOUNT"] = fcm.ServiceAccount,
            ["MADANG__NOTIFICATIONS__PROVIDERS__FCM__CONCURRENCY"] = "40",
            ["MADANG__NOTIFICATIONS__PROVIDERS__FCM__RAMPSECONDS"] = "0",
        };
        foreach (var (key, value) in fcm.Settings)
        {
            environment[$"MADANG__NOTIFICATIONS__PROVIDERS__FCM__{key.ToUpperInvariant()}"] = value;
        }

        string token, user;
        await using (var first = await MadangProcess.ServeAsync(data, environment))
        {
            using var http = new HttpClient { BaseAddress = await first.AddressAsync() };
            var session = await MadangHost.PostAsync(http, "/v1/setup", new JsonObject { ["token"] = MadangHost.SetupToken, ["name"] = "admin", ["password"] = MadangHost.AdminPassword });
            (token, user) = ((string)session["token"]!, (string)session["user"]!["id"]!);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            await MadangHost.SendAsync(http, HttpMethod.Put, "/v1/me/devices/current/push", new JsonObject { ["kind"] = "fcm", ["token"] = "device-1", ["app"] = fcm.ProjectId });
            for (var n = 0; n < Count; n++)
            {
                await MadangHost.PostAsync(http, "/v1/notifications", New(n, user));
            }

            await UntilAsync(() => Task.FromResult(fcm.Received.Counts.Taken >= Count / 4), () => $"the first quarter: {fcm.Received.Counts}; {first.Messages}");
            await first.KillAsync();
        }

        var before = fcm.Received.Counts;
        Assert.InRange(before.Taken, Count / 4, Count - 1);
        await using (var second = await MadangProcess.ServeAsync(data, environment))
        {
            using var http = new HttpClient { BaseAddress = await second.AddressAsync() };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            await UntilAsync(async () => (long)(await QueueAsync(http))["sent"]! == Count, () => $"the last of them: {fcm.Received.Counts}; {second.Messages}");
            var after = fcm.Received.Counts;
            Assert.Equal(Count, after.Messages);
            Assert.Equal(0, after.ShownDoubles);
            Assert.InRange(after.TransportDoubles, 0, await DoubtfulAsync(http));
        }

        Directory.Delete(data, recursive: true);
    }

    private static JsonObject New(int n, string user) => new()
    {
        ["event_id"] = $"kill-{n}",
        ["category"] = "security",
        ["content"] = new JsonObject { ["title"] = "새 로그인", ["body"] = $"{n}" },
        ["to"] = new JsonObject { ["user_ids"] = new JsonArray(user) },
        ["channels"] = new JsonArray("push"),
    };

    private static async Task<JsonNode> QueueAsync(HttpClient http) =>
        (await MadangHost.GetAsync(http, "/v1/queues"))["items"]!.AsArray().Single(queue => (string)queue!["name"]! == "fcm")!;

    /// <summary>How often anything was handed over without an answer, over all deliveries.</summary>
    private static async Task<long> DoubtfulAsync(HttpClient http)
    {
        long doubtful = 0;
        for (var n = 0; n < Count; n++)
        {
            // The same event again answers the notification that it made.
            var id = (string)(await MadangHost.PostAsync(http, "/v1/notifications", New(n, await MeAsync(http))))["id"]!;
            var deliveries = await MadangHost.GetAsync(http, $"/v1/deliveries?notification_id={id}");
            doubtful += deliveries["items"]!.AsArray().Sum(delivery => (int)delivery!["ambiguous"]!);
        }

        return doubtful;
    }

    private static async Task<string> MeAsync(HttpClient http) => (string)(await MadangHost.GetAsync(http, "/v1/me"))["id"]!;

    private static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(40));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, $"waited in vain for {what()}");
            await tick.WaitForNextTickAsync(Token);
        }
    }
}
