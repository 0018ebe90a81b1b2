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
    private const int SecretBytes = 32;
    private const int TagBytes = 16;
    private const int HeaderBytes = SaltBytes + 4 + 1 + PublicKeyBytes;
    private const byte LastRecord = 2;

    /// <summary>With a key pair and a salt of its own for each message.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> plaintext, Receiver receiver)
    {
        Span<byte> salt = stackalloc byte[SaltBytes];
        RandomNumberGenerator.Fill(salt);
        Span<byte> senderKey = stackalloc byte[PublicKeyBytes];
        Span<byte> secret = stackalloc byte[SecretBytes];
        P256Agreement.Agree(receiver.PublicKey, senderKey, secret);
        var body = Encrypt(plaintext, receiver, senderKey, secret, salt);
        CryptographicOperations.ZeroMemory(secret);
        return body;
    }

    /// <param name="senderKey">The public key of the message's own pair, 65 bytes.</param>
    /// <param name="secret">What that pair and the receiver's key agree on, 32 bytes.</param>
    internal static byte[] Encrypt(ReadOnlySpan<byte> plaintext, Receiver receiver, ReadOnlySpan<byte> senderKey, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, MaxPlaintext);
        var body = new byte[HeaderBytes + plaintext.Length + 1 + TagBytes];
        salt.CopyTo(body);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(SaltBytes), 4_096);
        body[SaltBytes + 4] = PublicKeyBytes;
        senderKey.CopyTo(body.AsSpan(SaltBytes + 5));

        Span<byte> key = stackalloc byte[16];
        Span<byte> nonce = stackalloc byte[12];
        Derive(receiver, senderKey, secret, salt, key, nonce);

        var padded = body.AsSpan(HeaderBytes, plaintext.Length + 1);
        plaintext.CopyTo(padded);
        padded[^1] = LastRecord;
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, padded, padded, body.AsSpan(HeaderBytes + padded.Length));
        return body;
    }

    private static void Derive(Receiver receiver, ReadOnlySpan<byte> senderKey, ReadOnlySpan<byte> shared, ReadOnlySpan<byte> salt, Span<byte> key, Span<byte> nonce)
    {
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
    }
}

/// <summary>The browser's side of a subscription: its public key, which is a point on P-256, and the secret it shares with us.</summary>
internal sealed class Receiver
{
    private readonly byte[] _publicKey;
    private readonly byte[] _auth;

    private Receiver(byte[] publicKey, byte[] auth) => (_publicKey, _auth) = (publicKey, auth);

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public ReadOnlySpan<byte> Auth => _auth;

    /// <summary>Null when the key is no uncompressed point of the curve, or the secret not 16 bytes. A point beside the curve would give our side of the secret away.</summary>
    public static Receiver? Read(byte[] publicKey, byte[] auth) =>
        auth.Length == WebPushCipher.AuthBytes && P256Agreement.IsPoint(publicKey) ? new Receiver(publicKey, auth) : null;
}
