using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Madang.Sandbox;

/// <summary>Takes a compact JWT apart and checks its signature. The same token is checked once, as thousands of requests carry it.</summary>
internal sealed class SandboxJwt(Func<byte[], byte[], JsonObject, bool> verify)
{
    private const int MaxKnown = 1_000;
    private readonly ConcurrentDictionary<string, (JsonObject Header, JsonObject Claims)?> _known = new();

    /// <summary>Null when it is no JWT, or its signature does not hold.</summary>
    public (JsonObject Header, JsonObject Claims)? Read(string token)
    {
        if (_known.TryGetValue(token, out var known))
        {
            return known;
        }

        if (_known.Count > MaxKnown)
        {
            _known.Clear();
        }

        return _known[token] = Check(token);
    }

    public static bool Es256(ECDsa key, byte[] signed, byte[] signature) =>
        key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private (JsonObject Header, JsonObject Claims)? Check(string token)
    {
        try
        {
            var parts = token.Split('.');
            if (parts.Length != 3)
            {
                return null;
            }

            var header = Json(parts[0]);
            return verify(Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]), Base64Url.DecodeFromChars(parts[2]), header) ? (header, Json(parts[1])) : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException or InvalidOperationException or CryptographicException)
        {
            return null;
        }
    }

    private static JsonObject Json(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();
}
