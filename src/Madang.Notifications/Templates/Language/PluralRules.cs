namespace Madang.Notifications.Templates.Language;

/// <summary>Which form a number takes, by the Unicode CLDR's rules for cardinals (language plural rules, release 45), for the languages that people write templates in here.</summary>
internal static class PluralRules
{
    public static IReadOnlyList<string> Forms { get; } = ["zero", "one", "two", "few", "many", "other"];

    /// <param name="language">Two or three letters; one that is not known here is treated as English.</param>
    public static string FormOf(string language, decimal number)
    {
        var n = Math.Abs(number);
        var isWhole = n == decimal.Truncate(n);
        return language switch
        {
            "ko" or "ja" or "zh" or "vi" or "th" or "id" or "ms" or "lo" or "my" => "other",
            "fr" or "pt" or "hy" => decimal.Truncate(n) is 0 or 1 ? "one" : "other",
            "hi" or "fa" or "bn" => n is >= 0 and <= 1 ? "one" : "other",
            "tr" or "hu" or "es" or "it" or "el" or "bg" or "da" => n == 1 ? "one" : "other",
            "ru" or "uk" or "be" => !isWhole ? "other" : Slavic(n),
            "pl" => !isWhole ? "other" : n == 1 ? "one" : Slavic(n) is "few" ? "few" : "many",
            "cs" or "sk" => !isWhole ? "many" : n == 1 ? "one" : n is >= 2 and <= 4 ? "few" : "other",
            "ar" => !isWhole ? "other" : Arabic(n),
            _ => n == 1 && number.Scale == 0 ? "one" : "other",
        };
    }

    private static string Slavic(decimal n) => (n % 10, n % 100) switch
    {
        (1, not 11) => "one",
        ( >= 2 and <= 4, not (12 or 13 or 14)) => "few",
        _ => "many",
    };

    private static string Arabic(decimal n) => n switch
    {
        0 => "zero",
        1 => "one",
        2 => "two",
        _ => (n % 100) switch { >= 3 and <= 10 => "few", >= 11 => "many", _ => "other" },
    };
}
