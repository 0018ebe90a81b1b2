using Madang.Api;

namespace Madang.Feeds.Posts;

/// <summary>What may be published at all, whoever writes it.</summary>
internal static class PostRules
{
    /// <summary>The text as it is kept, or everything that is wrong with the draft.</summary>
    public static Result<string> Check(PostDraft draft, FeedsOptions options, bool needsText)
    {
        var text = CheckText(draft.Text, options, needsText);
        var faults = text.IsOk ? [] : new List<FieldError>(text.Error.Fields);
        if (draft.ClientId is null)
        {
            faults.Add(new("client_id", "required", "client_id, or the header Idempotency-Key, names this post for retries."));
        }
        else if (!draft.IsOurs && !ClientName.IsValid(draft.ClientId))
        {
            faults.Add(ClientName.Fault);
        }

        faults.AddRange(CheckAudience(draft.Audience, draft.List));
        if (draft.HasMedia)
        {
            faults.Add(new("media", "invalid", "This server takes no media yet."));
        }

        return faults.Count == 0 ? text.Value : ApiErrors.InvalidFields with { Fields = faults };
    }

    /// <summary>Normalised, bounded, and not more tags and names in it than may be looked up.</summary>
    public static Result<string> CheckText(string? draft, FeedsOptions options, bool required)
    {
        var text = Text.Lines(draft, "text", options.MaxTextBytes, required);
        if (!text.IsOk)
        {
            return text;
        }

        if (PostWords.Tags(text.Value).Count > options.MaxTags)
        {
            return ApiErrors.Invalid("text", "out_of_range", $"text may hold {options.MaxTags} hashtags.");
        }

        // Blanks alone say nothing.
        return text.Value.AsSpan().Trim().IsEmpty ? "" : text;
    }

    public static IEnumerable<FieldError> CheckAudience(Audience? audience, long? list)
    {
        if (audience == Audience.List && list is null or <= 0)
        {
            yield return new("list_id", "required", "The audience list needs list_id.");
        }
        else if (audience != Audience.List && list is not null)
        {
            yield return new("list_id", "invalid", "list_id goes with the audience list alone.");
        }
    }

    /// <summary>Whether somebody who saw <paramref name="before"/> may have lost it: by its audience, or named in a direct post and named no longer.</summary>
    public static bool IsNarrower(Post before, Post after) =>
        (after.Audience != Audience.Public && (before.Audience != after.Audience || before.List != after.List))
        || (after.Audience != Audience.Public && before.Mentions.Any(mention => !after.Mentions.Any(one => one.User == mention.User)));

    /// <summary>Whom the text names, each once. Names that nobody bears are text.</summary>
    public static async Task<Result<IReadOnlyList<Mention>>> MentionsAsync(
        IPostStore store, UserId author, string text, FeedsOptions options, CancellationToken cancellationToken)
    {
        var names = PostWords.Names(text);
        if (names.Count == 0)
        {
            return Array.Empty<Mention>();
        }

        var asked = names.SelectMany(readings => readings).ToHashSet(StringComparer.Ordinal);
        if (names.Select(readings => readings.Count == 0 ? null : readings[0]).Distinct(StringComparer.Ordinal).Count() > options.MaxMentions)
        {
            return ApiErrors.Invalid("text", "out_of_range", $"text may name {options.MaxMentions} people.");
        }

        var people = await store.MentionedAsync(author, asked, cancellationToken);
        var mentions = new List<Mention>();
        foreach (var readings in names)
        {
            if (readings.FirstOrDefault(people.ContainsKey) is { } name && people[name] != author && !mentions.Exists(mention => mention.User == people[name]))
            {
                mentions.Add(new(people[name], name));
            }
        }

        return mentions;
    }
}
