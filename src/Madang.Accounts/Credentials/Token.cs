using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Madang.Accounts.Credentials;

/// <summary>A bearer token: four characters that say what it is, and 32 random bytes. The database holds its SHA-256 only; with 256 random bits that needs no salt.</summary>
internal readonly record struct Token(string Text)
{
    private const int RandomBytes = 32;
    private const int Length = 4 + 43;

    public TokenDigest Digest => TokenDigest.Of(Text);

    public static Token New(CredentialKind kind) => New(kind switch
    {
        CredentialKind.Session => "mds_",
        CredentialKind.UserToken => "mdt_",
        _ => "mdk_",
    });

    /// <summary>An invite code or a setup token.</summary>
    public static Token New(string prefix)
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        return new(prefix + Base64Url.EncodeToString(random));
    }

    /// <summary>Whether it could be one of ours; anything else is refused without asking the database.</summary>
    public static bool LooksRight(ReadOnlySpan<char> text) =>
        text.Length == Length && text[..4] is "mds_" or "mdt_" or "mdk_" && Base64Url.IsValid(text[4..]);

    public override string ToString() => Text[..Math.Min(4, Text.Length)] + "…";
}

/// <summary>The SHA-256 of a token, as a value that a dictionary can hold without an allocation.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TokenDigest(long A, long B, long C, long D)
{
    public const int Size = 32;

    public static TokenDigest Of(string text)
    {
        Span<byte> digest = stackalloc byte[Size];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return MemoryMarshal.Read<TokenDigest>(digest);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        MemoryMarshal.Write(bytes, in this);
        return bytes;
    }
}
