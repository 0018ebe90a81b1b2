using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Madang.Sandbox.WebPush;

/// <summary>A browser's side of a push subscription, with the private key that reads what is sent to it (RFC 8291 §3, RFC 8188 §2).</summary>
public sealed class SandboxSubscription : IDisposable
{
    private const int HeaderBytes = 86;
    private const int TagBytes = 16;
    private readonly ECDiffieHellman _pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _auth = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _publicKey;

    /// <param name="applicationKey">The server's public key that it is bound to; null for any.</param>
    internal SandboxSubscription(string id, Uri endpoint, string? applicationKey)
    {
        (Id, Endpoint, ApplicationKey) = (id, endpoint, applicationKey);
        var point = _pair.ExportParameters(false).Q;
        _publicKey = [4, .. point.X!, .. point.Y!];
    }

    public string Id { get; }

    public Uri Endpoint { get; }

    public string? ApplicationKey { get; }

    /// <summary>The person took the permission back: 410 from now on.</summary>
    public bool IsGone { get; set; }

    /// <summary>As <c>JSON.stringify(subscription)</c> writes it.</summary>
    public string Json => new JsonObject
    {
        ["endpoint"] = Endpoint.AbsoluteUri,
        ["expirationTime"] = null,
        ["keys"] = new JsonObject { ["p256dh"] = Base64Url.EncodeToString(_publicKey), ["auth"] = Base64Url.EncodeToString(_auth) },
    }.ToJsonString();

    /// <summary>Null when it cannot be read with this subscription's keys.</summary>
    public byte[]? Decrypt(byte[] body)
    {
        if (body.Length < HeaderBytes + TagBytes + 1 || body[20] != 65 || BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(16)) < 18)
        {
            return null;
        }

        try
        {
            var sender = body[21..HeaderBytes];
            using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = sender[1..33], Y = sender[33..65] } });
            byte[] info = [.. "WebPush: info\0"u8, .. _publicKey, .. sender];
            var material = HKDF.DeriveKey(HashAlgorithmName.SHA256, _pair.DeriveRawSecretAgreement(theirs.PublicKey), 32, _auth, info);
            var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 16, body[..16], [.. "Content-Encoding: aes128gcm\0"u8]);
            var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 12, body[..16], [.. "Content-Encoding: nonce\0"u8]);
            var plain = new byte[body.Length - HeaderBytes - TagBytes];
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(nonce, body.AsSpan(HeaderBytes, plain.Length), body.AsSpan(HeaderBytes + plain.Length), plain);
            var end = plain.AsSpan().LastIndexOfAnyExcept((byte)0);
            return end >= 0 && plain[end] == 2 ? plain[..end] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Dispose() => _pair.Dispose();
}
