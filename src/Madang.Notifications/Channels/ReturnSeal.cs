using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Channels;

/// <summary>
/// The name under which a provider speaks of a delivery to us later (a bounce's address, a callback's path), sealed so that nobody can speak of one that they were
/// not told of: 32 letters and digits of Base32, the same in either case, as mail servers may fold it.
/// </summary>
internal sealed class ReturnSeal(byte[] key)
{
    /// <summary>What the name is for: one that was seen in a mail opens nothing else.</summary>
    public const string Mail = "mail";
    public const string Sms = "sms";
    public const string KeyFile = "returns.key";
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 32;
    private const int NameBytes = 10;
    private const int MacBytes = 10;

    public string Seal(string purpose, DeliveryId delivery, int attempt)
    {
        Span<byte> bytes = stackalloc byte[NameBytes + MacBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, delivery.Value);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], (ushort)Math.Min(attempt, ushort.MaxValue));
        Mac(purpose, bytes[..NameBytes], bytes[NameBytes..]);
        return string.Create(Length, bytes.ToArray(), static (text, from) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                var bit = i * 5;
                var pair = (from[bit / 8] << 8) | (bit / 8 + 1 < from.Length ? from[(bit / 8) + 1] : 0);
                text[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
            }
        });
    }

    public bool TryOpen(string purpose, string? text, out DeliveryId delivery, out int attempt)
    {
        (delivery, attempt) = (default, 0);
        if (text is not { Length: Length })
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[NameBytes + MacBytes];
        var (held, bits, at) = (0, 0, 0);
        foreach (var letter in text)
        {
            var digit = Alphabet.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            (held, bits) = (((held << 5) | digit) & 0xFFF, bits + 5);
            if (bits >= 8)
            {
                bits -= 8;
                bytes[at++] = (byte)(held >> bits);
            }
        }

        Span<byte> mac = stackalloc byte[MacBytes];
        Mac(purpose, bytes[..NameBytes], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[NameBytes..]))
        {
            return false;
        }

        delivery = new DeliveryId(BinaryPrimitives.ReadInt64BigEndian(bytes));
        attempt = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        return true;
    }

    /// <summary>From the setting, the same on every node; else from a file of the data folder, made at first use, for the process's user alone.</summary>
    public static ReturnSeal Of(string setting, string file)
    {
        if (setting.Length > 0)
        {
            return new ReturnSeal(SHA256.HashData(Encoding.UTF8.GetBytes(setting)));
        }

        if (!File.Exists(file))
        {
            var fresh = file + ".new";
            File.Delete(fresh);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(fresh, options))
            {
                stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)) + "\n"));
                stream.Flush(flushToDisk: true);
            }

            File.Move(fresh, file);
        }

        return new ReturnSeal(SHA256.HashData(Encoding.UTF8.GetBytes(File.ReadAllText(file).Trim())));
    }

    private void Mac(string purpose, ReadOnlySpan<byte> name, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[32];
        HMACSHA256.HashData(key, [.. Encoding.ASCII.GetBytes(purpose), 0, .. name], whole);
        whole[..MacBytes].CopyTo(mac);
    }
}
