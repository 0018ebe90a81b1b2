using System.Text;
using System.Text.Json;
using Madang.Accounts;
using Madang.Api;
using Madang.Notifications.Channels;
using Madang.Notifications.Rendering;

namespace Madang.Notifications.Templates;

/// <param name="Locale">The reader's; absent takes the caller's own, or the template's default.</param>
/// <param name="Version">Absent for the current one.</param>
/// <param name="Parts">Words to try out instead of the stored ones.</param>
internal sealed record PreviewRequest(
    string? Locale, JsonElement? Data, string? Channel, string? TimeZone, string? DisplayName, int? Version, string? DefaultLocale, IReadOnlyDictionary<string, TemplateParts>? Parts);

/// <param name="Locale">Of the words that were chosen.</param>
internal sealed record PreviewJson(string Locale, int? Version, PushPreviewJson? Inbox, PushPreviewJson? Push, MailPreviewJson? Email, SmsPreviewJson? Sms, HookPreviewJson? Webhook);

/// <param name="SizeBytes">Title, body, address and data in UTF-8; APNs and FCM take 4,096 with their frame, Web Push 3,993.</param>
internal sealed record PushPreviewJson(string Title, string Body, string? Url, JsonElement Data, int SizeBytes);

internal sealed record MailPreviewJson(string Subject, string Text, string? Html, int SizeBytes);

/// <param name="Encoding">gsm7 (160 a message, 153 in several) or ucs2 (70, 67).</param>
/// <param name="Units">Septets, or UTF-16 units.</param>
/// <param name="Segments">Messages that are paid for.</param>
/// <param name="Left">Units that the last one still has room for.</param>
internal sealed record SmsPreviewJson(string Text, SmsEncoding Encoding, int Units, int Segments, int Left, int SizeBytes);

internal sealed record HookPreviewJson(JsonElement Body, int SizeBytes);

/// <summary>Shows a template as every channel would tell it.</summary>
internal sealed class Previews(TemplateBook book, Renderer renderer, Storage.Snowflake ids)
{
    /// <param name="reader">Whose name, language and zone are taken where the request says nothing.</param>
    /// <returns>Codes: not_found, invalid_fields, template_variable_missing, template_failed.</returns>
    public async Task<Result<PreviewJson>> ShowAsync(string name, PreviewRequest asked, User? reader, CancellationToken cancellationToken)
    {
        var faults = new List<FieldError>();
        var channel = asked.Channel is null ? null : DeliveryChannels.Find(asked.Channel);
        if (asked.Channel is not null && channel is null)
        {
            faults.Add(new("channel", "unknown_value", "A channel is inbox, push, email, sms or webhook."));
        }

        if (asked.Locale is { } locale && !Locales.IsValid(locale))
        {
            faults.Add(new("locale", "invalid", "A language is named as ko, en or zh-Hant."));
        }

        if (asked.TimeZone is { } zone && Users.CheckTimeZone(zone).Error is { } unknown)
        {
            faults.AddRange(unknown.Fields);
        }

        var data = Endpoints.DataText.Read(asked.Data, faults);
        if (faults.Count > 0 || data is null)
        {
            return ApiErrors.InvalidFields with { Fields = faults };
        }

        var found = await FindAsync(name, asked, cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var request = new RenderRequest
        {
            Id = new(ids.Next()),
            Category = Categories.BuiltInCategories.Announcement,
            Data = data,
            Channel = DeliveryChannel.Inbox,
            Locale = asked.Locale ?? reader?.Locale ?? "",
            TimeZone = asked.TimeZone ?? reader?.TimeZone,
            DisplayName = asked.DisplayName ?? reader?.DisplayName ?? "",
        };
        return Show(request, found.Value, channel is { } one ? [one] : DeliveryChannels.All);
    }

    private async Task<Result<CompiledTemplate>> FindAsync(string name, PreviewRequest asked, CancellationToken cancellationToken)
    {
        if (asked.Parts is not null)
        {
            var read = TemplateRules.Check(new(null, asked.DefaultLocale ?? "", asked.Parts));
            return read.IsOk
                ? new CompiledTemplate(new() { Name = name, Version = 0, Body = read.Value.Body, CreatedBy = 0, CreatedAt = Storage.Snowflake.Epoch }, read.Value.Parts)
                : read.Error;
        }

        if (asked.Version is not { } version)
        {
            return book.Find(name) is { } current ? current : ApiErrors.NotFound;
        }

        await book.LoadAsync([new(name, version)], cancellationToken);
        return book.Find(new(name, version)) is { } found ? found : ApiErrors.NotFound;
    }

    private Result<PreviewJson> Show(RenderRequest request, CompiledTemplate template, IReadOnlyList<DeliveryChannel> channels)
    {
        var preview = new PreviewJson(template.For(request.Locale).Locale, template.Template.Version == 0 ? null : template.Template.Version, null, null, null, null, null);
        foreach (var channel in channels)
        {
            var rendered = renderer.Render(request with { Channel = channel }, template);
            if (!rendered.IsOk)
            {
                return rendered.Error;
            }

            preview = rendered.Value switch
            {
                PushContent inbox when channel == DeliveryChannel.Inbox => preview with { Inbox = Push(inbox) },
                PushContent push => preview with { Push = Push(push) },
                EmailContent mail => preview with { Email = new(mail.Subject, mail.Text, mail.Html, Bytes(mail.Subject) + Bytes(mail.Text) + Bytes(mail.Html)) },
                SmsContent sms => preview with { Sms = Sms(sms.Text) },
                WebhookContent hook => preview with { Webhook = new(Json(hook.Json), Bytes(hook.Json)) },
                _ => preview,
            };
        }

        return preview;
    }

    private static PushPreviewJson Push(PushContent push) => new(push.Title, push.Body, push.Url, Json(push.Data), Bytes(push.Title) + Bytes(push.Body) + Bytes(push.Url) + Bytes(push.Data));

    private static SmsPreviewJson Sms(string text)
    {
        var count = SmsSegments.Count(text);
        return new(text, count.Encoding, count.Units, count.Segments, count.Left, Bytes(text));
    }

    private static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static JsonElement Json(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
