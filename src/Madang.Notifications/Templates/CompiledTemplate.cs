using Madang.Notifications.Templates.Language;

namespace Madang.Notifications.Templates;

/// <summary>A version, read: as it is kept in memory.</summary>
internal sealed class CompiledTemplate(Template template, IReadOnlyDictionary<string, CompiledParts> parts)
{
    public Template Template => template;

    public IReadOnlyDictionary<string, CompiledParts> Parts => parts;

    /// <summary>The language that comes nearest to what is wanted, by dropping subtags from its end (RFC 4647, lookup), else the default.</summary>
    public (string Locale, CompiledParts Parts) For(string wanted)
    {
        var range = wanted;
        while (range.Length > 0)
        {
            if (parts.TryGetValue(range, out var found))
            {
                return (Locales.Canonical(range), found);
            }

            var dash = range.LastIndexOf('-');
            range = dash < 0 ? "" : range[..dash];

            // A single letter belongs to what follows it.
            range = range.Length > 1 && range[^2] == '-' ? range[..^2] : range;
        }

        return (template.Body.DefaultLocale, parts[template.Body.DefaultLocale]);
    }
}

/// <summary>The words in one language, read. Without parts of its own a channel is told title and body.</summary>
internal sealed record CompiledParts
{
    public required TemplatePart Title { get; init; }

    public required TemplatePart Body { get; init; }

    public TemplatePart? Url { get; init; }

    public TemplatePart? Subject { get; init; }

    public TemplatePart? Html { get; init; }

    public TemplatePart? Text { get; init; }

    public TemplatePart? Sms { get; init; }

    public IReadOnlyDictionary<string, TemplatePart>? Data { get; init; }
}
