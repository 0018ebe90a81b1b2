using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Madang.Api;

namespace Madang.Feeds.Posts;

/// <summary>A post, a share or a comment as its row says.</summary>
/// <param name="List">The author's list, with <see cref="Audience.List"/>; else 0.</param>
/// <param name="Root">The post that a comment stands under; else 0.</param>
/// <param name="Parent">What a comment answers, which may be the root itself; else 0.</param>
/// <param name="ShareOf">What a share passes on; else 0.</param>
internal sealed record Post(
    PostId Id, UserId Author, int Version, PostState State, Audience Audience, long List, PostId Root, PostId Parent, PostId ShareOf, string Text,
    IReadOnlyList<Mention> Mentions, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt)
{
    public bool IsComment => Root.Value != 0;

    /// <summary>A share that adds nothing of its own: what is done to it is done to what it shares.</summary>
    public bool IsPlainShare => ShareOf.Value != 0 && Text.Length == 0;

    /// <summary>What listeners to commits hear. Nobody asked, so nobody is addressed.</summary>
    public PostFacts Facts => new(Id, Author, Version, State, Audience, List, Root, ShareOf, AuthorGone: false, Addressed: false) { IsPlainShare = IsPlainShare };
}

/// <summary>Somebody whom a text names with an @.</summary>
/// <param name="Name">As it stands in the text, without the @.</param>
internal readonly record struct Mention(UserId User, string Name)
{
    /// <summary>The form of the column: names hold neither colons nor blanks.</summary>
    public static string Write(IReadOnlyList<Mention> mentions) => string.Join(' ', mentions.Select(mention => $"{mention.User}:{mention.Name}"));

    public static IReadOnlyList<Mention> Read(string column)
    {
        if (column.Length == 0)
        {
            return [];
        }

        var mentions = new List<Mention>();
        foreach (var part in column.Split(' '))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            mentions.Add(new(new(long.Parse(part.AsSpan(0, colon), CultureInfo.InvariantCulture)), part[(colon + 1)..]));
        }

        return mentions;
    }
}

/// <summary>What a person wants to publish, as it came in.</summary>
/// <param name="HasMedia">Whether there was at least one; none can be taken yet.</param>
/// <param name="IsOurs">The client id is of this program's making and may be what no client could send.</param>
internal sealed record PostDraft(
    string? ClientId, string? Text, Audience? Audience = null, long? List = null, bool HasMedia = false, bool IsOurs = false);

/// <summary>What a person wants to change, as it came in; null leaves a thing as it is.</summary>
/// <param name="Version">The version that this change was made from: refused when the post has another by now.</param>
internal sealed record PostEdit(string? Text, Audience? Audience, long? List, int? Version);

/// <summary>A checked post, comment or share on its way to the store.</summary>
internal sealed record NewPost(
    UserId Author, string ClientId, string Text, Audience Audience, long List, PostId Root, PostId Parent, PostId ShareOf, IReadOnlyList<string> Tags,
    IReadOnlyList<Mention> Mentions)
{
    /// <summary>Sharing the same post again within this time answers the first share.</summary>
    public TimeSpan ShareWindow { get; init; }

    public bool IsPlainShare => ShareOf.Value != 0 && Text.Length == 0;

    /// <summary>Of the content: a retry with the same client id must have the same. Mentions are looked up anew and may differ.</summary>
    public long Digest { get; } = DigestOf(Text, (int)Audience, List, Parent.Value, ShareOf.Value);

    public Post As(PostId id, DateTimeOffset now) =>
        new(id, Author, 1, PostState.Live, Audience, List, Root, Parent, ShareOf, Text, Mentions, now, null);

    private static long DigestOf(string text, params ReadOnlySpan<long> numbers)
    {
        var bytes = new byte[(numbers.Length * sizeof(long)) + Encoding.UTF8.GetByteCount(text)];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(i * sizeof(long)), numbers[i]);
        }

        Encoding.UTF8.GetBytes(text, bytes.AsSpan(numbers.Length * sizeof(long)));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}

/// <summary>A post that is durable.</summary>
/// <param name="Repeated">It was there before: the client id had been used for the same content, or the same post was shared a while ago.</param>
internal sealed record Published(Post Post, bool Repeated);

/// <summary>What an edited post said before.</summary>
/// <param name="EndedAt">When the next version took its place; null for the one that stands.</param>
internal sealed record PostVersion(int Version, string Text, DateTimeOffset? EndedAt);

/// <summary>The numbers are stored, in the log.</summary>
internal enum PostOp
{
    Created = 1,
    Updated = 2,

    /// <summary>Deleted, hidden, or narrowed so that somebody lost it.</summary>
    Removed = 3,
}

/// <summary>Said to this node at the commit, in commit order.</summary>
internal sealed record PostChanged(PostFacts Facts, PostOp Op, DateTimeOffset At);
