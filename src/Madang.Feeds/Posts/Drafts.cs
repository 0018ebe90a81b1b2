using System.Text.Json.Serialization;
using Madang.Api;
using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Posts;

/// <summary>Keeps drafts, and publishes them by hand or at their time: once, whatever is repeated and whoever dies between.</summary>
internal sealed class Drafts(IDraftStore store, Posts posts, Database database, JobQueue jobs, Snowflake ids, IOptions<FeedsOptions> options)
{
    internal const string Queue = "posts.scheduled";

    private readonly FeedsOptions _options = options.Value;

    /// <summary>Refuses fields, and <c>too_many_drafts</c>.</summary>
    public Task<Result<Draft>> AddAsync(UserId owner, DraftWords words, CancellationToken cancellationToken) =>
        PutAsync(owner, null, words, cancellationToken);

    /// <summary>Puts other words, another audience or another time in its place. Refuses fields, and <c>not_found</c>.</summary>
    public Task<Result<Draft>> ReplaceAsync(UserId owner, DraftId id, DraftWords words, CancellationToken cancellationToken) =>
        PutAsync(owner, id, words, cancellationToken);

    public Task<bool> DeleteAsync(UserId owner, DraftId id, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => store.Delete(tx, owner, id), cancellationToken: cancellationToken);

    public async Task<Draft?> FindAsync(UserId owner, DraftId id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } draft && draft.Owner == owner ? draft : null;

    public async Task<Page<Draft>> ListAsync(UserId owner, PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await store.ListAsync(owner, page.After is { } before ? new(before) : null, page.Fetch, cancellationToken), draft => draft.Id.Value);

    /// <summary>Publishes it now; then it is gone. Publishing it twice at once answers the same post.</summary>
    public async Task<Result<Published>> PublishAsync(UserId owner, DraftId id, CancellationToken cancellationToken) =>
        await FindAsync(owner, id, cancellationToken) is { } draft ? await PublishAsync(draft, cancellationToken) : ApiErrors.NotFound;

    /// <summary>Its time has come. What cannot be published is kept with the reason, and its owner may mend it.</summary>
    /// <param name="at">The time that it had when this was asked for: with another one by now, another job is on its way.</param>
    internal async Task PublishDueAsync(DraftId id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } draft || draft.PublishAt != at)
        {
            return;
        }

        var published = await PublishAsync(draft, cancellationToken);
        if (published.IsOk)
        {
            return;
        }

        await database.WriteAsync(
            tx =>
            {
                if (store.Lock(tx, id) is { } now && now.PublishAt == at)
                {
                    store.Put(tx, now with { PublishAt = null, Refused = published.Error.Code }, isNew: false, _options.MaxDrafts);
                }

                return Done.Value;
            },
            cancellationToken: cancellationToken);
    }

    private async Task<Result<Published>> PublishAsync(Draft draft, CancellationToken cancellationToken)
    {
        // A crash before the draft is gone publishes again under the same client id, which answers the same post.
        var published = await posts.PublishAsync(draft.Owner, draft.Words, cancellationToken);
        if (published.IsOk)
        {
            await DeleteAsync(draft.Owner, draft.Id, cancellationToken);
        }

        return published;
    }

    private async Task<Result<Draft>> PutAsync(UserId owner, DraftId? id, DraftWords words, CancellationToken cancellationToken)
    {
        var text = Check(words);
        if (!text.IsOk)
        {
            return text.Error;
        }

        return await database.WriteAsync<Result<Draft>>(
            tx =>
            {
                var before = id is { } known ? store.Lock(tx, known) : null;
                if (id is not null && before?.Owner != owner)
                {
                    return ApiErrors.NotFound;
                }

                if (words.Audience == Audience.List && !posts.OwnsList(tx, owner, words.List!.Value))
                {
                    return Posts.NoSuchList;
                }

                if (words.PublishAt is { } at && (at <= tx.Now || at > tx.Now + TimeSpan.FromDays(_options.MaxScheduleDays)))
                {
                    return ApiErrors.Invalid("publish_at", "out_of_range", $"publish_at lies ahead, by at most {_options.MaxScheduleDays} days.");
                }

                var draft = new Draft(
                    id ?? new(ids.Next()), owner, text.Value, words.Audience ?? Audience.Public, words.List ?? 0, Cut(words.PublishAt), null, tx.Now);
                if (!store.Put(tx, draft, isNew: id is null, _options.MaxDrafts))
                {
                    return FeedsErrors.TooManyDrafts;
                }

                if (draft.PublishAt is { } time && time != before?.PublishAt)
                {
                    jobs.Enqueue(tx, NewJob.Of(Queue, new ScheduledJob(draft.Id.Value, time.ToUnixTimeMilliseconds()), DraftJson.Default.ScheduledJob) with { RunAt = time });
                }

                return draft;
            },
            cancellationToken: cancellationToken);
    }

    private Result<string> Check(DraftWords words)
    {
        // What is to be published without its author must be fit for it now.
        var text = PostRules.CheckText(words.Text, _options, required: words.PublishAt is not null);
        var faults = PostRules.CheckAudience(words.Audience, words.List).ToList();
        if (words.HasMedia)
        {
            faults.Add(new("media", "invalid", "This server takes no media yet."));
        }

        return text.IsOk && faults.Count == 0 ? text : ApiErrors.InvalidFields with { Fields = [.. text.Error?.Fields ?? [], .. faults] };
    }

    // Both engines keep milliseconds; what is read back equals what was written.
    private static DateTimeOffset? Cut(DateTimeOffset? time) => time is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()) : null;
}

/// <summary>A draft as it came in.</summary>
internal sealed record DraftWords(string? Text, Audience? Audience, long? List, DateTimeOffset? PublishAt, bool HasMedia = false);

/// <param name="At">Unix milliseconds.</param>
internal sealed record ScheduledJob(long Draft, long At);

[JsonSerializable(typeof(ScheduledJob))]
internal sealed partial class DraftJson : JsonSerializerContext;

/// <summary>Publishes drafts whose time has come.</summary>
internal sealed class ScheduledPosts(Drafts drafts) : IJobWorker
{
    public string Queue => Drafts.Queue;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        var scheduled = job.Read(DraftJson.Default.ScheduledJob);
        await drafts.PublishDueAsync(new(scheduled.Draft), DateTimeOffset.FromUnixTimeMilliseconds(scheduled.At), cancellationToken);
        return JobOutcome.Done;
    }
}
