using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Chat;

/// <summary>The endpoints of chat as short verbs.</summary>
internal static class ChatClient
{
    public static Task<JsonNode> GroupAsync(Person owner, params Person[] others) => MadangHost.PostAsync(
        owner.Http, "/v1/rooms", new JsonObject { ["kind"] = "group", ["title"] = "마당", ["user_ids"] = new JsonArray([.. others.Select(other => JsonValue.Create(other.Id))]) });

    public static Task<JsonNode> DirectAsync(Person one, Person other) =>
        MadangHost.PostAsync(one.Http, "/v1/rooms", new JsonObject { ["kind"] = "direct", ["user_ids"] = new JsonArray(other.Id) });

    public static string Id(this JsonNode node) => (string)node["id"]!;

    public static Task<JsonNode> SayAsync(this Person sender, string room, string text, string? clientId = null) =>
        MadangHost.PostAsync(sender.Http, $"/v1/rooms/{room}/messages", new JsonObject { ["client_id"] = clientId ?? $"c-{Guid.CreateVersion7()}", ["text"] = text });

    /// <summary>The bare answer to a body as it stands.</summary>
    public static Task<HttpResponseMessage> TryAsync(this Person caller, HttpMethod method, string path, string? body = null, string? key = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return caller.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static Task<HttpResponseMessage> TryPostAsync(this Person caller, string path, string body, string? key = null) => caller.TryAsync(HttpMethod.Post, path, body, key);
}
