using System.Text.Json.Nodes;
using Madang.Tests.Conformance;

namespace Madang.Tests.Integration.Killing;

/// <summary>The server dies by SIGKILL while notifications come in and are planned: what was acknowledged arrives, and everything arrives once.</summary>
public sealed class NotificationKillTests
{
    private const int Events = 600;

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

    private static async Task KillAsync(string database)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = new KilledServer();
        await server.RunAsync(
            database, Events, writers: 8,
            async number =>
            {
                var notification = new JsonObject
                {
                    ["event_id"] = $"event-{number}",
                    ["category"] = "mention",
                    ["content"] = new JsonObject { ["title"] = "마당", ["body"] = $"number {number}" },
                    ["to"] = new JsonObject { ["user_ids"] = new JsonArray(server.Me) },
                };
                return (string)(await server.SendAsync(HttpMethod.Post, "/v1/notifications", notification, CancellationToken.None))["id"]!;
            },
            async acknowledged =>
            {
                Assert.Equal(Events, acknowledged.Values.Distinct().Count());
                while ((int)(await server.SendAsync(HttpMethod.Get, "/v1/me/notifications/badge", null, stop))["count"]! < Events)
                {
                    await Task.Yield();
                }

                var told = (await server.AllAsync("/v1/me/notifications", stop)).Select(item => (string)item["notification_id"]!);
                Assert.Equal(acknowledged.Values.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
            });
    }
}
