using System.Globalization;
using System.Text;

namespace Madang.Crawler.Parsing;

/// <summary>Character references (HTML §13.2.5.72–80 and the table of §13.5): decoded by longest match, with the fix-ups for bad numbers.</summary>
internal static class CharacterReferences
{
    /// <summary>The longest name without its semicolon, <c>CounterClockwiseContourIntegral</c>.</summary>
    private const int LongestName = 31;

    /// <summary>The longest of the 106 old names that need no semicolon.</summary>
    private const int LongestLegacy = 6;

    private const int Slots = 8192;

    /// <summary>What the bytes 0x80–0x9F of windows-1252 mean, as numeric references to them are read.</summary>
    private static ReadOnlySpan<ushort> C1 =>
    [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
    ];

    private static readonly Entry?[] Table = Read();

    /// <summary>How many names the table has: 2,231 as the standard counts, the old ones with and without semicolon.</summary>
    internal static int Count => Table.Sum(entry => entry is null ? 0 : entry.Legacy ? 2 : 1);

    /// <summary>Decodes the reference at the start of <paramref name="text"/>.</summary>
    /// <param name="text">Begins with an ampersand.</param>
    /// <param name="inAttribute">In an attribute value an old name before <c>=</c> or a letter stays as it is.</param>
    /// <param name="decoded">Where a number is written, 4 bytes at least.</param>
    /// <param name="result">UTF-8 of what it means.</param>
    /// <returns>Bytes that the reference takes; 0: it is none.</returns>
    public static int Decode(ReadOnlySpan<byte> text, bool inAttribute, Span<byte> decoded, out ReadOnlySpan<byte> result)
    {
        result = default;
        if (text.Length < 2)
        {
            return 0;
        }

        return text[1] == '#' ? Number(text, decoded, out result) : char.IsAsciiLetterOrDigit((char)text[1]) ? Name(text, inAttribute, out result) : 0;
    }

    private static int Name(ReadOnlySpan<byte> text, bool inAttribute, out ReadOnlySpan<byte> result)
    {
        result = default;
        var run = 1;
        var limit = Math.Min(text.Length - 1, LongestName + 1);
        while (run < limit && char.IsAsciiLetterOrDigit((char)text[1 + run]))
        {
            run++;
        }

        if (run <= LongestName && run + 1 < text.Length && text[run + 1] == ';' && Find(text.Slice(1, run)) is { } exact)
        {
            result = exact.Value;
            return run + 2;
        }

        for (var length = Math.Min(run, LongestLegacy); length >= 2; length--)
        {
            if (Find(text.Slice(1, length)) is not { Legacy: true } old)
            {
                continue;
            }

            var next = length + 1 < text.Length ? text[length + 1] : (byte)0;
            if (inAttribute && (next == '=' || char.IsAsciiLetterOrDigit((char)next)))
            {
                return 0;
            }

            result = old.Value;
            return length + 1;
        }

        return 0;
    }

    private static int Number(ReadOnlySpan<byte> text, Span<byte> decoded, out ReadOnlySpan<byte> result)
    {
        result = default;
        var hex = text.Length > 2 && (text[2] | 0x20) == 'x';
        var start = hex ? 3 : 2;
        var at = start;
        uint value = 0;
        for (; at < text.Length; at++)
        {
            var digit = (char)text[at];
            if (!(hex ? char.IsAsciiHexDigit(digit) : char.IsAsciiDigit(digit)))
            {
                break;
            }

            value = Math.Min((value * (hex ? 16u : 10u)) + (uint)HexValue(digit), 0x110000);
        }

        if (at == start)
        {
            return 0;
        }

        result = decoded[..Mend(value).EncodeToUtf8(decoded)];
        return at < text.Length && text[at] == ';' ? at + 1 : at;
    }

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static Rune Mend(uint value) => value switch
    {
        0 => Rune.ReplacementChar,
        >= 0x80 and <= 0x9F => new Rune((char)C1[(int)value - 0x80]),
        _ => Rune.TryCreate(value, out var rune) ? rune : Rune.ReplacementChar,
    };

    private static Entry? Find(ReadOnlySpan<byte> name)
    {
        for (var slot = Hash(name); Table[slot] is { } entry; slot = (slot + 1) % Slots)
        {
            if (name.SequenceEqual(entry.Name))
            {
                return entry;
            }
        }

        return null;
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return (int)((hash ^ (hash >> 15)) % Slots);
    }

    /// <summary>A line is <c>name[;] HEX[+HEX]</c>; the semicolon says that the name needs one.</summary>
    private static Entry?[] Read()
    {
        using var stream = typeof(CharacterReferences).Assembly.GetManifestResourceStream("Madang.Crawler.NamedReferences.txt")
            ?? throw new InvalidOperationException("The table of named character references is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var table = new Entry?[Slots];
        while (reader.ReadLine() is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var value = string.Concat(line[(space + 1)..].Split('+').Select(hex => new Rune(int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
            var name = Encoding.ASCII.GetBytes(line[..space].TrimEnd(';'));
            var slot = Hash(name);
            while (table[slot] is not null)
            {
                slot = (slot + 1) % Slots;
            }

            table[slot] = new Entry(name, Encoding.UTF8.GetBytes(value), Legacy: line[space - 1] != ';');
        }

        return table;
    }

    private sealed record Entry(byte[] Name, byte[] Value, bool Legacy);
}
