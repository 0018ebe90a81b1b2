using System.Text.Json;
using Madang.Api;
using Madang.Notifications.Channels;
using Madang.Notifications.QuietHours;
using Madang.Notifications.Templates;
using Madang.Notifications.Templates.Html;
using Madang.Notifications.Templates.Language;
using Madang.Notifications.Tracking;
using Madang.Storage;

namespace Madang.Notifications.Rendering;

/// <summary>
/// Makes what a channel is told of a notification: by its pinned template, or of the content that was given. Nothing is read or written; pinned versions are
/// brought into memory by <see cref="TemplateBook.LoadAsync(IEnumerable{TemplateRef}, CancellationToken)"/> before.
/// </summary>
/// <param name="publicUrl"><c>Madang:PublicUrl</c>, for addresses that are paths; null without one.</param>
internal sealed class Renderer(TemplateBook templates, TrackingLinks links, Uri? publicUrl)
{
    /// <summary>Of a digest's items; the rest is a number.</summary>
    public const int MaxItems = 30;

    /// <summary>Codes: template_not_found, template_variable_missing, template_failed.</summary>
    public Result<Content> Render(RenderRequest request)
    {
        var found = Find(request);
        if (!found.IsOk)
        {
            return found.Error;
        }

        return Render(request, found.Value);
    }

    /// <summary>The same with a template that need not be stored, for previews.</summary>
    public Result<Content> Render(RenderRequest request, CompiledTemplate template) => Render(request, template.For(request.Locale));

    /// <summary>Which language the words of <see cref="Render(RenderRequest)"/> are in: BCP 47, or empty for content whose language nobody said.</summary>
    public string LocaleOf(RenderRequest request) => Find(request) is { IsOk: true } found ? found.Value.Locale : "";

    /// <summary>Whether it can be told in each of its languages by each of the channels: what a sender forgot is found now and not at night. Null when all is well.</summary>
    public Error? Check(Notification notification)
    {
        IReadOnlyList<string> locales = notification.Template is { } pinned
            ? templates.Find(pinned) is { } template ? [.. template.Parts.Keys] : []
            : [""];
        if (locales.Count == 0)
        {
            return NotificationsErrors.TemplateNotFound;
        }

        foreach (var locale in locales)
        {
            foreach (var channel in notification.Channels ?? DeliveryChannels.All)
            {
                if (Render(RenderRequest.Of(notification, channel, locale) with { DisplayName = "—" }).Error is { } error)
                {
                    return error;
                }
            }
        }

        return null;
    }

    private Result<(string Locale, CompiledParts Parts)> Find(RenderRequest request)
    {
        if (request.Items is not null)
        {
            return templates.Find(BuiltInTemplates.Digest)!.For(request.Locale);
        }

        if (request.Template is not { } pinned)
        {
            return request.Content is { } content ? (request.Locale, GivenContent.Read(content)) : NotificationsErrors.TemplateNotFound;
        }

        return templates.Find(pinned) is { } template ? template.For(request.Locale) : NotificationsErrors.TemplateNotFound;
    }

    private Result<Content> Render(RenderRequest request, (string Locale, CompiledParts Parts) found)
    {
        var (locale, parts) = found;
        var unsubscribe = request.Channel == DeliveryChannel.Email ? links.Unsubscribe(request) : null;
        var own = request.Items is null ? Own(request, locale) : WithItems(request, locale);
        own["unsubscribe_url"] = unsubscribe ?? "";
        using var data = JsonDocument.Parse(request.Data);
        var scene = new TemplateScene
        {
            Data = data.RootElement,
            Own = own,
            Culture = Locales.Culture(request.Locale, locale),
            Zone = QuietClock.Zone(request.TimeZone),
        };
        var words = new Words(scene, publicUrl);
        Content content = request.Channel switch
        {
            DeliveryChannel.Inbox or DeliveryChannel.Push =>
                new PushContent(words.Line(parts.Title), words.Lines(parts.Body), words.Address(parts.Url), Data(words, parts, request.Data), request.Badge) { Token = links.Report(request) },
            DeliveryChannel.Email => Mail(request, words, parts, locale, unsubscribe),
            DeliveryChannel.Sms => new SmsContent(Sms(words, parts)),
            DeliveryChannel.Webhook => new WebhookContent(Hook(request, words, parts)),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Channel, null),
        };
        return words.Error is { } error ? error : content;
    }

    private EmailContent Mail(RenderRequest request, Words words, CompiledParts parts, string locale, string? unsubscribe)
    {
        var subject = words.Line(parts.Subject ?? parts.Title);
        var html = parts.Html is null ? null : words.Take(parts.Html, TemplateRules.MaxMail);
        if (html is null)
        {
            var (title, body, url) = (words.Line(parts.Title), words.Lines(parts.Body), words.Address(parts.Url));
            var plain = parts.Text is null ? url is null ? body : $"{body}\n\n{url}" : words.Take(parts.Text, TemplateRules.MaxMail);
            return new(subject, plain, links.Track(MailLayout.Of(title, body, url, locale, unsubscribe), request), OneClick(unsubscribe));
        }

        var text = parts.Text is null ? PlainText.Of(html) : words.Take(parts.Text, TemplateRules.MaxMail);
        return new(subject, text, links.Track(MailLayout.Wrap(html, locale), request), OneClick(unsubscribe));
    }

    /// <summary>What mail programs call by themselves must be https (RFC 8058, 3.1). Where <c>Madang:PublicUrl</c> is not, the link stands in the mail alone.</summary>
    private static string? OneClick(string? unsubscribe) => unsubscribe?.StartsWith("https://", StringComparison.Ordinal) == true ? unsubscribe : null;

    private static string Sms(Words words, CompiledParts parts)
    {
        if (parts.Sms is not null)
        {
            return words.Sms(parts.Sms);
        }

        var (title, body, url) = (words.Line(parts.Title), words.Lines(parts.Body), words.Address(parts.Url));
        var whole = body.StartsWith(title, StringComparison.Ordinal) ? body : $"{title}\n{body}";

        // The address is what a cut must not touch.
        return url is null ? TextCut.To(whole, SmsSegments.MaxLength) : $"{TextCut.To(whole, Math.Max(20, SmsSegments.MaxLength - url.Length - 1))}\n{url}";
    }

    private static string Data(Words words, CompiledParts parts, string data) => parts.Data is null
        ? data
        : JsonSerializer.Serialize(parts.Data.ToDictionary(pair => pair.Key, pair => words.Take(pair.Value, TemplateRules.MaxText)), ApiJson.Options);

    private static string Hook(RenderRequest request, Words words, CompiledParts parts)
    {
        using var data = JsonDocument.Parse(Data(words, parts, request.Data));
        return JsonSerializer.Serialize(
            new HookJson(request.Id, request.Category, words.Line(parts.Title), words.Lines(parts.Body), words.Address(parts.Url), data.RootElement, Snowflake.TimeOf(request.Id.Value)),
            ApiJson.Options);
    }

    private static Dictionary<string, object?> Own(RenderRequest request, string locale) => new(StringComparer.Ordinal)
    {
        ["recipient"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = request.DisplayName, ["locale"] = locale, ["time_zone"] = request.TimeZone ?? "UTC" },
        ["category"] = request.Category,
    };

    private Dictionary<string, object?> WithItems(RenderRequest request, string locale)
    {
        var items = new List<object?>();
        foreach (var item in request.Items!.Take(MaxItems))
        {
            // One that cannot be told any more does not silence the others.
            if (Render(RenderRequest.Of(item, DeliveryChannel.Push, request.Locale) with { DisplayName = request.DisplayName, TimeZone = request.TimeZone }) is { IsOk: true, Value: PushContent told })
            {
                items.Add(new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["title"] = told.Title,
                    ["body"] = told.Body,
                    ["url"] = told.Url,
                    ["at"] = (decimal)Snowflake.TimeOf(item.Id.Value).ToUnixTimeMilliseconds(),
                });
            }
        }

        var own = Own(request, locale);
        own["items"] = items;
        own["count"] = (decimal)request.Items!.Count;
        own["more"] = (decimal)(request.Items.Count - items.Count);
        return own;
    }

    /// <summary>What a webhook gets.</summary>
    private sealed record HookJson(NotificationId Id, string Category, string Title, string Body, string? Url, JsonElement Data, DateTimeOffset CreatedAt);
}
