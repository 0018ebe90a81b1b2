using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Madang.Api;
using Madang.Feeds.Posts;

namespace Madang.Feeds.Ranking;

/// <summary>Ranked feeds as they go out.</summary>
internal sealed class RankedPages(RankedFeeds feeds, PostPages pages)
{
    /// <summary>
    /// <c>{"items":[…],"ranker":NAME,"why":{POST_ID:{"by":[…],"score":1.5,"factors":[{"name","value","weight","points"},…]}},"next":CURSOR|null,"prev":CURSOR}</c>
    /// </summary>
    public async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(UserId viewer, IRanker ranker, RankedCursor? cursor, int limit, long seen, CancellationToken cancellationToken)
    {
        var read = await feeds.ReadAsync(viewer, ranker, cursor, limit, seen, cancellationToken);
        if (!read.IsOk)
        {
            return read.Error;
        }

        var page = read.Value;
        var output = new ArrayBufferWriter<byte>(256 + (page.Posts.Count * 1024));
        output.Write("{\"items\":["u8);
        _ = await pages.WriteItemsAsync(output, [.. page.Posts.Select(post => post.Post)], cancellationToken);
        output.Write("],"u8);

        // The rest of the object, without its brace.
        var why = page.Posts.ToDictionary(post => post.Post.Facts.Id.ToString(), post => WhyShape.Of(ranker.Name, post.Rank, post.By));
        output.Write(JsonSerializer.SerializeToUtf8Bytes(new RankedEnd(ranker.Name, why, page.Next, page.Prev), ApiJson.Options).AsSpan(1));
        return output.WrittenMemory;
    }

    private sealed record RankedEnd(
        string Ranker, IReadOnlyDictionary<string, WhyShape> Why, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next, string Prev);
}

/// <summary>Why a post stands where it does.</summary>
/// <param name="By">How it comes into the feed: own, followee, friend, direct, tag.</param>
internal sealed record WhyShape(IReadOnlyList<string> By, double Score, IReadOnlyList<PostFactor> Factors)
{
    public static WhyShape Of(string ranker, RankedPost post, IReadOnlyList<string> by)
    {
        var ranking = PostRanking.Of(ranker, post, null);
        return new(by, ranking.Score, ranking.Factors);
    }
}
