using System.Buffers;
using System.Text.Json;
using Madang.Api;
using Madang.Notifications.Audiences;
using Madang.Notifications.Categories;
using Madang.Notifications.Templates.Html;
using Madang.Outbound;

namespace Madang.Notifications.Accepting;

/// <summary>What a notification may hold. Pure: all that is wrong is said at once, each by its field.</summary>
internal static class NotificationRules
{
    public const int MaxEventId = 100;
    public const int MaxName = 64;
    public const int MaxCollapseKey = 64;
    public const int MaxTitle = 200;
    public const int MaxBodyBytes = 4_000;
    public const int MaxUrl = 2_048;
    public const int MaxMailBytes = 100 * 1024;
    public const int MaxSms = 1_600;
    public const int MaxDataBytes = 16 * 1024;
    public const int MaxDataDepth = 16;
    private static readonly SearchValues<char> NeverInMail = SearchValues.Create(" <>()[]\\,;:\"\r\n\0\t");
    public static readonly TimeSpan MaxAhead = TimeSpan.FromDays(366);
    public static readonly TimeSpan MaxTimeToLive = TimeSpan.FromDays(28);

    /// <summary>The notification in its normal form, or every fault of it.</summary>
    /// <param name="maxPeople">The most people that one send names one by one.</param>
    /// <param name="now">Cut to the millisecond.</param>
    public static Result<NewNotification> Check(NewNotification given, int maxPeople, DateTimeOffset now)
    {
        var faults = new List<FieldError>();
        if (given.EventId is { } id && !IsEventId(id))
        {
            faults.Add(new("event_id", "invalid", $"event_id is 1 to {MaxEventId} printable ASCII characters."));
        }

        if (given.CollapseKey is { } key && !IsCollapseKey(key))
        {
            faults.Add(new("collapse_key", "invalid", $"collapse_key is 1 to {MaxCollapseKey} of A–Z, a–z, 0–9, _ and -."));
        }

        if (given.SendAt > now + MaxAhead)
        {
            faults.Add(new("send_at", "out_of_range", "send_at is at most a year ahead."));
        }

        if (given.TimeToLive is { } life && (life < TimeSpan.FromSeconds(1) || life > MaxTimeToLive))
        {
            faults.Add(new("ttl", "out_of_range", $"ttl is 1 to {(long)MaxTimeToLive.TotalSeconds} seconds."));
        }

        if (given.Channels is { Count: 0 } || given.Channels?.Distinct().Count() < given.Channels?.Count)
        {
            faults.Add(new("channels", "invalid", "channels names each channel once, and at least one."));
        }

        if (given.Template is null == given.Content is null)
        {
            faults.Add(new("content", given.Content is null ? "required" : "invalid", "Either template or content says what is told."));
        }

        var content = given.Content is { } words ? Content(words, faults) : null;
        var to = To(given, maxPeople, faults);
        return faults.Count == 0 ? given with { Content = content, To = to } : ApiErrors.InvalidFields with { Fields = faults };
    }

    public static bool IsEventId(ReadOnlySpan<char> id) => id.Length is > 0 and <= MaxEventId && id.IndexOfAnyExceptInRange(' ', '~') < 0;

    public static bool IsCollapseKey(ReadOnlySpan<char> key)
    {
        foreach (var letter in key)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-'))
            {
                return false;
            }
        }

        return key.Length is > 0 and <= MaxCollapseKey;
    }

    /// <summary>As it is kept: what is left open is filled from the category.</summary>
    public static Notification AsAccepted(NewNotification given, NotificationId id, long sender, TemplateRef? template, Category category, DateTimeOffset now)
    {
        var sendAt = given.SendAt is { } at && Cut(at) > now ? Cut(at) : now;
        return new()
        {
            Id = id,
            Sender = sender,
            EventId = given.EventId,
            Category = category.Name,
            Template = template,
            Content = given.Content is null ? null : JsonSerializer.Serialize(given.Content, ApiJson.Options),
            To = given.To,
            Channels = given.Channels,
            Data = given.Data,
            CollapseKey = given.CollapseKey,
            SendAt = sendAt,
            ExpiresAt = sendAt + (given.TimeToLive ?? category.TimeToLive),
            State = NotificationState.Accepted,
        };
    }

    private static NotificationContent Content(NotificationContent words, List<FieldError> faults)
    {
        var subject = words.Email?.Subject is null ? null : Take(Text.Line(words.Email.Subject, "content.email.subject", MaxTitle), faults);
        var html = words.Email?.Html is null ? null : Take(Text.Lines(words.Email.Html, "content.email.html", MaxMailBytes), faults);
        var text = words.Email?.Text is null ? null : Take(Text.Lines(words.Email.Text, "content.email.text", MaxMailBytes), faults);
        var sms = words.Sms is null ? null : Take(Text.Lines(words.Sms, "content.sms", MaxSms * 4), faults);
        if (sms?.Length > MaxSms)
        {
            faults.Add(new("content.sms", "too_long", $"content.sms may hold {MaxSms} characters."));
        }

        if (words.Url is { } url && (url.Length > MaxUrl || !(IsPath(url) || (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "https" or "http"))))
        {
            faults.Add(new("content.url", url.Length > MaxUrl ? "too_long" : "invalid", "content.url is an address such as https://example.org/orders/7, or a path of this server such as /rooms/7."));
        }

        return new(
            Take(Text.Line(words.Title, "content.title", MaxTitle), faults) ?? "", Take(Text.Lines(words.Body, "content.body", MaxBodyBytes), faults) ?? "", words.Url,
            words.Email is null ? null : new(subject, html, text), sms);
    }

    /// <summary>Of this server's own pages: it leads there where <c>Madang:PublicUrl</c> is set.</summary>
    private static bool IsPath(string url) => url.StartsWith('/') && url.AsSpan(1) is not ['/' or '\\', ..] && HtmlText.IsAddress("https://here" + url);

    private static Recipients To(NewNotification given, int maxPeople, List<FieldError> faults)
    {
        var to = given.To;
        var ways = (to.UserIds is null ? 0 : 1) + (to.Audience is null ? 0 : 1) + (to.All ? 1 : 0) + (to.Address is null ? 0 : 1);
        if (ways != 1)
        {
            faults.Add(new("to", ways == 0 ? "required" : "invalid", "to is one of user_ids, audience, all and address."));
            return to;
        }

        if (to.UserIds is { } people)
        {
            var sorted = people.Distinct().Order().ToArray();
            if (sorted.Length == 0 || people.Count > maxPeople)
            {
                faults.Add(new("to.user_ids", sorted.Length == 0 ? "required" : "too_long", $"to.user_ids names 1 to {maxPeople} people."));
            }

            return to with { UserIds = sorted };
        }

        if (to.Audience is { } name && !AudienceName.IsValid(name))
        {
            faults.Add(new("to.audience", "invalid", AudienceName.Rule));
        }

        if (to.Address is { } address && Fault(address) is { } fault)
        {
            faults.Add(fault);
        }
        else if (to.Address is { } reached && given.Channels?.Any(channel => channel != reached.Channel) == true)
        {
            faults.Add(new("channels", "invalid", $"An address of this kind is reached by {reached.Channel.Name()} alone."));
        }

        return to;
    }

    private static FieldError? Fault(DirectAddress address) => address.Channel switch
    {
        DeliveryChannel.Email when !IsMailAddress(address.Value) => new("to.address.email", "invalid", "to.address.email is an address such as kim@example.org."),
        DeliveryChannel.Sms when !IsPhone(address.Value) => new("to.address.phone", "invalid", "to.address.phone is a number such as +821012345678."),
        DeliveryChannel.Webhook when address.Value.Length > MaxUrl || OutboundClient.Check(address.Value) is not null =>
            new("to.address.url", "invalid", "to.address.url is an address such as https://example.org/hooks."),
        _ => null,
    };

    /// <summary>What a smarthost can be asked to reach: RFC 5321's lengths, no quoted parts, no source routes, nothing that could break out of a command.</summary>
    public static bool IsMailAddress(string value)
    {
        var at = value.LastIndexOf('@');
        if (value.Length > 254 || at is < 1 or > 64 || at == value.Length - 1 || value.AsSpan().ContainsAny(NeverInMail))
        {
            return false;
        }

        var domain = value.AsSpan(at + 1);
        return value.IndexOf('@', StringComparison.Ordinal) == at && !value.Any(char.IsControl) && !value.Any(char.IsSurrogate)
            && domain[0] is not ('.' or '-') && domain[^1] is not ('.' or '-') && domain.IndexOf("..") < 0 && value[0] != '.' && value[at - 1] != '.';
    }

    /// <summary>E.164.</summary>
    public static bool IsPhone(ReadOnlySpan<char> value) =>
        value.Length is >= 8 and <= 16 && value[0] == '+' && value[1] != '0' && value[1..].IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Both engines keep milliseconds; what is read back equals what was written.</summary>
    public static DateTimeOffset Cut(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static string? Take(Result<string> read, List<FieldError> faults)
    {
        if (read.IsOk)
        {
            return read.Value;
        }

        faults.AddRange(read.Error.Fields);
        return null;
    }

}
