using System.Text.Json.Nodes;
using Madang.Tests.Conformance;

namespace Madang.Tests.Integration.Killing;

/// <summary>The server dies by SIGKILL while people publish: what was acknowledged is there, nothing is there twice, and a post with a time comes at its time, once.</summary>
public sealed class PostKillTests
{
    private const int Posts = 1_200;

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

    private static async Task KillAsync(string database)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = new KilledServer();
        await server.RunAsync(
            database, Posts, writers: 16,
            async number =>
            {
                // A request under way is not broken off: the server is killed, not the client.
                var post = new JsonObject { ["client_id"] = $"n-{number}", ["text"] = $"number {number}" };
                return (string)(await server.SendAsync(HttpMethod.Post, "/v1/posts", post, CancellationToken.None))["id"]!;
            },
            async acknowledged =>
            {
                var there = await ProfileAsync(server, stop);
                while (!there.Exists(post => post.Text == "scheduled"))
                {
                    there = await ProfileAsync(server, stop);
                }

                Assert.Equal(Posts + 1, there.Count);
                Assert.Equal(
                    acknowledged.Select(one => (one.Value, $"number {one.Key}")).Order(),
                    there.Where(post => post.Text != "scheduled").Order());
            },
            // Its time comes while some server is dead, or just alive again.
            () => server.SendAsync(
                HttpMethod.Post, "/v1/me/drafts",
                new JsonObject { ["text"] = "scheduled", ["publish_at"] = TimeProvider.System.GetUtcNow().AddSeconds(1).ToString("O") }, stop));
    }

    private static async Task<List<(string Id, string Text)>> ProfileAsync(KilledServer server, CancellationToken stop) =>
        [.. (await server.AllAsync($"/v1/users/{server.Me}/posts", stop)).Select(post => ((string)post["id"]!, (string)post["text"]!))];
}
