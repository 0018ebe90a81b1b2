using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Madang.Tests.Conformance;

namespace Madang.Tests.Integration.Killing;

/// <summary>The server dies by SIGKILL while notifications come in and are planned: what was acknowledged arrives, and everything arrives once.</summary>
public sealed class NotificationKillTests : IAsyncLifetime
{
    private const int Events = 600;
    private const int Kills = 3;

    private readonly string _folder = MadangHost.NewFolder();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public Task Nothing_accepted_is_lost_and_nothing_comes_twice_when_a_server_on_SQLite_is_killed() => KillAsync("sqlite");

    [Fact]
    [Trait("engine", "postgres")]
    public async Task Nothing_accepted_is_lost_and_nothing_comes_twice_when_a_server_on_PostgreSQL_is_killed()
    {
        var database = await TestPostgres.CreateAsync();
        await KillAsync(database);
        await TestPostgres.DropAsync(database);
    }

    private async Task KillAsync(string database)
    {
        var stop = TestContext.Current.CancellationToken;
        var waiting = new ConcurrentQueue<int>(Enumerable.Range(0, Events));
        var acknowledged = new ConcurrentDictionary<int, string>();
        string? me = null;
        for (var life = 0; life <= Kills; life++)
        {
            await using var server = await MadangProcess.ServeAsync(_folder, new()
            {
                ["MADANG__SETUP__TOKEN"] = MadangHost.SetupToken,
                ["MADANG__RATELIMITS"] = "off",
                ["MADANG__DATABASE"] = database,
            });
            var address = await server.AddressAsync();
            me ??= await SetUpAsync(address, stop);

            // Each life but the last ends in the middle of what is coming in.
            var enough = life == Kills ? Events : Events * (life + 1) / (Kills + 1);
            var dying = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var senders = Enumerable.Range(0, 8).Select(_ => SendAsync(address, me, waiting, acknowledged, () =>
            {
                if (acknowledged.Count >= enough)
                {
                    dying.TrySetResult();
                }
            })).ToList();
            await Task.WhenAny(dying.Task, Task.WhenAll(senders));
            if (life < Kills)
            {
                await server.KillAsync();
                await Task.WhenAll(senders);
                continue;
            }

            await Task.WhenAll(senders);
            Assert.Equal(Events, acknowledged.Count);
            Assert.Equal(Events, acknowledged.Values.Distinct().Count());
            var told = await InboxAsync(address, Events, stop);
            Assert.Equal(acknowledged.Values.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        }
    }

    /// <summary>Sends until nothing waits or the server is gone; what got no answer waits again, under its event id.</summary>
    private async Task SendAsync(Uri address, string user, ConcurrentQueue<int> waiting, ConcurrentDictionary<int, string> acknowledged, Action acked)
    {
        while (waiting.TryDequeue(out var number))
        {
            try
            {
                var body = new JsonObject
                {
                    ["event_id"] = $"event-{number}",
                    ["category"] = "mention",
                    ["content"] = new JsonObject { ["title"] = "마당", ["body"] = $"number {number}" },
                    ["to"] = new JsonObject { ["user_ids"] = new JsonArray(user) },
                };
                using var answer = await _http.PostAsync(new Uri(address, "/v1/notifications"), new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK, text);
                Assert.True(acknowledged.TryAdd(number, (string)JsonNode.Parse(text)!["id"]!));
                acked();
            }
            catch (HttpRequestException)
            {
                waiting.Enqueue(number);
                return;
            }
        }
    }

    private async Task<string> SetUpAsync(Uri address, CancellationToken cancellationToken)
    {
        var setup = new JsonObject { ["token"] = MadangHost.SetupToken, ["name"] = "admin", ["password"] = MadangHost.AdminPassword };
        using var answer = await _http.PostAsync(new Uri(address, "/v1/setup"), new StringContent(setup.ToJsonString(), Encoding.UTF8, "application/json"), cancellationToken);
        var session = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)session["token"]!);
        return (string)session["user"]!["id"]!;
    }

    /// <summary>The notifications of every item, once so many are there.</summary>
    private async Task<List<string>> InboxAsync(Uri address, int count, CancellationToken cancellationToken)
    {
        while ((int)JsonNode.Parse(await _http.GetStringAsync(new Uri(address, "/v1/me/notifications/badge"), cancellationToken))!["count"]! < count)
        {
            await Task.Yield();
        }

        var (told, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = JsonNode.Parse(await _http.GetStringAsync(new Uri(address, $"/v1/me/notifications?limit=100{(cursor is null ? "" : "&cursor=" + cursor)}"), cancellationToken))!;
            told.AddRange(page["items"]!.AsArray().Select(item => (string)item!["notification_id"]!));
            cursor = (string?)page["next"];
        }
        while (cursor is not null);

        return told;
    }
}
