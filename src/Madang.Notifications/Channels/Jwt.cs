using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Notifications.Channels;

/// <summary>Signs claims in compact form (RFC 7515 §3.1), with the two algorithms that push providers ask for.</summary>
internal static class Jwt
{
    public static string Es256(ECDsa key, JsonObject header, JsonObject claims)
    {
        var words = Words(header, claims);
        return words + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(words), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    public static string Rs256(RSA key, JsonObject header, JsonObject claims)
    {
        var words = Words(header, claims);
        return words + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(words), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static string Words(JsonObject header, JsonObject claims) => Part(header) + "." + Part(claims);

    private static string Part(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
