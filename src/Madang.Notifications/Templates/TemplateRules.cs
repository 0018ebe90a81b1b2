using Madang.Api;
using Madang.Notifications.Templates.Language;

namespace Madang.Notifications.Templates;

/// <summary>What a template may hold. Pure; everything that is wrong is said at once, each by its field and line.</summary>
internal static class TemplateRules
{
    public const int MaxName = 64;
    public const int MaxLocales = 20;
    public const int MaxDescription = 200;
    public const int MaxLine = 1_000;
    public const int MaxText = 8_000;
    public const int MaxMail = 100 * 1024;
    public const int MaxUrl = 2_048;
    public const int MaxDataFields = 50;

    /// <summary>All its texts together.</summary>
    public const int MaxTotal = 256 * 1024;

    public static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= MaxName;
    }

    /// <summary>The body in its normal form with all of its parts read, or every fault. Codes: invalid_fields.</summary>
    public static Result<(TemplateBody Body, IReadOnlyDictionary<string, CompiledParts> Parts)> Check(TemplateBody given)
    {
        var faults = new List<FieldError>();
        var parts = new Dictionary<string, TemplateParts>(StringComparer.OrdinalIgnoreCase);
        var compiled = new Dictionary<string, CompiledParts>(StringComparer.OrdinalIgnoreCase);
        if (given.Description?.Length > MaxDescription)
        {
            faults.Add(new("description", "too_long", $"description may hold {MaxDescription} characters."));
        }

        if (given.Parts is not { Count: > 0 and <= MaxLocales })
        {
            faults.Add(new("parts", given.Parts is { Count: > 0 } ? "too_long" : "required", $"parts names 1 to {MaxLocales} languages."));
            return ApiErrors.InvalidFields with { Fields = faults };
        }

        foreach (var (locale, words) in given.Parts)
        {
            if (!Locales.IsValid(locale) || words is null || !parts.TryAdd(Locales.Canonical(locale), words))
            {
                faults.Add(new($"parts.{Shown(locale)}", "invalid", "A language is named once, as ko, en or zh-Hant."));
                continue;
            }

            compiled[Locales.Canonical(locale)] = Compile(words, $"parts.{locale}", faults);
        }

        var defaultLocale = given.DefaultLocale is { Length: > 0 } named ? named : parts.Count == 1 ? parts.Keys.First() : "en";
        if (!parts.ContainsKey(defaultLocale))
        {
            faults.Add(new("default_locale", "unknown_value", "default_locale is one of the languages of parts."));
        }

        if (given.Parts.Values.Sum(Length) > MaxTotal)
        {
            faults.Add(new("parts", "too_long", $"All texts together may hold {MaxTotal} characters."));
        }

        return faults.Count > 0
            ? ApiErrors.InvalidFields with { Fields = faults }
            : (new TemplateBody(given.Description, Locales.Canonical(defaultLocale), parts), compiled);
    }

    private static CompiledParts Compile(TemplateParts words, string field, List<FieldError> faults)
    {
        var data = words.Data is null ? null : new Dictionary<string, TemplatePart>(StringComparer.Ordinal);
        if (words.Data?.Count > MaxDataFields)
        {
            faults.Add(new($"{field}.data", "too_long", $"data may hold {MaxDataFields} fields."));
        }
        else
        {
            foreach (var (name, value) in words.Data ?? new Dictionary<string, string>())
            {
                data![name] = Read(value, $"{field}.data.{Shown(name)}", MaxText, PartKind.Text, faults, required: false) ?? TemplatePart.Empty;
            }
        }

        return new()
        {
            Title = Read(words.Title, $"{field}.title", MaxLine, PartKind.Text, faults, required: true) ?? TemplatePart.Empty,
            Body = Read(words.Body, $"{field}.body", MaxText, PartKind.Text, faults, required: true) ?? TemplatePart.Empty,
            Url = Read(words.Url, $"{field}.url", MaxUrl, PartKind.Address, faults),
            Subject = Read(words.Email?.Subject, $"{field}.email.subject", MaxLine, PartKind.Text, faults),
            Html = Read(words.Email?.Html, $"{field}.email.html", MaxMail, PartKind.Html, faults),
            Text = Read(words.Email?.Text, $"{field}.email.text", MaxMail, PartKind.Text, faults),
            Sms = Read(words.Sms, $"{field}.sms", MaxText, PartKind.Text, faults),
            Data = data,
        };
    }

    private static TemplatePart? Read(string? source, string field, int max, PartKind kind, List<FieldError> faults, bool required = false)
    {
        if (source is null && !required)
        {
            return null;
        }

        var text = Text.Lines(source, field, max * 3, required);
        if (!text.IsOk)
        {
            faults.AddRange(text.Error.Fields);
            return null;
        }

        if (text.Value.Length > max)
        {
            faults.Add(new(field, "too_long", $"{field} may hold {max} characters."));
            return null;
        }

        var (part, fault) = TemplatePart.Read(text.Value, kind);
        if (fault is not null)
        {
            faults.Add(new(field, "invalid", fault));
        }

        return part;
    }

    private static int Length(TemplateParts? parts) => parts is null ? 0
        : (parts.Title?.Length ?? 0) + (parts.Body?.Length ?? 0) + (parts.Url?.Length ?? 0) + (parts.Sms?.Length ?? 0) + (parts.Email?.Subject?.Length ?? 0)
          + (parts.Email?.Html?.Length ?? 0) + (parts.Email?.Text?.Length ?? 0) + (parts.Data?.Sum(pair => pair.Key.Length + (pair.Value?.Length ?? 0)) ?? 0);

    private static string Shown(string name) => name.Length <= MaxName ? name : name[..MaxName];
}
