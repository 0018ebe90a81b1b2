using System.Buffers.Text;
using System.Text.Json;
using Madang.Outbound;

namespace Madang.Notifications.Channels.WebPush;

/// <summary>A push subscription as a browser gives it: <c>{"endpoint","expirationTime"?,"keys":{"p256dh","auth"}}</c>, keys in base64url.</summary>
internal sealed class Subscription
{
    public const int MaxBytes = 4_096;

    private Subscription(string endpoint, Uri url, Receiver receiver)
    {
        (Endpoint, Receiver) = (endpoint, receiver);
        Origin = url.GetLeftPart(UriPartial.Authority);
    }

    public string Endpoint { get; }

    /// <summary>Scheme, host and port as RFC 6454 §6.2 writes them; what a pause or a limit of a push service holds for.</summary>
    public string Origin { get; }

    public Receiver Receiver { get; }

    /// <summary>For an address that a person gives us: null, and in <paramref name="fault"/> what is wrong, unless it can be sent to.</summary>
    /// <param name="isHttpAllowed">For a stand-in on this machine; browsers give https only.</param>
    public static Subscription? Read(string json, bool isHttpAllowed, out string fault)
    {
        fault = "not_json";
        if (json.Length > MaxBytes)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
            var root = document.RootElement;
            fault = "endpoint";
            if (root.ValueKind != JsonValueKind.Object || Word(root, "endpoint") is not { } endpoint || !Uri.TryCreate(endpoint, UriKind.Absolute, out var url)
                || !(url.Scheme == Uri.UriSchemeHttps || (isHttpAllowed && url.Scheme == Uri.UriSchemeHttp)) || OutboundClient.Check(endpoint) is not null)
            {
                return null;
            }

            fault = "keys";
            if (!root.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Object
                || Decode(Word(keys, "p256dh")) is not { } publicKey || Decode(Word(keys, "auth")) is not { } auth || Receiver.Read(publicKey, auth) is not { } receiver)
            {
                return null;
            }

            fault = "";
            return new Subscription(endpoint, url, receiver);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Word(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Some libraries pad, and some write plain base64.</summary>
    private static byte[]? Decode(string? text)
    {
        if (text is null || text.Length > 200)
        {
            return null;
        }

        try
        {
            return Base64Url.DecodeFromChars(text.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
