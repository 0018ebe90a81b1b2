using System.Globalization;
using System.Text.Json;
using Madang.Notifications.Templates.Language;

namespace Madang.Tests.Unit.Notifications.Templates;

/// <summary>
/// Generated templates over one object, with what Handlebars itself (npm handlebars 4.7.10, strict) said of each: paths, blocks in blocks, chains, sections, lookups,
/// comments and white space with and without <c>~</c>, some as HTML; and damaged ones, which it could not read. Left out is what ADR 9 names as different.
/// </summary>
public sealed class HandlebarsGeneratedTests
{
    [Fact]
    public void Each_says_what_handlebars_said_or_is_refused_where_it_was()
    {
        using var stream = typeof(HandlebarsGeneratedTests).Assembly.GetManifestResourceStream("handlebars-4.7.10.jsonl")!;
        using var reader = new StreamReader(stream);
        using var data = JsonDocument.Parse(reader.ReadLine()!);
        var scene = new TemplateScene { Data = data.RootElement, Culture = CultureInfo.GetCultureInfo("en-US") };
        var (told, refused, faults) = (0, 0, new List<string>());
        while (reader.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            var template = row.RootElement[1].GetString()!;
            var expected = row.RootElement[2].GetString();
            var (part, fault) = TemplatePart.Read(template, row.RootElement[0].GetString() == "h" ? PartKind.Html : PartKind.Text);
            var ours = part?.Render(scene, 100_000);
            var text = ours is { IsOk: true } ? ours.Value.Value : null;
            (told, refused) = (told + (text is null ? 0 : 1), refused + (text is null ? 1 : 0));
            if (text != expected)
            {
                faults.Add($"{JsonSerializer.Serialize(template)} says {JsonSerializer.Serialize(expected)}, not {JsonSerializer.Serialize(text ?? fault ?? ours?.Error?.Detail)}");
            }
        }

        Assert.Empty(faults);
        Assert.True(told > 400 && refused > 200, $"{told} told, {refused} refused.");
    }
}
