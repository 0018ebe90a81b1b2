using System.Collections.Concurrent;
using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Posts;

/// <summary>
/// Answers what is asked of every post of every page without asking the database again. Everything that changes a fact is written through this process, which
/// says so at the commit and before the write is answered: a read that begins afterwards finds nothing older here. Where other nodes write too this is not
/// used, and each page asks the rows.
/// </summary>
internal sealed class FactsInMemory : IPostFacts
{
    /// <summary>So many of a viewer's actions are kept; older ones are asked for when their posts are looked at.</summary>
    public const int MostActions = 256;

    /// <summary>So many changed authors are remembered before everything is forgotten instead.</summary>
    public const int MostAuthors = 10_000;

    // Beside the arrays: object and its place in a dictionary.
    private const int PostBytes = 176;
    private const int ViewerBytes = 160;

    private readonly ExactMemory<PostId, PostRow> _posts;
    private readonly ExactMemory<UserId, ViewerRows> _viewers;

    // When something was told of an author: rows of theirs that were read before that are not believed.
    private readonly ConcurrentDictionary<UserId, long> _authors = new();
    private readonly IPostFactRows _rows;
    private long _told;
    private volatile int _authorsTold;

    public FactsInMemory(IPostFactRows rows, Database database, IOptions<FeedsOptions> options)
    {
        _rows = rows;
        _posts = new(options.Value.FactCacheMegabytes * 1024L * 1024, static row => PostBytes + (row.Mentioned.Length == 0 ? 0 : 24 + (row.Mentioned.Length * sizeof(long))));
        _viewers = new(
            options.Value.ActionCacheMegabytes * 1024L * 1024,
            static rows => ViewerBytes + (rows.Posts.Length == 0 ? 0 : 48 + (rows.Posts.Length * 2 * sizeof(long))));
        database.OnCommit<PostChanged>(changed => _posts.Forget(changed.Facts.Id));
        database.OnCommit<ActionsChanged>(changed => _viewers.Forget(changed.User));
        database.OnCommit<EpochsRaised>(raised =>
        {
            foreach (var person in raised.People)
            {
                _viewers.Forget(person);
            }
        });
        database.OnCommit<AuthorChanged>(changed => Heard(changed.Author));
    }

    /// <summary>What is kept, in bytes.</summary>
    public long Bytes => _posts.Bytes + _viewers.Bytes;

    public async Task<PageFacts> OfAsync(UserId? viewer, IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
    {
        var posts = new PostRow?[ids.Count];
        if (Find(ids, posts) is { } missing)
        {
            await LoadAsync(ids, posts, missing, cancellationToken);
        }

        // The viewer last: whoever was shut out before one of these posts was written has another epoch by now.
        ViewerRows? rows = null;
        if (viewer is { } person)
        {
            rows = _viewers.TryGet(person, out var known) ? known : await LoadAsync(person, cancellationToken);
        }

        return rows is null || rows.Floor == 0 || !IsBelow(posts, rows.Floor)
            ? Answer(viewer, posts, rows)
            : await AnswerWithOlderAsync(viewer!.Value, posts, rows, cancellationToken);
    }

    /// <summary>Fills in what is known; where the others stand, null without any.</summary>
    private List<int>? Find(IReadOnlyList<PostId> ids, PostRow?[] posts)
    {
        List<int>? missing = null;
        for (var i = 0; i < posts.Length; i++)
        {
            if (_posts.TryGet(ids[i], out var row) && IsCurrent(row))
            {
                posts[i] = row;
            }
            else
            {
                (missing ??= []).Add(i);
            }
        }

        return missing;
    }

    private bool IsCurrent(PostRow row) => _authorsTold == 0 || !_authors.TryGetValue(row.Facts.Author, out var told) || row.ReadAt >= told;

    private async Task LoadAsync(IReadOnlyList<PostId> ids, PostRow?[] posts, List<int> missing, CancellationToken cancellationToken)
    {
        var readAt = Volatile.Read(ref _told);
        int[] turns = [.. missing.Select(i => _posts.Turn(ids[i]))];
        var rows = await _rows.PostsAsync([.. missing.Select(i => ids[i])], cancellationToken);
        for (var k = 0; k < turns.Length; k++)
        {
            // An id that nobody has may be anybody's next one: what is not there is not kept.
            if (rows[k] is { } row)
            {
                var kept = row with { ReadAt = readAt };
                posts[missing[k]] = kept;
                _posts.Keep(row.Facts.Id, kept, turns[k]);
            }
        }
    }

    private async Task<ViewerRows> LoadAsync(UserId viewer, CancellationToken cancellationToken)
    {
        var turn = _viewers.Turn(viewer);
        var rows = await _rows.ViewerAsync(viewer, MostActions, cancellationToken);
        _viewers.Keep(viewer, rows, turn);
        return rows;
    }

    private static bool IsBelow(PostRow?[] posts, long floor)
    {
        foreach (var post in posts)
        {
            if (post is not null && post.Facts.Id.Value < floor)
            {
                return true;
            }
        }

        return false;
    }

    private static PageFacts Answer(UserId? viewer, PostRow?[] posts, ViewerRows? rows)
    {
        var (facts, overlays) = (new PostFacts?[posts.Length], new Overlay[posts.Length]);
        for (var i = 0; i < posts.Length; i++)
        {
            if (posts[i] is { } post)
            {
                facts[i] = post.FactsFor(viewer);
                overlays[i] = rows is null ? default : rows.Of(post.Facts.Id);
            }
        }

        return new(rows?.Epoch ?? 0, facts, overlays);
    }

    private async Task<PageFacts> AnswerWithOlderAsync(UserId viewer, PostRow?[] posts, ViewerRows rows, CancellationToken cancellationToken)
    {
        var answer = Answer(viewer, posts, rows);
        List<int> older = [.. Enumerable.Range(0, posts.Length).Where(i => posts[i] is { } post && post.Facts.Id.Value < rows.Floor)];
        var asked = await _rows.ActionsAsync(viewer, [.. older.Select(i => posts[i]!.Facts.Id)], cancellationToken);
        for (var k = 0; k < older.Count; k++)
        {
            answer.Overlays[older[k]] = asked[k];
        }

        return answer;
    }

    /// <summary>Runs on the writer's thread.</summary>
    private void Heard(UserId author)
    {
        if (_authors.Count >= MostAuthors)
        {
            // The rows first: what is read meanwhile is not kept.
            _posts.ForgetAll();
            _authors.Clear();
        }

        _authors[author] = Interlocked.Increment(ref _told);
        _authorsTold = _authors.Count;
    }
}
