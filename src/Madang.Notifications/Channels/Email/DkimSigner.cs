using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Madang.Notifications.Channels.Email;

/// <summary>
/// Signs messages (RFC 6376): rsa-sha256, relaxed/relaxed. ed25519-sha256 (RFC 8463) is not there, as .NET has no such key; receivers have to take rsa-sha256.
/// </summary>
/// <param name="domain">The domain that answers for the message, <c>d=</c>.</param>
/// <param name="selector">Where its key is found: <c>{selector}._domainkey.{domain}</c>.</param>
internal sealed class DkimSigner(string domain, string selector, RSA key)
{
    /// <summary>
    /// Those that are there are signed, and named once more than they are there, so that nobody can add another (§8.15). Both headers of one-click unsubscription
    /// have to be among them (RFC 8058 §4).
    /// </summary>
    private static readonly string[] s_signed =
    [
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Language", "Auto-Submitted",
        "List-Unsubscribe", "List-Unsubscribe-Post",
    ];

    // One key signs for many at once, and OpenSSL's objects are not promised to bear that.
    private readonly Lock _gate = new();

    public string Domain { get; } = domain;

    public string Selector { get; } = selector;

    /// <summary><c>p=</c> of the key's record: the public key in Base64 of its SubjectPublicKeyInfo.</summary>
    public string PublicKey { get; } = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    /// <summary>The field <c>DKIM-Signature</c>, to stand above all others.</summary>
    /// <param name="body">With CRLF, as it goes out but for the stuffed dots.</param>
    public HeaderField Sign(IReadOnlyList<HeaderField> fields, ReadOnlySpan<byte> body, DateTimeOffset at)
    {
        var there = fields.Select(field => field.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<string> names = [.. s_signed.Where(there.Contains), .. s_signed.Where(there.Contains)];
        var unsigned = new HeaderField(
            "DKIM-Signature",
            string.Create(
                CultureInfo.InvariantCulture,
                $"v=1; a=rsa-sha256; c=relaxed/relaxed; d={Domain};\r\n s={Selector}; t={at.ToUnixTimeSeconds()};\r\n h={string.Join(":\r\n  ", Rows(names))};\r\n bh={BodyHash(body)};\r\n b="));
        string signature;
        lock (_gate)
        {
            signature = Signature(key, fields, names, unsigned);
        }

        return unsigned with { Value = unsigned.Value + string.Join("\r\n  ", signature.Chunk(72).Select(line => new string(line))) };
    }

    /// <summary><c>bh=</c>: SHA-256 of the body in relaxed form (§3.4.4).</summary>
    internal static string BodyHash(ReadOnlySpan<byte> body) => Convert.ToBase64String(SHA256.HashData(Relaxed(body)));

    /// <summary><c>b=</c>.</summary>
    /// <param name="names">As <c>h=</c> lists them: a name that stands there twice means the last field of it, then the one above (§5.4.2).</param>
    /// <param name="unsigned">The field itself with an empty <c>b=</c>.</param>
    internal static string Signature(RSA key, IReadOnlyList<HeaderField> fields, IReadOnlyList<string> names, HeaderField unsigned)
    {
        var input = new StringBuilder();
        Dictionary<string, int> taken = new(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            var skip = taken.GetValueOrDefault(name);
            taken[name] = skip + 1;
            if (fields.Reverse().Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Skip(skip).Select(field => (HeaderField?)field).FirstOrDefault() is { } found)
            {
                input.Append(Relaxed(found)).Append("\r\n");
            }
        }

        // §3.7: without a line end.
        input.Append(Relaxed(unsigned));
        return Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(input.ToString()), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>§3.4.2.</summary>
    private static string Relaxed(HeaderField field)
    {
        var value = new StringBuilder(field.Value.Length);
        foreach (var letter in field.Value)
        {
            if (letter is '\r' or '\n')
            {
                continue;
            }

            if (letter is not (' ' or '\t'))
            {
                value.Append(letter);
            }
            else if (value.Length > 0 && value[^1] != ' ')
            {
                value.Append(' ');
            }
        }

        return field.Name.Trim().ToLowerInvariant() + ":" + value.ToString().TrimEnd(' ');
    }

    private static byte[] Relaxed(ReadOnlySpan<byte> body)
    {
        using var relaxed = new MemoryStream(body.Length);
        var emptyLines = 0;
        while (!body.IsEmpty)
        {
            var end = body.IndexOf("\r\n"u8);
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? [] : body[(end + 2)..];
            line = line.TrimEnd(" \t"u8);
            if (line.IsEmpty)
            {
                // Those at the end do not count.
                emptyLines++;
                continue;
            }

            for (; emptyLines > 0; emptyLines--)
            {
                relaxed.Write("\r\n"u8);
            }

            for (var i = 0; i < line.Length; i++)
            {
                if (line[i] is not ((byte)' ' or (byte)'\t'))
                {
                    relaxed.WriteByte(line[i]);
                }
                else if (i == 0 || line[i - 1] is not ((byte)' ' or (byte)'\t'))
                {
                    relaxed.WriteByte((byte)' ');
                }
            }

            relaxed.Write("\r\n"u8);
        }

        return relaxed.ToArray();
    }

    private static IEnumerable<string> Rows(IEnumerable<string> names) => names.Chunk(4).Select(some => string.Join(':', some));
}
