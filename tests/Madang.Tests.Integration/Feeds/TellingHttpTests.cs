using System.Net;
using System.Text.Json.Nodes;
using Madang.Tests.Integration.Accounts;

namespace Madang.Tests.Integration.Feeds;

/// <summary>People hear of what others do with their posts, on a real server with its own clock.</summary>
public sealed class TellingHttpTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    [Fact]
    public async Task A_like_a_comment_and_a_new_post_reach_the_inbox_and_a_like_taken_back_leaves_it()
    {
        var (mina, jun) = (await _host.PersonAsync("told.mina"), await _host.PersonAsync("told.jun"));
        await MadangHost.SendAsync(jun.Http, HttpMethod.Put, $"/v1/users/{mina.Id}/subscription", null);
        Assert.Equal(mina.Id, (string)Assert.Single((await MadangHost.GetAsync(jun.Http, "/v1/me/subscriptions"))["items"]!.AsArray())!["user_id"]!);
        var (hers, his) = ((string)(await MadangHost.GetAsync(mina.Http, "/v1/sync"))["cursor"]!, (string)(await MadangHost.GetAsync(jun.Http, "/v1/sync"))["cursor"]!);

        var post = (string)(await MadangHost.PostAsync(mina.Http, "/v1/posts", new JsonObject { ["client_id"] = "1", ["text"] = "hello" }))["id"]!;
        var (news, _) = await NextAsync(jun, his, "notification.created");
        Assert.Equal(("told.mina posted", "hello"), ((string)news["item"]!["title"]!, (string)news["item"]!["body"]!));

        await MadangHost.SendAsync(jun.Http, HttpMethod.Put, $"/v1/posts/{post}/like", null);
        (var liked, hers) = await NextAsync(mina, hers, "notification.created");
        Assert.Equal("told.jun liked your post", (string)liked["item"]!["title"]!);
        await MadangHost.SendAsync(jun.Http, HttpMethod.Delete, $"/v1/posts/{post}/like", null);
        (var gone, hers) = await NextAsync(mina, hers, "notification.updated");
        Assert.True((bool)gone["deleted"]!);

        await MadangHost.PostAsync(jun.Http, $"/v1/posts/{post}/comments", new JsonObject { ["client_id"] = "2", ["text"] = "well said" });
        var (comment, _) = await NextAsync(mina, hers, "notification.created");
        Assert.Equal(("told.jun commented on your post", "well said"), ((string)comment["item"]!["title"]!, (string)comment["item"]!["body"]!));
        await MadangHost.SendAsync(jun.Http, HttpMethod.Delete, $"/v1/users/{mina.Id}/subscription", null);
        Assert.Empty((await MadangHost.GetAsync(jun.Http, "/v1/me/subscriptions"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Nobody_subscribes_to_themselves_or_to_nobody()
    {
        var mina = await _host.PersonAsync("sub.mina");
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Put, $"/v1/users/{mina.Id}/subscription"), HttpStatusCode.UnprocessableEntity, "self_relation");
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Put, "/v1/users/7/subscription"), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Put, "/v1/users/x/subscription"), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Get, "/v1/me/subscriptions?limit=0"), HttpStatusCode.UnprocessableEntity, "invalid_fields", "limit");
    }

    /// <summary>The data of the next entry of this type, by long poll, and the cursor behind it.</summary>
    private static async Task<(JsonNode Data, string Cursor)> NextAsync(Person who, string cursor, string type)
    {
        for (var i = 0; i < 20; i++)
        {
            var page = await MadangHost.GetAsync(who.Http, $"/v1/sync?since={cursor}&wait=10");
            foreach (var entry in page["entries"]!.AsArray())
            {
                cursor = (string)entry!["cursor"]!;
                if ((string)entry["type"]! == type)
                {
                    return (entry["data"]!, cursor);
                }
            }

            cursor = (string)page["cursor"]!;
        }

        throw new InvalidOperationException($"No {type} came.");
    }
}
