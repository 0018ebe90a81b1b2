using System.Globalization;
using System.Text.Json;

namespace Madang.Notifications.Templates.Language;

/// <summary>For whom and with what a part is rendered.</summary>
internal sealed class TemplateScene
{
    /// <summary>An object.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>Ours, before the sender's of the same name: <c>recipient</c>, <c>items</c>, <c>count</c>… Texts, decimals, dictionaries and lists of these.</summary>
    public IReadOnlyDictionary<string, object?> Own { get; init; } = System.Collections.Frozen.FrozenDictionary<string, object?>.Empty;

    public CultureInfo Culture { get; init; } = CultureInfo.InvariantCulture;

    /// <summary>Of the words, two or three letters.</summary>
    public string Language => Culture.TwoLetterISOLanguageName;

    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}
