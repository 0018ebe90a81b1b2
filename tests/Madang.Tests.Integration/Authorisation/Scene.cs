using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Authorisation;

/// <summary>
/// A community for one row of the matrix: five who ask, and what they ask about. The room belongs to somebody else; of the five only the member is in it. The moderator
/// and the admin are so in the community, not in the room.
/// </summary>
internal sealed class Scene
{
    public static readonly string[] Callers = ["anonymous", "stranger", "member", "moderator", "admin"];

    private static int _count;

    private readonly MadangHost _host;
    private readonly Person _owner;

    private Scene(MadangHost host, Person owner, Person asking) => (_host, _owner, Asking) = (host, owner, asking);

    /// <summary>Who asks; without a token when anonymous.</summary>
    public Person Asking { get; }

    /// <summary>Somebody who is in no room and has no relation to anybody.</summary>
    public required Person Other { get; init; }

    /// <summary>Somebody in the room who is not asking.</summary>
    public required Person Bystander { get; init; }

    public required string Room { get; init; }

    public Person Owner => _owner;

    public static async Task<Scene> SetAsync(MadangHost host, string caller)
    {
        var tag = Interlocked.Increment(ref _count);
        var owner = await host.PersonAsync($"owner-{tag}");
        var other = await host.PersonAsync($"other-{tag}");
        var bystander = await host.PersonAsync($"bystander-{tag}");
        var asking = caller == "anonymous"
            ? new Person("", "", "", host.Client())
            : await host.PersonAsync($"{caller}-{tag}", caller is "moderator" or "admin" ? caller : "user");
        var members = new JsonArray(bystander.Id);
        if (caller == "member")
        {
            members.Add(asking.Id);
        }

        var room = await MadangHost.PostAsync(owner.Http, "/v1/rooms", new JsonObject { ["kind"] = "group", ["title"] = "Matrix", ["user_ids"] = members });
        var id = (string)room["id"]!;
        await MadangHost.PostAsync(owner.Http, $"/v1/rooms/{id}/messages", new JsonObject { ["client_id"] = "first", ["text"] = "hello" });
        return new Scene(host, owner, asking) { Other = other, Bystander = bystander, Room = id };
    }

    /// <summary>Something that only admins make; its id.</summary>
    public async Task<string> MadeAsync(string path, JsonObject body) => (string)(await MadangHost.PostAsync((await _host.AdminAsync()).Http, path, body))["id"]!;

    /// <summary>A public post of the owner; its id.</summary>
    public async Task<string> PostAsync() =>
        (string)(await MadangHost.PostAsync(_owner.Http, "/v1/posts", new JsonObject { ["client_id"] = "of-the-owner", ["text"] = "hello" }))["id"]!;

    /// <summary>A draft of who asks, or an id of nobody's.</summary>
    public async Task<string> DraftAsync() => Asking.Token.Length == 0
        ? "1"
        : (string)(await MadangHost.PostAsync(Asking.Http, "/v1/me/drafts", new JsonObject { ["text"] = "later" }))["id"]!;
}
