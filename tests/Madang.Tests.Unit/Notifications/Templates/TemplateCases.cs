using System.Globalization;
using System.Text.Json;
using Madang.Notifications.Templates;
using Madang.Notifications.Templates.Language;

namespace Madang.Tests.Unit.Notifications.Templates;

/// <summary>Takes a template on the road of a stored one: uploaded, and rendered with what a sender gave.</summary>
internal static class TemplateCases
{
    /// <summary>What stands in a title or a body; and in HTML the same, where a case says so.</summary>
    public static string Text(string template, string data, PartKind kind = PartKind.Text)
    {
        var (code, text) = Take(template, data, kind);
        return code is null ? text : $"refused as {code}: {text}";
    }

    /// <summary>The code by which it is refused: invalid_fields when it is uploaded, template_… when a notification is accepted or previewed. What is told when it is not.</summary>
    public static string Refusal(string template, string data, PartKind kind = PartKind.Text)
    {
        var (code, text) = Take(template, data, kind);
        return code ?? $"told: {text}";
    }

    private static (string? Code, string Text) Take(string template, string data, PartKind kind)
    {
        var parts = kind == PartKind.Html ? new TemplateParts("t", "b", Email: new(Html: template)) : new TemplateParts("t", template);
        var uploaded = TemplateRules.Check(new(null, "en", new Dictionary<string, TemplateParts> { ["en"] = parts }));
        if (!uploaded.IsOk)
        {
            var field = Assert.Single(uploaded.Error.Fields);
            Assert.Equal((kind == PartKind.Html ? "parts.en.email.html" : "parts.en.body", "invalid"), (field.Field, field.Code));
            return (uploaded.Error.Code, field.Detail);
        }

        // Uploading takes white space from both ends, which the cases are about: they are read as they are.
        using var document = JsonDocument.Parse(data);
        var scene = new TemplateScene { Data = document.RootElement.Clone(), Culture = CultureInfo.GetCultureInfo("en-US") };
        var rendered = TemplatePart.Read(template, kind).Part!.Render(scene, 10_000);
        return rendered.IsOk ? (null, rendered.Value) : (rendered.Error.Code, rendered.Error.Detail ?? "");
    }
}
