using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Madang.Api;

namespace Madang.Commands;

/// <summary>What a command answers, on standard output: a table for people, JSON for programs.</summary>
internal static class Answers
{
    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    public static void Json(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Indented));

    public static void Json(IEnumerable<JsonNode> items) => Json((object)new JsonArray([.. items.Select(item => item.DeepClone())]));

    public static void Table(string[] heads, IEnumerable<string[]> rows)
    {
        var all = new List<string[]> { heads };
        all.AddRange(rows);
        var widths = heads.Select((_, column) => all.Max(row => Width(row[column]))).ToArray();
        foreach (var row in all)
        {
            Console.Out.WriteLine(string.Join("  ", row.Select((cell, column) => cell + new string(' ', widths[column] - Width(cell)))).TrimEnd());
        }
    }

    /// <summary>The password from a pipe, or asked for twice on a terminal. Never a flag: the list of processes and the shell's history would keep it.</summary>
    public static string AskPassword()
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() is { Length: > 0 } piped ? piped : throw new CliException("no password came on standard input.", Cli.Usage);
        }

        var password = ReadHidden("Password: ");
        return password == ReadHidden("Again: ") ? password : throw new CliException("the two passwords differ.", Cli.Usage);
    }

    private static string ReadHidden(string prompt)
    {
        Console.Error.Write(prompt);
        var text = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                text.Length = Math.Max(0, text.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                text.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return text.ToString();
    }

    /// <summary>Columns on a terminal: Hangul syllables and other East Asian wide characters take two (UAX #11).</summary>
    private static int Width(string text)
    {
        var width = 0;
        for (var elements = StringInfo.GetTextElementEnumerator(text); elements.MoveNext();)
        {
            var first = char.ConvertToUtf32(elements.GetTextElement(), 0);
            width += first is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF00 and <= 0xFF60) or (>= 0x1F300 and <= 0x1FAFF) ? 2 : 1;
        }

        return width;
    }
}
