using System.Text;
using System.Text.Json;
using Madang.Api;
using Madang.Notifications.Accepting;

namespace Madang.Notifications.Endpoints;

/// <summary>The body of <c>POST /v1/notifications</c>.</summary>
/// <param name="EventId">Your own name for it, unique among all you send; kept seven days at least. The header Idempotency-Key is an alias.</param>
/// <param name="Category">What kind of notification it is: its rules and people's preferences hold.</param>
/// <param name="Template">The name of a stored template. Or else content.</param>
/// <param name="Channels">inbox, push, email, sms, webhook; without it the category and the people decide.</param>
/// <param name="Data">An object: the variables of the template, and what the app gets beside the words. At most 16 KiB, 16 levels deep.</param>
/// <param name="SendAt">At most a year ahead; at once without it.</param>
/// <param name="Ttl">Seconds after which it is not worth sending any more, 1 to 2419200.</param>
/// <param name="CollapseKey">Of one person's notifications with the same key the newest replaces the others.</param>
internal sealed record NotificationRequest(
    string? EventId, string? Category, string? Template, NotificationContent? Content, RecipientsJson? To, IReadOnlyList<string?>? Channels, JsonElement? Data,
    DateTimeOffset? SendAt, long? Ttl, string? CollapseKey)
{
    /// <summary>In our own words, or every fault that is in the way of that.</summary>
    /// <param name="header">Idempotency-Key.</param>
    public Result<NewNotification> Read(string? header)
    {
        var faults = new List<FieldError>();
        // Some clients send the header as a structured string, in quotes (draft-ietf-httpapi-idempotency-key-header).
        var key = header is ['"', .., '"'] and { Length: > 2 } ? header[1..^1] : header;
        if (EventId is not null && key is not null && EventId != key)
        {
            faults.Add(new("event_id", "invalid", "event_id and the header Idempotency-Key differ."));
        }

        if (Category is null)
        {
            faults.Add(new("category", "required", "category says what kind of notification it is."));
        }

        if (To is null)
        {
            faults.Add(new("to", "required", "to is one of user_ids, audience, all and address."));
        }

        var channels = Channels?.Select(name => DeliveryChannels.Find(name ?? "")).ToList();
        if (channels?.Contains(null) == true)
        {
            faults.Add(new("channels", "unknown_value", "A channel is inbox, push, email, sms or webhook."));
        }

        var to = To?.Read(faults);
        var data = DataText.Read(Data, faults);
        return faults.Count > 0 || to is null || data is null
            ? ApiErrors.InvalidFields with { Fields = faults }
            : new NewNotification
            {
                EventId = EventId ?? key,
                Category = Category!,
                Template = Template,
                Content = Content is null ? null : Content with { Title = Content.Title ?? "", Body = Content.Body ?? "" },
                To = to,
                Channels = channels?.ConvertAll(channel => channel!.Value),
                Data = data,
                CollapseKey = CollapseKey,
                SendAt = SendAt,
                TimeToLive = Ttl is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue)) : null,
            };
    }
}

/// <summary>Whom it goes to: exactly one of the four.</summary>
/// <param name="UserIds">People, one by one.</param>
/// <param name="Audience">A topic or a segment.</param>
/// <param name="All">Everybody who has an account: true.</param>
internal sealed record RecipientsJson(IReadOnlyList<UserId>? UserIds, string? Audience, bool? All, AddressJson? Address)
{
    public Recipients? Read(List<FieldError> faults)
    {
        if (Address is not null && (Address.Email is null ? 0 : 1) + (Address.Phone is null ? 0 : 1) + (Address.Url is null ? 0 : 1) != 1)
        {
            faults.Add(new("to.address", "invalid", "to.address is one of email, phone and url."));
            return null;
        }

        DirectAddress? address = Address switch
        {
            null => null,
            { Email: { } mail } => new(DeliveryChannel.Email, mail.Trim()),
            { Phone: { } phone } => new(DeliveryChannel.Sms, phone.Trim()),
            _ => new(DeliveryChannel.Webhook, Address.Url!.Trim()),
        };
        return new() { UserIds = UserIds, Audience = Audience, All = All ?? false, Address = address };
    }
}

/// <summary>An address outside of every account: exactly one of the three.</summary>
internal sealed record AddressJson(string? Email, string? Phone, string? Url)
{
    public static AddressJson Of(DirectAddress address) => address.Channel switch
    {
        DeliveryChannel.Email => new(address.Value, null, null),
        DeliveryChannel.Sms => new(null, address.Value, null),
        _ => new(null, null, address.Value),
    };
}

/// <summary>The object that a sender gives, in one spelling: small enough, shallow enough, whole characters only.</summary>
internal static class DataText
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = ApiJson.Options.Encoder };

    /// <summary>The same object without white space, its texts in NFC; null, and a fault more, when it cannot be taken.</summary>
    public static string? Read(JsonElement? given, List<FieldError> faults)
    {
        if (given is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } element)
        {
            return "{}";
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new("data", "invalid", "data is an object."));
            return null;
        }

        using var text = new MemoryStream();
        try
        {
            using (var writer = new Utf8JsonWriter(text, Writing))
            {
                if (!Write(writer, element, 1))
                {
                    faults.Add(new("data", "invalid", $"data is at most {NotificationRules.MaxDataDepth} levels deep, names nothing twice and holds no NUL."));
                    return null;
                }
            }
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json says of half a surrogate pair.
            faults.Add(new("data", "invalid", "data holds half of a surrogate pair."));
            return null;
        }

        if (text.Length > NotificationRules.MaxDataBytes)
        {
            faults.Add(new("data", "too_long", $"data may hold {NotificationRules.MaxDataBytes} bytes."));
            return null;
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static bool Write(Utf8JsonWriter writer, JsonElement element, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return depth <= NotificationRules.MaxDataDepth && WriteObject(writer, element, depth);
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    if (depth >= NotificationRules.MaxDataDepth || !Write(writer, item, depth + 1))
                    {
                        return false;
                    }
                }

                writer.WriteEndArray();
                return true;
            case JsonValueKind.String:
                var text = element.GetString()!;
                writer.WriteStringValue(text.IsNormalized() ? text : text.Normalize(NormalizationForm.FormC));
                return !text.Contains('\0', StringComparison.Ordinal);
            default:
                element.WriteTo(writer);
                return true;
        }
    }

    private static bool WriteObject(Utf8JsonWriter writer, JsonElement element, int depth)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        foreach (var property in element.EnumerateObject())
        {
            var name = property.Name;
            if (!names.Add(name) || name.Contains('\0', StringComparison.Ordinal))
            {
                return false;
            }

            writer.WritePropertyName(name);
            if (!Write(writer, property.Value, depth + 1))
            {
                return false;
            }
        }

        writer.WriteEndObject();
        return true;
    }
}
