using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Madang.Outbound.Names;

/// <summary>The little of the DNS wire format (RFC 1035 §4, RFC 6891) that a stub resolver needs. What comes in is hostile.</summary>
internal static class DnsMessage
{
    public const ushort A = 1;
    public const ushort Aaaa = 28;
    public const ushort Txt = 16;
    private const ushort Cname = 5;
    private const ushort Soa = 6;
    private const ushort Opt = 41;
    private const ushort Internet = 1;

    /// <summary>What we take over UDP: it passes everywhere without fragments (DNS flag day 2020).</summary>
    public const int UdpSize = 1232;

    /// <summary>Aliases of aliases, at most.</summary>
    private const int MaxAliases = 16;

    private const int MaxRecords = 512;

    /// <summary>Writes the question; returns its length. <paramref name="buffer"/> holds ≥ 300 bytes.</summary>
    public static int WriteQuery(Span<byte> buffer, ushort id, string name, ushort type)
    {
        buffer[..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        buffer[2] = 1; // recursion desired
        buffer[5] = 1; // one question
        buffer[11] = 1; // one additional record
        var at = 12;
        foreach (var label in name.Split('.'))
        {
            buffer[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, buffer[at..]);
        }

        buffer[at++] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 2)..], Internet);
        at += 4;
        buffer.Slice(at, 11).Clear(); // root name, and no options
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 1)..], Opt);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 3)..], UdpSize);
        return at + 11;
    }

    /// <summary>Whether this is the answer to that very question; anything else on the line is ignored (RFC 5452 §9.1).</summary>
    public static bool Answers(ReadOnlySpan<byte> message, ushort id, string name, ushort type)
    {
        if (message.Length < 12 || BinaryPrimitives.ReadUInt16BigEndian(message) != id || (message[2] & 0xF8) != 0x80 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        var at = 12;
        return TryName(message, ref at, out var asked) && asked == name && at + 4 <= message.Length
            && BinaryPrimitives.ReadUInt16BigEndian(message[at..]) == type && BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) == Internet;
    }

    public static bool IsTruncated(ReadOnlySpan<byte> message) => (message[2] & 2) != 0;

    /// <summary>The answer, once <see cref="Answers"/> said that it is one. Failed for SERVFAIL, REFUSED and what cannot be read.</summary>
    public static DnsAnswer Read(ReadOnlySpan<byte> message, string name, ushort type)
    {
        var code = message[3] & 0x0F;
        if (code is not (0 or 3) || !TryRecords(message, out var records))
        {
            return DnsAnswer.NotAnswered;
        }

        var ttl = uint.MaxValue;
        var owner = name;
        for (var i = 0; i < MaxAliases; i++)
        {
            var alias = records.FirstOrDefault(record => record.IsAnswer && record.Type == Cname && record.Owner == owner);
            if (alias.Target is null)
            {
                break;
            }

            owner = alias.Target;
            ttl = Math.Min(ttl, alias.Ttl);
        }

        var found = new List<IPAddress>();
        foreach (var record in records)
        {
            if (record.IsAnswer && record.Type == type && record.Owner == owner && record.Address is not null && found.Count < 32)
            {
                found.Add(record.Address);
                ttl = Math.Min(ttl, record.Ttl);
            }
        }

        if (found.Count > 0)
        {
            return new DnsAnswer(DnsVerdict.Found, [.. found], TimeSpan.FromSeconds(ttl));
        }

        // RFC 2308 §5: the zone's SOA says how long "no" holds.
        var zone = records.FirstOrDefault(record => !record.IsAnswer && record.Type == Soa);
        return DnsAnswer.Nothing(TimeSpan.FromSeconds(zone.Owner is null ? 60 : zone.Ttl));
    }

    /// <summary>The texts of a name, each with its pieces joined; empty when there are none, null when this tells nothing.</summary>
    public static IReadOnlyList<string>? ReadTexts(ReadOnlySpan<byte> message, string name)
    {
        if ((message[3] & 0x0F) is not (0 or 3) || !TryRecords(message, out var records))
        {
            return null;
        }

        var owner = name;
        for (var i = 0; i < MaxAliases && records.FirstOrDefault(record => record.IsAnswer && record.Type == Cname && record.Owner == owner).Target is { } alias; i++)
        {
            owner = alias;
        }

        return [.. records.Where(record => record.IsAnswer && record.Type == Txt && record.Owner == owner && record.Text is not null).Select(record => record.Text!)];
    }

    private static bool TryRecords(ReadOnlySpan<byte> message, out List<Record> records)
    {
        records = [];
        var answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var count = answers + BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        var at = 12;
        if (count > MaxRecords || !TryName(message, ref at, out _))
        {
            return false;
        }

        at += 4;
        for (var i = 0; i < count; i++)
        {
            if (!TryRecord(message, ref at, i < answers, out var record))
            {
                return false;
            }

            records.Add(record);
        }

        return true;
    }

    private static bool TryRecord(ReadOnlySpan<byte> message, ref int at, bool isAnswer, out Record record)
    {
        record = default;
        if (!TryName(message, ref at, out var owner) || at + 10 > message.Length)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        var kind = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
        var ttl = BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
        var start = at + 10;
        at = start + length;
        if (at > message.Length)
        {
            return false;
        }

        // RFC 2181 §8: a TTL with the highest bit set is 0.
        record = new Record(isAnswer, owner, kind == Internet ? type : (ushort)0, ttl > int.MaxValue ? 0 : ttl, null, null);
        if (kind == Internet && ((type == A && length == 4) || (type == Aaaa && length == 16)))
        {
            record = record with { Address = new IPAddress(message.Slice(start, length)) };
        }
        else if (type == Cname)
        {
            var place = start;
            if (!TryName(message, ref place, out var target))
            {
                return false;
            }

            record = record with { Target = target };
        }
        else if (type == Txt && kind == Internet)
        {
            record = record with { Text = Joined(message.Slice(start, length)) };
        }
        else if (type == Soa && length >= 22)
        {
            record = record with { Ttl = Math.Min(record.Ttl, BinaryPrimitives.ReadUInt32BigEndian(message[(at - 4)..])) };
        }

        return true;
    }

    /// <summary>Pieces of at most 255 bytes, each after its length (RFC 1035 §3.3.14).</summary>
    private static string Joined(ReadOnlySpan<byte> pieces)
    {
        var text = new StringBuilder(pieces.Length);
        while (!pieces.IsEmpty)
        {
            var length = Math.Min(pieces[0], pieces.Length - 1);
            text.Append(Encoding.Latin1.GetString(pieces.Slice(1, length)));
            pieces = pieces[(length + 1)..];
        }

        return text.ToString();
    }

    /// <summary>A name in lower case, pointers followed backwards only, so that none can go round (RFC 1035 §4.1.4).</summary>
    private static bool TryName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        name = "";
        Span<char> text = stackalloc char[256];
        var length = 0;
        var place = at;
        var lowest = at;
        var jumped = false;
        while (place < message.Length)
        {
            int label = message[place];
            if (label == 0)
            {
                at = jumped ? at : place + 1;
                name = text[..length].ToString();
                return true;
            }

            if ((label & 0xC0) == 0xC0)
            {
                if (place + 1 >= message.Length)
                {
                    return false;
                }

                var target = ((label & 0x3F) << 8) | message[place + 1];
                if (target >= lowest)
                {
                    return false;
                }

                at = jumped ? at : place + 2;
                jumped = true;
                place = lowest = target;
                continue;
            }

            if (label > 63 || place + 1 + label > message.Length || length + label + 1 > 254)
            {
                return false;
            }

            if (length > 0)
            {
                text[length++] = '.';
            }

            foreach (var letter in message.Slice(place + 1, label))
            {
                text[length++] = char.ToLowerInvariant((char)letter);
            }

            place += label + 1;
        }

        return false;
    }

    private readonly record struct Record(bool IsAnswer, string Owner, ushort Type, uint Ttl, IPAddress? Address, string? Target, string? Text = null);
}
