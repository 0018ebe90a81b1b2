using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Feeds.Posts;
using Madang.Notifications;

namespace Madang.Feeds.Telling;

/// <summary>What is to be said, to somebody who may hear it.</summary>
internal sealed record ToldWords(NotificationContent Content, PostId Item, IReadOnlyList<UserId> Actors, int Count);

/// <summary>Decides what of a due telling its reader may hear now, and says it.</summary>
internal sealed class TellingSight(PostSights sights, Graphs graphs, IPostStore posts, Users users, PublicPages pages)
{
    private const int NamedInData = 5;

    /// <summary>Null when nothing of it is for this reader.</summary>
    public async Task<ToldWords?> WordsAsync(DueTelling due, CancellationToken cancellationToken)
    {
        var key = due.Telling.Key;
        var about = key.Kind == TellingKind.Follow ? default : new PostId(key.Subject);
        PostId[] asked = [.. due.Actors.Select(actor => actor.Item).Append(about).Where(id => id.Value != 0).Distinct()];
        // First the posts: they bring the reader's epoch along, so that the graph after them is of now.
        var seen = (await sights.OfAsync(key.To, asked, cancellationToken)).OfType<SeenPost>().Where(post => post.IsVisible)
            .ToDictionary(post => post.Facts.Id);
        var graph = await graphs.OfAsync(key.To, cancellationToken);
        var people = await users.FindAsync([.. due.Actors.Select(actor => actor.User).Append(key.To).Distinct()], cancellationToken);
        if (people.GetValueOrDefault(key.To) is not { Disabled: false } reader || (about.Value != 0 && !seen.ContainsKey(about)))
        {
            return null;
        }

        var actors = due.Actors.Where(actor =>
            actor.User != key.To && people.GetValueOrDefault(actor.User) is { Disabled: false } && !ViewerGraph.Holds(graph.Blocked, actor.User.Value)
            && !ViewerGraph.Holds(graph.Muted, actor.User.Value) && (actor.Item.Value == 0 || seen.ContainsKey(actor.Item))).ToList();
        if (actors.Count == 0)
        {
            return null;
        }

        var shown = actors[0].Item.Value == 0 ? about : actors[0].Item;
        var count = due.Count - (due.Actors.Count - actors.Count);
        var content = TellingWords.Of(
            key.Kind, reader.Locale, people[actors[0].User].DisplayName, count - 1, await TextAsync(shown, about, cancellationToken), pages.Of(shown));
        return new(content, actors[0].Item, [.. actors.Take(NamedInData).Select(actor => actor.User)], count);
    }

    /// <summary>What was written, or for a share without words what it passes on.</summary>
    private async Task<string> TextAsync(PostId shown, PostId about, CancellationToken cancellationToken)
    {
        if (shown.Value == 0)
        {
            return "";
        }

        var found = await posts.FindAsync([shown, about], cancellationToken);
        return found[0] is { Text.Length: > 0 } own ? own.Text : found[1]?.Text ?? "";
    }
}

/// <summary>Where posts are read.</summary>
/// <param name="Root"><c>Madang:PublicUrl</c>; null when it is not set, and then nothing leads anywhere.</param>
internal sealed record PublicPages(Uri? Root)
{
    public string? Of(PostId post) => Root is null || post.Value == 0 ? null : new Uri(Root, $"/posts/{post}").ToString();
}
