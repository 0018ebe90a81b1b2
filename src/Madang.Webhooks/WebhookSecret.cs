using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Madang.Webhooks;

/// <summary>A signing secret in the form of the Standard Webhooks specification 1.0.0: <c>whsec_</c> and the key in Base64.</summary>
public readonly record struct WebhookSecret
{
    private const string Prefix = "whsec_";
    private const int KeyBytes = 32;

    private WebhookSecret(string text) => Text = text;

    /// <summary>Shown once, when it is made. Kept as it is, since signing needs it.</summary>
    public string Text { get; }

    public static WebhookSecret New()
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        RandomNumberGenerator.Fill(key);
        return new WebhookSecret(Prefix + Convert.ToBase64String(key));
    }

    /// <summary>24 to 64 bytes of key, as the specification wants.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out WebhookSecret secret)
    {
        secret = default;
        Span<byte> key = stackalloc byte[66];
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal) || !Convert.TryFromBase64Chars(text.AsSpan(Prefix.Length), key, out var length) || length is < 24 or > 64)
        {
            return false;
        }

        secret = new WebhookSecret(text);
        return true;
    }

    /// <summary>As it came from the store.</summary>
    public static WebhookSecret Of(string text) => new(text);

    /// <summary><c>v1,</c> and the Base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
    public string Sign(string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var key = Convert.FromBase64String(Text[Prefix.Length..]);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.")));
        mac.AppendData(body);
        return "v1," + Convert.ToBase64String(mac.GetHashAndReset());
    }

    /// <summary>Never the secret: this ends up in logs.</summary>
    public override string ToString() => Prefix + "…";
}
