using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Madang.Tests.Conformance;

namespace Madang.Tests.Integration.Killing;

/// <summary>The server dies by SIGKILL while people publish: what was acknowledged is there, nothing is there twice, and a post with a time comes at its time, once.</summary>
public sealed class PostKillTests : IAsyncLifetime
{
    private const int Posts = 1_200;
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
    public Task Nothing_acknowledged_is_lost_or_doubled_when_a_server_on_SQLite_is_killed() => KillAsync("sqlite");

    [Fact]
    [Trait("engine", "postgres")]
    public async Task Nothing_acknowledged_is_lost_or_doubled_when_a_server_on_PostgreSQL_is_killed()
    {
        var database = await TestPostgres.CreateAsync();
        await KillAsync(database);
        await TestPostgres.DropAsync(database);
    }

    private async Task KillAsync(string database)
    {
        var stop = TestContext.Current.CancellationToken;
        var waiting = new ConcurrentQueue<int>(Enumerable.Range(0, Posts));
        var acknowledged = new ConcurrentDictionary<int, string>();
        string? me = null;
        for (var life = 0; life <= Kills; life++)
        {
            await using var server = await MadangProcess.ServeAsync(
                _folder, new() { ["MADANG__SETUP__TOKEN"] = MadangHost.SetupToken, ["MADANG__RATELIMITS"] = "off", ["MADANG__DATABASE"] = database });
            var address = await server.AddressAsync();
            me ??= await SetUpAsync(address, stop);
            if (life == 0)
            {
                // Its time comes while some server is dead, or just alive again.
                var draft = new JsonObject { ["text"] = "scheduled", ["publish_at"] = TimeProvider.System.GetUtcNow().AddSeconds(1).ToString("O") };
                _ = await SendAsync(HttpMethod.Post, new Uri(address, "/v1/me/drafts"), draft, stop);
            }

            // Each life but the last ends in the middle of what is coming in.
            var enough = life == Kills ? Posts : Posts * (life + 1) / (Kills + 1);
            var dying = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var writers = Enumerable.Range(0, 16).Select(_ => PublishAsync(address, waiting, acknowledged, () =>
            {
                if (acknowledged.Count >= enough)
                {
                    dying.TrySetResult();
                }
            })).ToList();
            await Task.WhenAny(dying.Task, Task.WhenAll(writers));
            if (life < Kills)
            {
                await server.KillAsync();
                await Task.WhenAll(writers);
                continue;
            }

            await Task.WhenAll(writers);
            Assert.Equal(Posts, acknowledged.Count);
            var there = await ProfileAsync(address, me, stop);
            while (!there.Exists(post => post.Text == "scheduled"))
            {
                there = await ProfileAsync(address, me, stop);
            }

            Assert.Equal(Posts + 1, there.Count);
            Assert.Equal(
                acknowledged.Select(one => (one.Value, $"number {one.Key}")).Order(),
                there.Where(post => post.Text != "scheduled").Order());
        }
    }

    /// <summary>Publishes until nothing waits or the server is gone; what got no answer waits again, under its client id.</summary>
    private async Task PublishAsync(Uri address, ConcurrentQueue<int> waiting, ConcurrentDictionary<int, string> acknowledged, Action acked)
    {
        while (waiting.TryDequeue(out var number))
        {
            try
            {
                var answer = await SendAsync(
                    HttpMethod.Post, new Uri(address, "/v1/posts"), new JsonObject { ["client_id"] = $"n-{number}", ["text"] = $"number {number}" }, CancellationToken.None);
                acknowledged[number] = (string)answer["id"]!;
                acked();
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                waiting.Enqueue(number);
                return;
            }
        }
    }

    private async Task<string> SetUpAsync(Uri address, CancellationToken stop)
    {
        var session = await SendAsync(
            HttpMethod.Post, new Uri(address, "/v1/setup"),
            new JsonObject { ["token"] = MadangHost.SetupToken, ["name"] = "admin", ["password"] = MadangHost.AdminPassword }, stop);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)session["token"]!);
        return (string)session["user"]!["id"]!;
    }

    private async Task<List<(string Id, string Text)>> ProfileAsync(Uri address, string user, CancellationToken stop)
    {
        var (found, next) = (new List<(string, string)>(), "");
        while (true)
        {
            var page = await SendAsync(HttpMethod.Get, new Uri(address, $"/v1/users/{user}/posts?limit=100{next}"), null, stop);
            found.AddRange(page["items"]!.AsArray().Select(item => ((string)item!["id"]!, (string)item["text"]!)));
            if ((string?)page["next"] is not { } cursor)
            {
                return found;
            }

            next = $"&cursor={cursor}";
        }
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, Uri address, JsonNode? body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        using var answer = await _http.SendAsync(request, stop);
        var text = await answer.Content.ReadAsStringAsync(stop);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {address} answered {(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}
