using System.Globalization;

namespace Madang.Crawler.Urls;

/// <summary>What a valid code point is for the checks of UTS #46.</summary>
[Flags]
internal enum IdnaTraits : ushort
{
    None = 0,
    Valid = 1,
    LeftToRight = 2,
    RightToLeft = 4,
    EuropeanNumber = 8,
    ArabicNumber = 16,
    NonSpacing = 32,
    Neutral = 64,
    JoinsNext = 128,
    JoinsPrevious = 256,
    Transparent = 512,
    Mark = 1024,
    Virama = 2048,
    Mapped = 4096,
    Ignored = 8192,
}

/// <summary>idna-mapping.txt in memory: read at the first name that needs it.</summary>
internal sealed class IdnaTable
{
    public static readonly IdnaTable Current = Load();

    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly IdnaTraits[] _traits;
    private readonly string?[] _mappings;

    private IdnaTable(List<(int Start, int End, IdnaTraits Traits, string? Mapping)> rows)
    {
        _starts = [.. rows.Select(row => row.Start)];
        _ends = [.. rows.Select(row => row.End)];
        _traits = [.. rows.Select(row => row.Traits)];
        _mappings = [.. rows.Select(row => row.Mapping)];
    }

    public IdnaTraits this[int scalar] => Row(scalar) is >= 0 and var row ? _traits[row] : IdnaTraits.None;

    public IdnaTraits Find(int scalar, out string? mapping)
    {
        var row = Row(scalar);
        mapping = row < 0 ? null : _mappings[row];
        return row < 0 ? IdnaTraits.None : _traits[row];
    }

    private int Row(int scalar)
    {
        var row = Array.BinarySearch(_starts, scalar);
        row = row < 0 ? ~row - 1 : row;
        return row >= 0 && scalar <= _ends[row] ? row : -1;
    }

    private static IdnaTable Load()
    {
        using var stream = typeof(IdnaTable).Assembly.GetManifestResourceStream("idna-mapping.txt")!;
        using var reader = new StreamReader(stream);
        var rows = new List<(int, int, IdnaTraits, string?)>(10_000);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            var range = blank < 0 ? line : line[..blank];
            var rest = blank < 0 ? "" : line[(blank + 1)..];
            var hyphen = range.IndexOf('-', StringComparison.Ordinal);
            var start = Number(hyphen < 0 ? range : range[..hyphen]);
            var end = hyphen < 0 ? start : Number(range[(hyphen + 1)..]);
            var mapping = rest.StartsWith('=') ? string.Concat(rest[1..].Split(' ').Select(scalar => char.ConvertFromUtf32(Number(scalar)))) : null;
            rows.Add((start, end, mapping is not null ? IdnaTraits.Mapped : rest.Length == 0 ? IdnaTraits.Ignored : Traits(rest), mapping));
        }

        return new IdnaTable(rows);
    }

    private static int Number(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static IdnaTraits Traits(string letters) => letters.Aggregate(IdnaTraits.Valid, (traits, letter) => traits | letter switch
    {
        'L' => IdnaTraits.LeftToRight,
        'R' => IdnaTraits.RightToLeft,
        'E' => IdnaTraits.EuropeanNumber,
        'A' => IdnaTraits.ArabicNumber,
        'N' => IdnaTraits.NonSpacing,
        'O' => IdnaTraits.Neutral,
        '<' => IdnaTraits.JoinsNext,
        '>' => IdnaTraits.JoinsPrevious,
        't' => IdnaTraits.Transparent,
        'm' => IdnaTraits.Mark,
        'v' => IdnaTraits.Virama,
        _ => IdnaTraits.None,
    });
}
