using System.Buffers;
using System.Text;
using System.Text.Json;
using Madang.Api;
using Madang.Storage;
using Madang.Webhooks;

namespace Madang.Feeds.Posts;

/// <summary>Tells webhooks of public posts and comments. What is not public, or not any more, is named by its id and nothing else.</summary>
internal sealed class PostWebhooks(WebhookEvents events, IPostStore posts, PostSights sights, Database database) : IPostLogReader
{
    // A background closure writes at most 50 rows; each event is one, and one more for each endpoint.
    private const int EventsAtOnce = 10;

    public string Name => "webhooks";

    public async Task AcceptAsync(IReadOnlyList<PostLogEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var some in entries.Chunk(EventsAtOnce))
        {
            var ids = some.Select(entry => entry.Post).Distinct().ToList();

            // What nobody signed in may see: the row first, so that what is told was public when it was read, or later.
            var rows = await posts.FindAsync(ids, cancellationToken);
            var seen = await sights.OfAsync(null, ids, cancellationToken);
            await database.WriteAsync(
                tx =>
                {
                    foreach (var entry in some)
                    {
                        var at = ids.IndexOf(entry.Post);
                        Tell(tx, entry, rows[at], seen[at]);
                    }

                    return Done.Value;
                },
                Lane.Background,
                cancellationToken);
        }
    }

    private void Tell(WriteTx tx, PostLogEntry entry, Post? post, SeenPost? seen)
    {
        var isPublic = post is not null && seen is { IsVisible: true } && seen.Facts.Version == post.Version;
        var (type, data) = (entry.Op, isPublic) switch
        {
            (PostOp.Removed, false) => (EventTypes.PostDeleted, $$"""{"post_id":"{{entry.Post}}","author_id":"{{entry.Author}}"}"""),
            (PostOp.Created, true) => (EventTypes.PostCreated, Write(post!)),
            (_, true) => (EventTypes.PostUpdated, Write(post!)),
            // It was never public, or another entry follows that says what became of it.
            _ => (null, null),
        };
        if (type is not null)
        {
            events.Publish(tx, type, data!);
        }
    }

    /// <summary>The post as it goes out, under its own name for the id and without what is only true of pages.</summary>
    private static string Write(Post post)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + post.Text.Length);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder });
        json.WriteStartObject();
        json.WriteString("post_id", post.Id.ToString());
        json.WriteString("author_id", post.Author.ToString());
        json.WriteString("text", post.Text);
        PostContents.WriteWords(json, post);
        PostContents.WriteThread(json, post);
        PostContents.WriteTime(json, "created_at", post.CreatedAt);
        if (post.EditedAt is { } edited)
        {
            PostContents.WriteTime(json, "edited_at", edited);
        }

        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
