using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Madang.Notifications.Channels.WebPush;

/// <summary>
/// Message encryption for Web Push (RFC 8291) in one record of <c>aes128gcm</c> (RFC 8188): header (salt 16, record size 4, key length 1, sender's public key 65),
/// then the ciphertext with its tag of 16.
/// </summary>
internal static class WebPushCipher
{
    public const int PublicKeyBytes = 65;
    public const int AuthBytes = 16;

    /// <summary>What fits into a body of 4,096 bytes (RFC 8291 §4): less 86 of header, 16 of tag and one delimiter.</summary>
    public const int MaxPlaintext = 3_993;

    private const int SaltBytes = 16;
    private const int TagBytes = 16;
    private const int HeaderBytes = SaltBytes + 4 + 1 + PublicKeyBytes;
    private const byte LastRecord = 2;

    /// <summary>With a key pair and a salt of its own for each message.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> plaintext, Receiver receiver)
    {
        using var sender = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Span<byte> salt = stackalloc byte[SaltBytes];
        RandomNumberGenerator.Fill(salt);
        return Encrypt(plaintext, receiver, sender, salt);
    }

    internal static byte[] Encrypt(ReadOnlySpan<byte> plaintext, Receiver receiver, ECDiffieHellman sender, ReadOnlySpan<byte> salt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, MaxPlaintext);
        var body = new byte[HeaderBytes + plaintext.Length + 1 + TagBytes];
        salt.CopyTo(body);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(SaltBytes), 4_096);
        body[SaltBytes + 4] = PublicKeyBytes;
        var senderKey = body.AsSpan(SaltBytes + 5, PublicKeyBytes);
        PublicKey(sender, senderKey);

        Span<byte> key = stackalloc byte[16];
        Span<byte> nonce = stackalloc byte[12];
        Derive(receiver, sender, senderKey, salt, key, nonce);

        var padded = body.AsSpan(HeaderBytes, plaintext.Length + 1);
        plaintext.CopyTo(padded);
        padded[^1] = LastRecord;
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, padded, padded, body.AsSpan(HeaderBytes + padded.Length));
        return body;
    }

    /// <summary>Uncompressed (SEC 1 §2.3.3).</summary>
    public static void PublicKey(ECDiffieHellman pair, Span<byte> to)
    {
        var point = pair.ExportParameters(false).Q;
        to[0] = 4;
        point.X.CopyTo(to[1..33]);
        point.Y.CopyTo(to[33..65]);
    }

    private static void Derive(Receiver receiver, ECDiffieHellman sender, ReadOnlySpan<byte> senderKey, ReadOnlySpan<byte> salt, Span<byte> key, Span<byte> nonce)
    {
        var shared = sender.DeriveRawSecretAgreement(receiver.Key);
        Span<byte> info = stackalloc byte[14 + PublicKeyBytes + PublicKeyBytes];
        "WebPush: info\0"u8.CopyTo(info);
        receiver.PublicKey.CopyTo(info[14..]);
        senderKey.CopyTo(info[(14 + PublicKeyBytes)..]);
        Span<byte> input = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, input, receiver.Auth, info);
        Span<byte> secret = stackalloc byte[32];
        HKDF.Extract(HashAlgorithmName.SHA256, input, salt, secret);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, key, "Content-Encoding: aes128gcm\0"u8);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, nonce, "Content-Encoding: nonce\0"u8);
        CryptographicOperations.ZeroMemory(shared);
    }
}

/// <summary>The browser's side of a subscription: its public key, which is a point on P-256, and the secret it shares with us.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly byte[] _publicKey;
    private readonly byte[] _auth;
    private readonly ECDiffieHellman _key;

    private Receiver(byte[] publicKey, byte[] auth, ECDiffieHellman key) => (_publicKey, _auth, _key, Key) = (publicKey, auth, key, key.PublicKey);

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public ReadOnlySpan<byte> Auth => _auth;

    public ECDiffieHellmanPublicKey Key { get; }

    /// <summary>Null when the key is no uncompressed point of the curve, or the secret not 16 bytes.</summary>
    public static Receiver? Read(byte[] publicKey, byte[] auth)
    {
        if (publicKey.Length != WebPushCipher.PublicKeyBytes || publicKey[0] != 4 || auth.Length != WebPushCipher.AuthBytes)
        {
            return null;
        }

        try
        {
            // Importing checks that the point is on the curve; one that is not would give our side of the secret away.
            var key = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = publicKey[1..33], Y = publicKey[33..65] } });
            return new Receiver(publicKey, auth, key);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Key.Dispose();
        _key.Dispose();
    }
}
