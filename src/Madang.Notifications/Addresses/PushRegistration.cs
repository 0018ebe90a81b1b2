using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Madang.Api;
using Madang.Outbound;

namespace Madang.Notifications.Addresses;

/// <summary>What an app says about where it can be pushed to, as it came.</summary>
internal sealed record PushClaim
{
    public string? Kind { get; init; }

    public string? Token { get; init; }

    public JsonElement? Subscription { get; init; }

    public string? Environment { get; init; }

    public string? App { get; init; }

    public string? TimeZone { get; init; }

    public string? Locale { get; init; }
}

/// <summary>The same, checked: what goes into the address book.</summary>
internal sealed record PushRegistration(AddressKind Kind, string Value, string Scope, string? TimeZone, string? Locale)
{
    private const int MaxToken = 4_096;
    private const int MinApns = 32;
    private const int MaxApns = 400;
    private const int MaxApp = 255;
    private const int MaxEndpoint = 2_000;

    /// <param name="allowsHttp">Push services without TLS are taken, for a stand-in on this machine.</param>
    public static Result<PushRegistration> Check(PushClaim claim, bool allowsHttp = false)
    {
        var faults = new List<FieldError>();
        var value = claim.Kind switch
        {
            "apns" => Take(Apns(claim.Token), faults),
            "fcm" => Take(Fcm(claim.Token), faults),
            "webpush" => Take(WebPush(claim.Subscription, allowsHttp), faults),
            _ => Take<string>(ApiErrors.Invalid("kind", claim.Kind is null ? "required" : "unknown_value", "kind is apns, fcm or webpush."), faults),
        };
        var app = claim.App is null ? "" : Take(Word(claim.App, "app"), faults);
        var environment = claim.Environment ?? "production";
        if (environment is not ("production" or "sandbox"))
        {
            faults.Add(new("environment", "unknown_value", "environment is production or sandbox."));
        }

        if (claim.Kind == "apns" && claim.App is null)
        {
            faults.Add(new("app", "required", "app is the topic: the bundle id of the app."));
        }

        var zone = claim.TimeZone is null ? null : Take(Madang.Accounts.Users.CheckTimeZone(claim.TimeZone), faults);
        var locale = claim.Locale is null ? null : Take(Madang.Accounts.Users.CheckLocale(claim.Locale), faults);
        if (faults.Count > 0)
        {
            return ApiErrors.InvalidFields with { Fields = faults };
        }

        return claim.Kind switch
        {
            "apns" => new PushRegistration(AddressKind.Apns, value!, $"{app}:{environment}", zone, locale),
            "fcm" => new PushRegistration(AddressKind.Fcm, value!, app!, zone, locale),
            _ => new PushRegistration(AddressKind.WebPush, value!, app!, zone, locale),
        };
    }

    /// <summary>Apple fixes no length.</summary>
    private static Result<string> Apns(string? token) =>
        token is not null && token.Length is >= MinApns and <= MaxApns && token.Length % 2 == 0 && token.All(char.IsAsciiHexDigit)
            ? token.ToLowerInvariant()
            : ApiErrors.Invalid("token", token is null ? "required" : "invalid", "token is the device token in hexadecimal digits.");

    private static Result<string> Fcm(string? token) =>
        token is { Length: > 0 and <= MaxToken } && token.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is ':' or '-' or '_' or '.')
            ? token
            : ApiErrors.Invalid("token", token is null ? "required" : "invalid", "token is the registration token of the app.");

    private static Result<string> Word(string text, string field) =>
        text.Length is > 0 and <= MaxApp && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_')
            ? text
            : ApiErrors.Invalid(field, "invalid", $"{field} is a name of letters, digits, dots, dashes and underscores.");

    /// <summary>The subscription as we keep it: endpoint and keys, nothing else. The key must be a point of P-256 (RFC 8291, 3.1).</summary>
    private static Result<string> WebPush(JsonElement? subscription, bool allowsHttp)
    {
        if (subscription is not { ValueKind: JsonValueKind.Object } given)
        {
            return ApiErrors.Invalid("subscription", subscription is null ? "required" : "invalid", "subscription is the object that the browser gave.");
        }

        var endpoint = String(given, "endpoint");
        if (endpoint is null || endpoint.Length > MaxEndpoint || !(endpoint.StartsWith("https://", StringComparison.Ordinal) || (allowsHttp && endpoint.StartsWith("http://", StringComparison.Ordinal))) || OutboundClient.Check(endpoint) is not null)
        {
            return ApiErrors.Invalid("subscription.endpoint", endpoint is null ? "required" : "invalid", "subscription.endpoint is an https address.");
        }

        var keys = given.TryGetProperty("keys", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        var key = keys.ValueKind == JsonValueKind.Object ? Bytes(String(keys, "p256dh"), 65) : null;
        if (key is null || !IsPoint(key))
        {
            return ApiErrors.Invalid("subscription.keys.p256dh", "invalid", "subscription.keys.p256dh is an uncompressed point of P-256 in base64url.");
        }

        var auth = Bytes(String(keys, "auth"), 16);
        return auth is null
            ? ApiErrors.Invalid("subscription.keys.auth", "invalid", "subscription.keys.auth is 16 bytes in base64url.")
            : $$$"""{"endpoint":{{{JsonSerializer.Serialize(endpoint)}}},"keys":{"p256dh":"{{{Base64Url.EncodeToString(key)}}}","auth":"{{{Base64Url.EncodeToString(auth)}}}"}}""";
    }

    private static string? String(JsonElement given, string name) =>
        given.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(string? text, int length)
    {
        // Some browsers pad, and older libraries write the other alphabet.
        var plain = text?.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return plain is { Length: <= 200 } && Base64Url.IsValid(plain) && Base64Url.GetMaxDecodedLength(plain.Length) is var most && most <= 200
            && Base64Url.DecodeFromChars(plain) is var decoded && decoded.Length == length
                ? decoded
                : null;
    }

    private static bool IsPoint(ReadOnlySpan<byte> key)
    {
        if (key[0] != 4)
        {
            return false;
        }

        try
        {
            using var point = ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = key[1..33].ToArray(), Y = key[33..].ToArray() },
            });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static T? Take<T>(Result<T> read, List<FieldError> faults)
    {
        if (read.IsOk)
        {
            return read.Value;
        }

        faults.AddRange(read.Error.Fields);
        return default;
    }
}
