using System.Text.Json;
using Madang.Api;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Feeds.Timelines;

/// <summary>How far people have read their feeds. Marks only move forward, so devices cannot fight; the reader's other devices are told by a signal.</summary>
internal sealed class FeedMarks(ITimelineStore store, Database database, ISignals signals)
{
    /// <param name="list">A list of the reader's own, or 0 for the home feed.</param>
    public async Task<Result<FeedMark?>> OfAsync(UserId reader, long list, CancellationToken cancellationToken) =>
        list != 0 && await store.MembersAsync(reader, list, cancellationToken) is null ? ApiErrors.NotFound : await store.MarkAsync(reader, list, cancellationToken);

    /// <summary>The mark as it is afterwards.</summary>
    public async Task<Result<FeedMark>> MoveAsync(UserId reader, long list, PostId? post, CancellationToken cancellationToken)
    {
        if (post is not { } to)
        {
            return ApiErrors.Invalid("post_id", "required", "post_id is the newest post that you have read.");
        }

        if (list != 0 && await store.MembersAsync(reader, list, cancellationToken) is null)
        {
            return ApiErrors.NotFound;
        }

        var mark = await database.WriteAsync(tx => store.Mark(tx, reader, list, to), cancellationToken: cancellationToken);
        var body = JsonSerializer.SerializeToUtf8Bytes(new { PostId = mark.Post, ListId = list == 0 ? null : Id.Text(list) }, ApiJson.Options);
        signals.Send([reader], new Signal("feed.mark", Id.Text(list), body));
        return mark;
    }
}
