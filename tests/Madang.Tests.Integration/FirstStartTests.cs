using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration;

/// <summary>What a newcomer does, by script: an empty folder, setup, a second person, a room, the first message.</summary>
public sealed class FirstStartTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task From_an_empty_folder_to_the_first_message(bool postgres)
    {
        var watch = Stopwatch.StartNew();
        await using var host = await MadangHost.StartAsync(postgres: postgres);
        var admin = await host.AdminAsync();

        await MadangHost.PostAsync(admin.Http, "/v1/users", new JsonObject { ["name"] = "민수", ["password"] = "두 번째 사람의 암호" });
        var session = await MadangHost.PostAsync(host.Client(), "/v1/sessions", new JsonObject { ["name"] = "민수", ["password"] = "두 번째 사람의 암호" });
        var second = host.Client((string)session["token"]!);

        var room = await MadangHost.PostAsync(admin.Http, "/v1/rooms", new JsonObject { ["kind"] = "direct", ["user_ids"] = new JsonArray((string)session["user"]!["id"]!) });
        var path = $"/v1/rooms/{(string)room["id"]!}/messages";
        await MadangHost.PostAsync(admin.Http, path, new JsonObject { ["client_id"] = "first", ["text"] = "안녕하세요, 반가워요" });

        var read = (await MadangHost.GetAsync(second, path))["items"]!.AsArray();
        Assert.Equal("안녕하세요, 반가워요", (string?)Assert.Single(read)!["text"]);
        TestContext.Current.TestOutputHelper!.WriteLine($"Empty folder to first message on {(postgres ? "PostgreSQL" : "SQLite")}: {watch.ElapsedMilliseconds} ms");
    }
}
