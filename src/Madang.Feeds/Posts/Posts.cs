using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Posts;

/// <summary>Publishes posts, comments and shares, and changes them afterwards.</summary>
internal sealed class Posts(IPostStore store, Database database, PostSights sights, PostContents contents, IOptions<FeedsOptions> options)
{
    private readonly FeedsOptions _options = options.Value;

    /// <summary>For the stores: the list is not there, or not the author's.</summary>
    internal static Error NoSuchList { get; } = ApiErrors.Invalid("list_id", "unknown_value", "list_id is one of your lists.");

    /// <summary>
    /// Publishes a post. When the task completes it is on the disk and in the log that fan-out reads. The same client id again answers the first one.
    /// </summary>
    public async Task<Result<Published>> PublishAsync(UserId author, PostDraft draft, CancellationToken cancellationToken)
    {
        var text = PostRules.Check(draft, _options, needsText: true);
        return text.IsOk
            ? await WriteAsync(new(author, draft.ClientId!, text.Value, draft.Audience ?? Audience.Public, draft.List ?? 0, default, default, default, [], []), cancellationToken)
            : text.Error;
    }

    /// <summary>Many posts of one or several authors, such as a source's new entries: one group of hot writes. Each has its own answer.</summary>
    public Task<Result<Published>[]> PublishManyAsync(IReadOnlyList<(UserId Author, PostDraft Draft)> drafts, CancellationToken cancellationToken) =>
        Task.WhenAll(drafts.Select(one => PublishAsync(one.Author, one.Draft, cancellationToken)));

    /// <summary>Answers a post or a comment. Refuses <c>not_found</c> for what the author may not see, and <c>blocked</c>.</summary>
    public async Task<Result<Published>> CommentAsync(UserId author, PostId target, PostDraft draft, CancellationToken cancellationToken)
    {
        var text = PostRules.Check(draft, _options, needsText: true);
        if (!text.IsOk)
        {
            return text.Error;
        }

        if (await sights.TargetAsync(author, target, cancellationToken) is not { } parent)
        {
            return ApiErrors.NotFound;
        }

        var root = parent.Root.Value == 0 ? parent.Id : parent.Root;
        return await WriteAsync(new(author, draft.ClientId!, text.Value, Audience.Public, 0, root, parent.Id, default, [], []), cancellationToken);
    }

    /// <summary>Passes a public post on, with or without words of one's own. Without, doing it again within the window answers the first share.</summary>
    public async Task<Result<Published>> ShareAsync(UserId author, PostId target, PostDraft draft, CancellationToken cancellationToken)
    {
        var text = PostRules.Check(draft, _options, needsText: false);
        if (!text.IsOk)
        {
            return text.Error;
        }

        if (await sights.TargetAsync(author, target, cancellationToken) is not { } original)
        {
            return ApiErrors.NotFound;
        }

        return await WriteAsync(
            new(author, draft.ClientId!, text.Value, draft.Audience ?? Audience.Public, draft.List ?? 0, default, default, original.Id, [], []), cancellationToken);
    }

    /// <summary>Changes text or audience of one's own post, or the text of one's own comment. What it said before is kept.</summary>
    public async Task<Result<Post>> EditAsync(UserId author, PostId id, PostEdit edit, CancellationToken cancellationToken)
    {
        var faults = PostRules.CheckAudience(edit.Audience, edit.List).ToList();
        var text = edit.Text is null ? "" : PostRules.CheckText(edit.Text, _options, required: true);
        if (!text.IsOk || faults.Count > 0)
        {
            return ApiErrors.InvalidFields with { Fields = [.. faults, .. text.Error?.Fields ?? []] };
        }

        var mentions = await PostRules.MentionsAsync(store, author, text.Value, _options, cancellationToken);
        if (!mentions.IsOk)
        {
            return mentions.Error;
        }

        var edited = await database.WriteAsync(
            tx => Edit(tx, author, id, edit with { Text = edit.Text is null ? null : text.Value }, mentions.Value), cancellationToken: cancellationToken);
        if (edited.IsOk)
        {
            _ = contents.Put(edited.Value);
        }

        return edited;
    }

    /// <summary>Leaves a tombstone: no text, no tags, no mentions, no versions. What answered it stands on. Deleting it again is fine.</summary>
    public async Task<Result<Done>> DeleteAsync(UserId author, PostId id, CancellationToken cancellationToken)
    {
        var deleted = await database.WriteAsync<Result<Done>>(tx => Delete(tx, author, id) ? Done.Value : ApiErrors.NotFound, cancellationToken: cancellationToken);
        contents.Forget(id);
        return deleted;
    }

    /// <summary>Deletes the newest share of this post, or of what this one shares, that says nothing of its own. Nothing to take back is fine.</summary>
    public async Task UnshareAsync(UserId author, PostId target, CancellationToken cancellationToken)
    {
        var deleted = await database.WriteAsync(
            tx =>
            {
                var original = store.Lock(tx, target) is { ShareOf: { Value: not 0 } shared } ? shared : target;
                return store.ShareOf(tx, author, original) is { } share && Delete(tx, author, share) ? share : default(PostId?);
            },
            cancellationToken: cancellationToken);
        if (deleted is { } id)
        {
            contents.Forget(id);
        }
    }

    public bool OwnsList(WriteTx tx, UserId author, long list) => store.OwnsList(tx, author, list);

    /// <summary>Takes a post out of everybody else's sight, or puts it back, in the transaction of whoever decides so. False where there is none.</summary>
    public bool Hide(WriteTx tx, PostId id, bool hidden)
    {
        if (store.Lock(tx, id) is not { State: not PostState.Deleted } post)
        {
            return false;
        }

        var state = hidden ? PostState.Hidden : PostState.Live;
        if (post.State != state)
        {
            store.Update(tx, post, post with { State = state, Version = post.Version + 1 }, hidden ? PostOp.Removed : PostOp.Updated);
        }

        return true;
    }

    private bool Delete(WriteTx tx, UserId author, PostId id)
    {
        if (store.Lock(tx, id) is not { } post || post.Author != author)
        {
            return false;
        }

        if (post.State != PostState.Deleted)
        {
            store.Update(tx, post, post with { State = PostState.Deleted, Version = post.Version + 1, Text = "", Mentions = [] }, PostOp.Removed);
        }

        return true;
    }

    private Result<Post> Edit(WriteTx tx, UserId author, PostId id, PostEdit edit, IReadOnlyList<Mention> mentions)
    {
        if (store.Lock(tx, id) is not { State: not PostState.Deleted } post || post.Author != author)
        {
            return ApiErrors.NotFound;
        }

        if (edit.Version is { } version && version != post.Version)
        {
            return FeedsErrors.VersionConflict;
        }

        var faults = new List<FieldError>();
        if (edit.Audience is not null && post.IsComment)
        {
            faults.Add(new("audience", "invalid", "A comment is for whoever sees the post that it stands under."));
        }

        if (edit.Text is not null && post.IsPlainShare)
        {
            faults.Add(new("text", "invalid", "A share without words gets none afterwards; share it again."));
        }

        if (faults.Count > 0)
        {
            return ApiErrors.InvalidFields with { Fields = faults };
        }

        if (edit.Audience == Audience.List && !store.OwnsList(tx, author, edit.List!.Value))
        {
            return NoSuchList;
        }

        var after = post with
        {
            Text = edit.Text ?? post.Text,
            Mentions = edit.Text is null ? post.Mentions : mentions,
            Audience = edit.Audience ?? post.Audience,
            List = edit.Audience is null ? post.List : edit.List ?? 0,
        };
        if (after.Text == post.Text && after.Audience == post.Audience && after.List == post.List)
        {
            return post;
        }

        if (post.Version > _options.MaxEdits)
        {
            return FeedsErrors.TooManyEdits;
        }

        after = after with { Version = post.Version + 1, EditedAt = after.Text == post.Text ? post.EditedAt : tx.Now };
        store.Update(tx, post, after, PostRules.IsNarrower(post, after) ? PostOp.Removed : PostOp.Updated);
        return after;
    }

    private async Task<Result<Published>> WriteAsync(NewPost post, CancellationToken cancellationToken)
    {
        var mentions = await PostRules.MentionsAsync(store, post.Author, post.Text, _options, cancellationToken);
        if (!mentions.IsOk)
        {
            return mentions.Error;
        }

        var published = await store.PublishAsync(
            post with { Tags = PostWords.Tags(post.Text), Mentions = mentions.Value, ShareWindow = TimeSpan.FromHours(_options.ShareWindowHours) }, cancellationToken);
        if (published.IsOk)
        {
            _ = contents.Put(published.Value.Post);
        }

        return published;
    }
}
