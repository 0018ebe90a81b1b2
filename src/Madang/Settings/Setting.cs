namespace Madang.Settings;

/// <summary>One setting of Madang, as docs/configuration.md lists it.</summary>
/// <param name="Key">In configuration form: <c>Madang:Tls:Certificate</c>.</param>
/// <param name="Default">As it would be written; empty when there is none.</param>
/// <param name="Meaning">One sentence; empty for a module's options, whose doc comments hold it.</param>
/// <param name="Fault">Why a value is not acceptable; null when it is.</param>
internal sealed record Setting(string Key, string Default, string Meaning, Func<string, string?> Fault)
{
    /// <summary>May be written as a JSON array, or as one text with commas.</summary>
    public bool IsList { get; init; }

    /// <summary>Stands for every key below it, whatever people call things there: <c>Madang:Notifications:Providers:{name}:{key}</c>.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The flag of <c>madang serve</c> that sets it too.</summary>
    public string? Flag { get; init; }

    /// <summary>The option class that it is a property of, when it is a module's own.</summary>
    public Type? Owner { get; init; }

    /// <summary>Of an open one: what its keys begin with, up to the free names.</summary>
    public string Prefix => Key[..(Key.IndexOf('{', StringComparison.Ordinal) is >= 0 and var open ? open : Key.Length)];

    public string Environment => Key.ToUpperInvariant().Replace(":", "__", StringComparison.Ordinal);
}

/// <summary>A setting that stops the start, and where it was written.</summary>
internal sealed record SettingFault(string Key, string Origin, string Message)
{
    public override string ToString() => $"{Key} ({Origin}): {Message}";
}

/// <summary>What a setting is, and who said so.</summary>
/// <param name="Origin">flag --urls, environment MADANG__URLS, madang.json or default.</param>
internal sealed record SettingValue(Setting Setting, string Text, string Origin)
{
    public string Shown => Setting.IsSecret && Text.Length > 0 ? "(secret)" : WithoutPassword(Text);

    private static string WithoutPassword(string text) => string.Join(';', text.Split(';').Select(part =>
        part.TrimStart().StartsWith("Password=", StringComparison.OrdinalIgnoreCase) || part.TrimStart().StartsWith("Pwd=", StringComparison.OrdinalIgnoreCase)
            ? part[..(part.IndexOf('=', StringComparison.Ordinal) + 1)] + "(secret)"
            : part));
}
