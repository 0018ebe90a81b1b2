namespace Madang.Notifications.Templates;

/// <summary>One version of a stored template. Never changed: what was accepted with it is sent with it.</summary>
internal sealed record Template
{
    public required string Name { get; init; }

    /// <summary>From 1; 0 for a built-in one.</summary>
    public required int Version { get; init; }

    public required TemplateBody Body { get; init; }

    /// <summary>The person or the key that wrote it; -1 for this program.</summary>
    public required long CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public TemplateRef Ref => new(Name, Version);
}

/// <summary>What an author writes, on the wire and as it is stored.</summary>
/// <param name="Description">For people who choose a template; at most 200 characters.</param>
/// <param name="DefaultLocale">For whoever reads none of the languages; one of <paramref name="Parts"/>.</param>
/// <param name="Parts">By BCP 47 language: <c>ko</c>, <c>en</c>, <c>zh-Hant</c>.</param>
internal sealed record TemplateBody(string? Description, string DefaultLocale, IReadOnlyDictionary<string, TemplateParts> Parts);

/// <summary>The words in one language. Every text is a template of its own; what is absent is made of title and body.</summary>
/// <param name="Title">For push and inbox; the subject of a mail that has none.</param>
/// <param name="Url">Where a tap leads to; a path within this server's own pages, or an address.</param>
/// <param name="Data">For the app, instead of the notification's own data: a flat object of texts.</param>
internal sealed record TemplateParts(
    string? Title, string? Body, string? Url = null, EmailParts? Email = null, string? Sms = null, IReadOnlyDictionary<string, string>? Data = null);

/// <param name="Text">Made of the HTML when it is absent.</param>
internal sealed record EmailParts(string? Subject = null, string? Html = null, string? Text = null);
