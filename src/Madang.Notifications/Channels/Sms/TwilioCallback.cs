using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Channels.Sms;

/// <summary>A status callback: proved by <c>X-Twilio-Signature</c>, and what it says.</summary>
internal static class TwilioCallback
{
    /// <summary>Base64 of HMAC-SHA1 over the address as it was called and the form's pairs, sorted by name ("Validating signatures from Twilio").</summary>
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var text = new StringBuilder(url);
        foreach (var (name, value) in form.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append(value);
        }

#pragma warning disable CA5350 // the scheme is Twilio's
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }

    public static bool IsSigned(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form, string? signature) =>
        signature is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(authToken, url, form)), Encoding.UTF8.GetBytes(signature));

    /// <summary>Null for a status that says nothing about a delivery of ours. Their order does not count: a receipt has a rank.</summary>
    public static Receipt? Read(string? status, string? errorCode, DateTimeOffset now)
    {
        int? code = int.TryParse(errorCode, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return status switch
        {
            "accepted" or "scheduled" or "queued" or "sending" or "sent" => new Receipt(ReceiptKind.Taken, now) { Code = status },
            "delivered" or "partially_delivered" => new Receipt(ReceiptKind.Delivered, now) { Code = status },
            "read" => new Receipt(ReceiptKind.Opened, now) { Code = status },
            "undelivered" or "failed" or "canceled" => new Receipt(ReceiptKind.Failed, now) { Code = $"{status} {errorCode}".TrimEnd(), Failure = TwilioClassifier.OfStatus(status, code) },
            _ => null,
        };
    }
}
