namespace Madang.Crawler.Parsing;

/// <summary>Bytes that HTML's grammar tells apart.</summary>
internal static class HtmlBytes
{
    public const byte Space = 1;
    public const byte Slash = 2;
    public const byte Greater = 4;
    public const byte EqualsSign = 8;

    /// <summary>Upper case and NUL: a name that holds one is not its own slice of the input.</summary>
    public const byte Folds = 16;

    public const byte Ends = Space | Slash | Greater;
    public const byte EndsAttribute = Ends | EqualsSign;

    private static readonly byte[] Table = Fill();

    public static ReadOnlySpan<byte> Classes => Table;

    /// <summary>Tab, line feed, form feed, space. (A carriage return is one only inside decoded values.)</summary>
    public static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\f';

    public static bool EndsName(byte value) => (Table[value] & Ends) != 0;

    /// <summary>Without leading and trailing white space, carriage returns included.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \n\t\f\r"u8);

    private static byte[] Fill()
    {
        var table = new byte[256];
        foreach (var space in " \n\t\f"u8)
        {
            table[space] = Space;
        }

        table['/'] = Slash;
        table['>'] = Greater;
        table['='] = EqualsSign;
        table[0] = Folds;
        for (var letter = 'A'; letter <= 'Z'; letter++)
        {
            table[letter] = Folds;
        }

        return table;
    }
}
