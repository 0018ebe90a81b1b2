using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Madang.Accounts.Passwords;

/// <summary>
/// The stored form of a password: <c>$pbkdf2-sha512$v=1$i=220000$SALT$HASH</c>, salt and hash in base64. PBKDF2 (RFC 8018) with HMAC-SHA-512;
/// OWASP asks for 210,000 rounds or more. The version says how the password became bytes: 1 is NFC, then UTF-8, so that a password typed in
/// decomposed Hangul (macOS) is the one typed on Windows.
/// </summary>
internal static class PasswordHash
{
    /// <summary>The least that a setting may ask for.</summary>
    public const int MinRounds = 220_000;

    private const string Head = "$pbkdf2-sha512$v=1$i=";
    private const int SaltBytes = 16;

    // One block of SHA-512: longer would cost us twice and an attacker once.
    private const int HashBytes = 64;

    public static string Create(string password, int rounds)
    {
        Span<byte> salt = stackalloc byte[SaltBytes];
        RandomNumberGenerator.Fill(salt);
        Span<byte> hash = stackalloc byte[HashBytes];
        Derive(password, salt, rounds, hash);
        return Write(rounds, salt, hash);
    }

    /// <summary>A hash that no password has, made without the work: verifying against it costs as much as against a real one.</summary>
    public static string Dummy(int rounds)
    {
        Span<byte> random = stackalloc byte[SaltBytes + HashBytes];
        RandomNumberGenerator.Fill(random);
        return Write(rounds, random[..SaltBytes], random[SaltBytes..]);
    }

    /// <exception cref="FormatException">The stored text is not ours.</exception>
    public static bool Verify(string stored, string password)
    {
        var (rounds, salt, hash) = Read(stored);
        Span<byte> derived = stackalloc byte[HashBytes];
        Derive(password, salt, rounds, derived);
        return CryptographicOperations.FixedTimeEquals(derived, hash);
    }

    public static int RoundsOf(string stored) => Read(stored).Rounds;

    private static void Derive(string password, ReadOnlySpan<byte> salt, int rounds, Span<byte> hash) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormC)), salt, hash, rounds, HashAlgorithmName.SHA512);

    private static string Write(int rounds, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Head}{rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");

    private static (int Rounds, byte[] Salt, byte[] Hash) Read(string stored)
    {
        if (stored.StartsWith(Head, StringComparison.Ordinal) && stored[Head.Length..].Split('$') is [var rounds, var salt, var hash])
        {
            var parsed = (int.Parse(rounds, CultureInfo.InvariantCulture), Convert.FromBase64String(salt), Convert.FromBase64String(hash));
            if (parsed is ( > 0, { Length: SaltBytes }, { Length: HashBytes }))
            {
                return parsed;
            }
        }

        throw new FormatException("A stored password hash is of a kind that this program does not know.");
    }
}
