using System.Net.Http.Json;
using System.Text.Json;

namespace Madang.Tests.Browser;

/// <summary>Somebody's requests beside the browser, to set a scene.</summary>
internal sealed class Api(HttpClient http) : IDisposable
{
    public static async Task<Api> SignInAsync(Server server, string name, string password)
    {
        var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        var api = new Api(http);
        var session = await api.PostAsync("/v1/sessions", new { name, password });
        http.DefaultRequestHeaders.Authorization = new("Bearer", session.GetProperty("token").GetString());
        return api;
    }

    /// <summary>Creates somebody; the id.</summary>
    public async Task<string> CreateAsync(string name, string displayName, string password, string locale = "en") =>
        (await PostAsync("/v1/users", new { name, display_name = displayName, password, locale, time_zone = "Asia/Seoul" })).GetProperty("id").GetString()!;

    public async Task<string> RoomAsync(string kind, string? title, params string[] people) =>
        (await PostAsync("/v1/rooms", new { kind, title, user_ids = people })).GetProperty("id").GetString()!;

    public Task<JsonElement> SayAsync(string room, string text) =>
        PostAsync($"/v1/rooms/{room}/messages", new { client_id = Guid.CreateVersion7().ToString("N"), text });

    public Task<JsonElement> GetAsync(string path) => http.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    public async Task PutAsync(string path, object body) => (await http.PutAsJsonAsync(path, body, Options, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

    public async Task PatchAsync(string path, object body) => (await http.PatchAsJsonAsync(path, body, Options, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

    public async Task DeleteAsync(string path) => (await http.DeleteAsync(path, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

    /// <summary>A POST whose answer is of no interest, or none.</summary>
    public async Task TellAsync(string path, object body) => (await http.PostAsJsonAsync(path, body, Options, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var answer = await http.PostAsJsonAsync(path, body, Options, cancellationToken);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"POST {path} answered {(int)answer.StatusCode}: {json}");
        return json;
    }

    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    public void Dispose() => http.Dispose();
}
