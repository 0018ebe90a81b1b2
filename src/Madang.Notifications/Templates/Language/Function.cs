using System.Globalization;

namespace Madang.Notifications.Templates.Language;

/// <summary>What a template can do with a value. None of them reads or changes anything but its arguments.</summary>
/// <param name="Usage">For the refusal of a wrong use, and the docs.</param>
/// <param name="Of">Null is nothing.</param>
internal sealed record Function(string Name, int Least, int Most, IReadOnlyList<string> Named, string Usage, Func<TemplateRun, Call, object?> Of)
{
    public static IReadOnlyDictionary<string, Function> All { get; } = new[]
    {
        new Function("date", 1, 2, [], "date time [\"short\"|\"long\"]", (run, call) => Time(run, call, "d", "D")),
        new Function("time", 1, 1, [], "time time", (run, call) => Time(run, call, "t", "t")),
        new Function("datetime", 1, 2, [], "datetime time [\"short\"|\"long\"]", (run, call) => Time(run, call, "g", "f")),
        new Function("number", 1, 2, [], "number n [decimals]", Number),
        new Function("plural", 1, 3, [.. PluralRules.Forms], "plural n \"item\" \"items\", or plural n one=\"…\" other=\"…\"", Plural),
        new Function("josa", 2, 2, [], "josa name \"은/는\"", Josa),
        new Function("truncate", 2, 2, [], "truncate text length", Truncate),
        new Function("count", 1, 1, [], "count list", (run, call) => Count(run.Given(call.Arguments[0]))),
        new Function("default", 2, 2, [], "default value \"otherwise\"", (run, call) => run.Value(call.Arguments[0]) is { } value && value != TemplateRun.Missing && value is not "" ? value : run.Value(call.Arguments[1])),
        new Function("lookup", 2, 2, [], "lookup list index", (run, call) => TemplateRun.Member(run.Value(call.Arguments[0]), TemplateRun.AsText(run.Given(call.Arguments[1])))),
        new Function("eq", 2, 2, [], "eq a b", (run, call) => IsSame(run.Value(call.Arguments[0]), run.Value(call.Arguments[1]))),
        new Function("gt", 2, 2, [], "gt a b", (run, call) => AsNumber(run.Given(call.Arguments[0])) > AsNumber(run.Given(call.Arguments[1]))),
        new Function("not", 1, 1, [], "not a", (run, call) => !TemplateRun.IsTrue(run.Value(call.Arguments[0]))),
        new Function("and", 2, 8, [], "and a b", (run, call) => call.Arguments.All(argument => TemplateRun.IsTrue(run.Value(argument)))),
        new Function("or", 2, 8, [], "or a b", (run, call) => call.Arguments.Any(argument => TemplateRun.IsTrue(run.Value(argument)))),
    }.ToDictionary(function => function.Name, StringComparer.Ordinal);

    public bool Takes(int count, IEnumerable<string> named) => count >= Least && count <= Most && named.All(Named.Contains);

    private static string Time(TemplateRun run, Call call, string shortForm, string longForm)
    {
        var given = run.Given(call.Arguments[0]);
        var at = given switch
        {
            decimal milliseconds when milliseconds is >= -62_135_596_800_000m and <= 253_402_300_799_999m => DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds),
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read) => read,
            _ => throw new TemplateFault($"{call.Function.Name} needs a time such as 2026-01-31T09:00:00Z."),
        };
        var style = call.Arguments.Count > 1 ? run.Value(call.Arguments[1]) as string : "long";
        var form = style switch { "short" => shortForm, "long" => longForm, _ => throw new TemplateFault($"{call.Function.Name} is short or long.") };
        return TimeZoneInfo.ConvertTime(at, run.Scene.Zone).ToString(form, run.Scene.Culture);
    }

    private static string Number(TemplateRun run, Call call)
    {
        var number = AsNumber(run.Given(call.Arguments[0]));
        var places = call.Arguments.Count > 1 ? AsNumber(run.Given(call.Arguments[1])) : (decimal)(number.Scale > 6 ? 6 : number.Scale);
        return places is >= 0 and <= 9 && places == decimal.Truncate(places)
            ? number.ToString("N" + ((int)places).ToString(CultureInfo.InvariantCulture), run.Scene.Culture)
            : throw new TemplateFault("number takes 0 to 9 decimals.");
    }

    private static object? Plural(TemplateRun run, Call call)
    {
        var number = AsNumber(run.Given(call.Arguments[0]));
        var form = PluralRules.FormOf(run.Scene.Language, number);
        if (number == 0 && call.Named.TryGetValue("zero", out var zero))
        {
            return run.Value(zero);
        }

        if (call.Named.TryGetValue(form, out var named) || call.Named.TryGetValue("other", out named))
        {
            return run.Value(named);
        }

        return call.Arguments.Count < 2 ? throw new TemplateFault($"plural is used as {call.Function.Usage}.")
            : run.Value(form == "one" || call.Arguments.Count == 2 ? call.Arguments[1] : call.Arguments[2]);
    }

    private static string Josa(TemplateRun run, Call call)
    {
        var text = TemplateRun.AsText(run.Given(call.Arguments[0]));
        run.Charge(text.Length);
        return text + (Language.Josa.After(text, TemplateRun.AsText(run.Given(call.Arguments[1]))) ?? throw new TemplateFault($"josa takes one of {string.Join(", ", Language.Josa.Pairs)}."));
    }

    private static string Truncate(TemplateRun run, Call call)
    {
        var text = TemplateRun.AsText(run.Given(call.Arguments[0]));
        run.Charge(text.Length * 8);
        var most = AsNumber(run.Given(call.Arguments[1]));
        return most is >= 1 and <= 10_000 ? TextCut.To(text, (int)most) : throw new TemplateFault("truncate takes a length of 1 to 10000.");
    }

    private static decimal Count(object value) => value switch
    {
        System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.Array } list => list.GetArrayLength(),
        IReadOnlyList<object?> list => list.Count,
        _ => throw new TemplateFault("count takes a list."),
    };

    private static bool IsSame(object? a, object? b) => a is decimal or string or bool
        ? b is decimal or string or bool && TemplateRun.AsText(a) == TemplateRun.AsText(b)
        : a == b || (!TemplateRun.IsTrue(a) && b is null);

    private static decimal AsNumber(object value) => value switch
    {
        decimal number => number,
        string text when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new TemplateFault("A number is needed."),
    };
}
