using System.Buffers;
using System.Text.Json;
using Madang.Api;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Posts;

/// <summary>
/// What every viewer gets of a post alike, as the JSON that goes out, kept in memory by id and version. It holds no permission: whoever asks has asked
/// <see cref="IPostFacts"/> which version may be shown.
/// </summary>
internal sealed class PostContents(IPostStore store, IOptions<FeedsOptions> options)
{
    // Beside the bytes themselves: entry of the dictionary, array header, record.
    private const int Overhead = 120;

    private static readonly JsonWriterOptions Json = new() { Encoder = ApiJson.Options.Encoder, SkipValidation = true };

    private readonly TwoAges<PostId, Fragment> _known = new(options.Value.PostCacheMegabytes * 1024L * 1024, fragment => fragment.Json.Length + Overhead);

    /// <summary>
    /// One for each post, in order: the members of the JSON object from its brace on and without the closing one, ending before <c>"counts"</c>. Empty where
    /// the post has another version by now: it changed since it was asked about, so its facts must be asked for again, or it is left out.
    /// </summary>
    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> OfAsync(IReadOnlyList<(PostId Id, int Version)> posts, CancellationToken cancellationToken)
    {
        var found = new ReadOnlyMemory<byte>[posts.Count];
        List<int>? missing = null;
        for (var i = 0; i < posts.Count; i++)
        {
            if (_known.TryGet(posts[i].Id, out var fragment) && fragment.Version == posts[i].Version)
            {
                found[i] = fragment.Json;
            }
            else
            {
                (missing ??= []).Add(i);
            }
        }

        return missing is null ? new(found) : new(LoadAsync(posts, found, missing, cancellationToken));
    }

    /// <summary>What was just written is what is asked for next.</summary>
    public ReadOnlyMemory<byte> Put(Post post)
    {
        var fragment = new Fragment(post.Version, Write(post));
        _known.Put(post.Id, fragment);
        return fragment.Json;
    }

    public void Forget(PostId id) => _known.Remove(id);

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> LoadAsync(
        IReadOnlyList<(PostId Id, int Version)> posts, ReadOnlyMemory<byte>[] found, List<int> missing, CancellationToken cancellationToken)
    {
        var rows = await store.FindAsync([.. missing.Select(i => posts[i].Id)], cancellationToken);
        for (var k = 0; k < missing.Count; k++)
        {
            if (rows[k] is { } post)
            {
                var json = Put(post);
                found[missing[k]] = post.Version == posts[missing[k]].Version ? json : default;
            }
        }

        return found;
    }

    internal static byte[] Write(Post post)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + post.Text.Length);
        using var json = new Utf8JsonWriter(buffer, Json);
        json.WriteStartObject();
        json.WriteString("id", post.Id.ToString());
        if (post.State == PostState.Deleted)
        {
            // What is left of it: the place that others' comments stand under.
            json.WriteBoolean("deleted", true);
            WriteThread(json, post);
            WriteTime(json, "created_at", post.CreatedAt);
            json.Flush();
            return buffer.WrittenSpan.ToArray();
        }

        json.WriteString("author_id", post.Author.ToString());
        json.WriteString("text", post.Text);
        if (!post.IsComment)
        {
            json.WriteString("audience", post.Audience.ToString().ToLowerInvariant());
        }

        json.WriteStartArray("media");
        json.WriteEndArray();
        WriteWords(json, post);
        WriteThread(json, post);
        if (post.List != 0)
        {
            json.WriteString("list_id", Id.Text(post.List));
        }

        if (post.State == PostState.Hidden)
        {
            json.WriteBoolean("hidden", true);
        }

        json.WriteNumber("version", post.Version);
        WriteTime(json, "created_at", post.CreatedAt);
        if (post.EditedAt is { } edited)
        {
            WriteTime(json, "edited_at", edited);
        }

        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    internal static void WriteWords(Utf8JsonWriter json, Post post)
    {
        json.WriteStartArray("tags");
        foreach (var tag in PostWords.Tags(post.Text))
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteStartArray("mentions");
        foreach (var mention in post.Mentions)
        {
            json.WriteStartObject();
            json.WriteString("user_id", mention.User.ToString());
            json.WriteString("name", mention.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (PostWords.Link(post.Text) is { } link)
        {
            json.WriteString("link", link);
        }
    }

    internal static void WriteThread(Utf8JsonWriter json, Post post)
    {
        if (post.ShareOf.Value != 0)
        {
            json.WriteString("share_of", post.ShareOf.ToString());
        }

        if (post.IsComment)
        {
            json.WriteString("root_id", post.Root.ToString());
            json.WriteString("parent_id", post.Parent.ToString());
        }
    }

    internal static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset time)
    {
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, time, ApiJson.Options);
    }

    private sealed record Fragment(int Version, byte[] Json);
}
