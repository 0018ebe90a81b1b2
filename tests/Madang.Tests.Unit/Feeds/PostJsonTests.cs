using System.Buffers;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Feeds.Posts.Endpoints;

namespace Madang.Tests.Unit.Feeds;

public sealed class PostJsonTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_written_by_hand_is_the_shape_that_the_documents_promise() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<(NonNull<string> Text, int[] Counts, byte Bits, bool Bookmarked, bool Shared)>(),
        drawn =>
        {
            var counts = new PostCounts();
            int[] drawnCounts = [.. drawn.Counts ?? [], 0, 0, 0];
            counts.Set(PostTally.Comments, drawnCounts[0]);
            counts.Set((int)ReactionKind.Like, drawnCounts[1]);
            counts.Set((int)ReactionKind.Wow, drawnCounts[2]);
            var overlay = new Overlay(drawn.Bits & 0b11_1111, drawn.Bookmarked, drawn.Shared);
            // Half of a surrogate pair never comes this far.
            var text = new string([.. drawn.Text.Get.Where(letter => !char.IsSurrogate(letter))]);
            var shape = Read(Post(text), counts, overlay);
            return shape.Text == text && shape.Counts.Comments == Math.Max(0, drawnCounts[0]) && shape.Counts.Likes == Math.Max(0, drawnCounts[1])
                && (shape.Counts.Reactions?.GetValueOrDefault("wow") ?? 0) == Math.Max(0, drawnCounts[2])
                && shape.Viewer.Liked == overlay.Liked && shape.Viewer.Bookmarked == drawn.Bookmarked && shape.Viewer.Shared == drawn.Shared
                && (shape.Viewer.Reactions?.Count ?? 0) == int.PopCount(overlay.Reactions >> 1);
        }));

    [Fact]
    public void Everything_that_a_post_has_is_there_and_nothing_else()
    {
        var post = Post("#태그 @mina https://example.org") with
        {
            Audience = Audience.List,
            List = 7,
            ShareOf = new(3),
            Mentions = [new(new(9), "mina")],
            EditedAt = Now,
            State = PostState.Hidden,
            Version = 4,
        };
        var shape = Read(post, PostCounts.None, default);
        Assert.Equal((post.Id, post.Author, Audience.List, new ListId(7)), (shape.Id, shape.AuthorId!.Value, shape.Audience!.Value, shape.ListId!.Value));
        Assert.Equal((new PostId(3), 4, true, Now, Now), (shape.ShareOf!.Value, shape.Version!.Value, shape.Hidden!.Value, shape.CreatedAt, shape.EditedAt!.Value));
        Assert.Equal(("태그", "https://example.org", new MentionShape(new(9), "mina")), (Assert.Single(shape.Tags!), shape.Link, Assert.Single(shape.Mentions!)));
    }

    [Fact]
    public void A_tombstone_says_nothing_of_what_was_there()
    {
        var shape = Read(Post("secret") with { State = PostState.Deleted, Root = new(2), Parent = new(3) }, PostCounts.None, default);
        Assert.Equal((true, new PostId(2), new PostId(3)), (shape.Deleted!.Value, shape.RootId!.Value, shape.ParentId!.Value));
        Assert.Equal((null, null, null, null), (shape.Text, shape.AuthorId, shape.Tags, shape.Version));
    }

    [Fact]
    public void A_share_brings_along_what_it_passes_on()
    {
        var output = new ArrayBufferWriter<byte>();
        PostJson.Write(
            output, PostContents.Write(Post("") with { ShareOf = new(2) }), PostCounts.None, default,
            PostContents.Write(Post("original") with { Id = new(2) }), PostCounts.None, new Overlay(1, false, true));
        var shape = JsonSerializer.Deserialize<PostShape>(output.WrittenSpan, ApiJson.Options)!;
        Assert.Equal(("original", true), (shape.Shared!.Text, shape.Shared.Viewer.Liked));
        Assert.Null(shape.Shared.Shared);
    }

    [Fact]
    public void Mentions_keep_their_order_in_the_column() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<PositiveInt[]>(),
        ids =>
        {
            Mention[] mentions = [.. (ids ?? []).Select(id => new Mention(new(id.Get), $"이름-{id.Get}.x_"))];
            return Mention.Read(Mention.Write(mentions)).SequenceEqual(mentions);
        }));

    [Fact]
    public void A_digest_tells_every_part_of_a_post_apart()
    {
        var post = new NewPost(new(1), "k", "text", Audience.Public, 0, default, default, default, [], []);
        NewPost[] others =
        [
            post with { Text = "texT" }, post with { Audience = Audience.Friends }, post with { Audience = Audience.List, List = 5 },
            post with { Root = new(5), Parent = new(5) }, post with { ShareOf = new(5) },
        ];
        // Copied records keep what was worked out: made anew as the verbs do.
        var digests = others.Prepend(post).Select(one => new NewPost(one.Author, one.ClientId, one.Text, one.Audience, one.List, one.Root, one.Parent, one.ShareOf, [], []).Digest);
        Assert.Equal(6, digests.Distinct().Count());
    }

    [Fact]
    public void What_is_used_outlives_what_is_not_within_the_bound()
    {
        var ages = new TwoAges<int, string>(100, text => text.Length);
        ages.Put(0, new string('a', 10));
        for (var i = 1; i <= 100; i++)
        {
            ages.Put(i, new string('b', 10));
            Assert.True(ages.TryGet(0, out _));
        }

        Assert.False(ages.TryGet(1, out _));
        Assert.InRange(Enumerable.Range(0, 101).Count(i => ages.TryGet(i, out _)), 1, 12);
        ages.Remove(0);
        Assert.False(ages.TryGet(0, out _));
    }

    private static Post Post(string text) =>
        new(new(1), new(9), 1, PostState.Live, Audience.Public, 0, default, default, default, text, [], Now, null);

    private static PostShape Read(Post post, PostCounts counts, Overlay overlay)
    {
        var output = new ArrayBufferWriter<byte>();
        PostJson.Write(output, PostContents.Write(post), counts, overlay);
        return JsonSerializer.Deserialize<PostShape>(output.WrittenSpan, new JsonSerializerOptions(ApiJson.Options) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow })!;
    }
}
