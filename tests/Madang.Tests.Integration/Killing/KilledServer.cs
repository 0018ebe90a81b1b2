using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Killing;

/// <summary>A server that dies by SIGKILL in the middle of what is written to it, and is started again on the same folder and database.</summary>
internal sealed class KilledServer : IAsyncDisposable
{
    private const int Kills = 3;

    private readonly string _folder = MadangHost.NewFolder();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
    private Uri? _address;

    /// <summary>The id of the one person there.</summary>
    public string Me { get; private set; } = "";

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes the numbers below <paramref name="count"/>, each until it has an answer, through three deaths; ends with the check on the life that stays.</summary>
    /// <param name="write">Writes one, under a name of its own that a retry repeats; answers the id.</param>
    /// <param name="check">What was acknowledged, by number.</param>
    /// <param name="begin">Done once, before anything is written.</param>
    public async Task RunAsync(
        string database, int count, int writers, Func<int, Task<string>> write, Func<IReadOnlyDictionary<int, string>, Task> check, Func<Task>? begin = null)
    {
        var waiting = new ConcurrentQueue<int>(Enumerable.Range(0, count));
        var acknowledged = new ConcurrentDictionary<int, string>();
        for (var life = 0; life <= Kills; life++)
        {
            await using var server = await MadangProcess.ServeAsync(
                _folder, new() { ["MADANG__SETUP__TOKEN"] = MadangHost.SetupToken, ["MADANG__RATELIMITS"] = "off", ["MADANG__DATABASE"] = database });
            _address = await server.AddressAsync();
            if (life == 0)
            {
                await SetUpAsync();
                await (begin?.Invoke() ?? Task.CompletedTask);
            }

            // Each life but the last ends in the middle of what is coming in.
            var enough = life == Kills ? count : count * (life + 1) / (Kills + 1);
            var dying = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var all = Task.WhenAll(Enumerable.Range(0, writers).Select(_ => WriteAsync(waiting, acknowledged, write, () =>
            {
                if (acknowledged.Count >= enough)
                {
                    dying.TrySetResult();
                }
            })));
            await Task.WhenAny(dying.Task, all);
            if (life < Kills)
            {
                await server.KillAsync();
            }

            await all;
            if (life == Kills)
            {
                Assert.Equal(count, acknowledged.Count);
                await check(acknowledged);
            }
        }
    }

    /// <summary>Any answer but a good one is a fault of the test.</summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, new Uri(_address!, path)) { Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        using var answer = await _http.SendAsync(request, stop);
        var text = await answer.Content.ReadAsStringAsync(stop);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path} answered {(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Every item of a list, page by page.</summary>
    public async Task<List<JsonNode>> AllAsync(string path, CancellationToken stop)
    {
        var (all, cursor) = (new List<JsonNode>(), "");
        while (true)
        {
            var page = await SendAsync(HttpMethod.Get, $"{path}?limit=100{cursor}", null, stop);
            all.AddRange(page["items"]!.AsArray().Select(item => item!));
            if ((string?)page["next"] is not { } next)
            {
                return all;
            }

            cursor = $"&cursor={next}";
        }
    }

    /// <summary>Until nothing waits or the server is gone; what got no answer waits again.</summary>
    private static async Task WriteAsync(ConcurrentQueue<int> waiting, ConcurrentDictionary<int, string> acknowledged, Func<int, Task<string>> write, Action acked)
    {
        while (waiting.TryDequeue(out var number))
        {
            try
            {
                Assert.True(acknowledged.TryAdd(number, await write(number)));
                acked();
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                waiting.Enqueue(number);
                return;
            }
        }
    }

    private async Task SetUpAsync()
    {
        var session = await SendAsync(
            HttpMethod.Post, "/v1/setup", new JsonObject { ["token"] = MadangHost.SetupToken, ["name"] = "admin", ["password"] = MadangHost.AdminPassword },
            TestContext.Current.CancellationToken);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)session["token"]!);
        Me = (string)session["user"]!["id"]!;
    }
}
