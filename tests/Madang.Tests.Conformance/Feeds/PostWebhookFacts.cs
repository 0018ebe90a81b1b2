using System.Text.Json.Nodes;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;
using Madang.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqlitePostWebhookFacts() : PostWebhookFacts(TestDatabase.SqliteAsync);

public sealed class PostgresPostWebhookFacts() : PostWebhookFacts(TestDatabase.PostgresAsync);

/// <summary>What webhooks hear of posts, on every engine.</summary>
public abstract class PostWebhookFacts(Func<Task<TestDatabase>> fresh)
{
    private int _read;
    private int _heard;

    [Fact]
    public async Task Webhooks_hear_of_what_everybody_may_see_and_of_nothing_else()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var endpoint = await EndpointAsync(world);
        var mina = await world.PersonAsync("mina");
        var open = await world.PostAsync(mina, "#공개 one");
        var closed = await world.PostAsync(mina, "secret", Audience.Friends);
        var comment = await world.CommentAsync(mina, closed.Id, "secret answer");
        Assert.Equal([$"post.created {open.Id} #공개 one"], await HeardAsync(world, endpoint, 3));

        _ = await world.EditAsync(mina, open.Id, "two");
        _ = await world.EditAsync(mina, closed.Id, "still secret");
        Assert.Equal([$"post.updated {open.Id} two"], await HeardAsync(world, endpoint, 5));

        // Narrowed before it was told: no words go out any more.
        _ = await world.EditAsync(mina, open.Id, "three");
        _ = await world.EditAsync(mina, open.Id, "only friends", Audience.Friends);
        await world.DeleteAsync(mina, comment.Id);
        Assert.Equal([$"post.deleted {open.Id} ", $"post.deleted {comment.Id} "], await HeardAsync(world, endpoint, 8));
    }

    private static async Task<WebhookEndpoint> EndpointAsync(PostWorld world)
    {
        var endpoint = new WebhookEndpoint
        {
            Id = new(world.Test.Store<Snowflake>().Next()),
            Url = "https://example.org/hook",
            Description = "",
            Types = ["post.*"],
            Secret = WebhookSecret.New(),
            CreatedAt = world.Test.Time.GetUtcNow(),
            UpdatedAt = world.Test.Time.GetUtcNow(),
        };
        await world.Test.WriteAsync(tx =>
        {
            world.Test.Store<IEndpointStore>().Insert(tx, endpoint);
            return 0;
        });
        return endpoint;
    }

    /// <summary>What was written down for the endpoint since the last time, oldest first: <c>type post text</c>.</summary>
    private async Task<IReadOnlyList<string>> HeardAsync(PostWorld world, WebhookEndpoint endpoint, int written)
    {
        var entries = await world.LogAsync(written);
        var reader = world.Test.Services.GetServices<IPostLogReader>().Single(one => one.Name == "webhooks");
        await reader.AcceptAsync([.. entries.Skip(_read)], PostWorld.Token);
        _read = entries.Count;
        var deliveries = world.Test.Store<IDeliveryStore>();
        var heard = new List<string>();
        foreach (var delivery in (await deliveries.ListAsync(endpoint.Id, null, null, 100, PostWorld.Token)).OrderBy(one => one.Id.Value).Skip(_heard))
        {
            var happened = (await deliveries.FindAsync(delivery.Id, PostWorld.Token))!.Value.Event;
            var data = JsonNode.Parse(happened.Data)!;
            heard.Add($"{happened.Type} {data["post_id"]} {data["text"]}");
        }

        _heard += heard.Count;
        return heard;
    }
}
