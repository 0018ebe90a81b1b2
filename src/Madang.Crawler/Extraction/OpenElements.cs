using Madang.Crawler.Parsing;

namespace Madang.Crawler.Extraction;

/// <summary>
/// Elements that may still be open. An end tag takes away the one element that it names and no other: tree construction leaves elements above it open
/// in many cases (formatting, tables), and a count that is too low would let a deep page through. Elements whose end tag may be left out do not
/// count; they nest only with others that do.
/// </summary>
internal ref struct OpenElements(Span<ulong> keys)
{
    private readonly Span<ulong> _keys = keys;
    private int _count;

    /// <summary>How many of them tree construction would open again in each block (HTML §13.2.4.3).</summary>
    public int Formatting { get; private set; }

    /// <summary>False when there is no room for one more.</summary>
    public bool Push(ulong key)
    {
        if (!Counts(key))
        {
            return true;
        }

        if (_count == _keys.Length)
        {
            return false;
        }

        _keys[_count++] = key;
        Formatting += IsFormatting(key) ? 1 : 0;
        return true;
    }

    public void Remove(ulong key)
    {
        var at = _keys[.._count].LastIndexOf(key);
        if (at >= 0)
        {
            _keys[(at + 1).._count].CopyTo(_keys[at..]);
            _count--;
            Formatting -= IsFormatting(key) ? 1 : 0;
        }
    }

    private static bool Counts(ulong key) => (TagTable.Of(key) & TagFacts.Void) == 0 && key is not (NameKey.P or NameKey.Li or NameKey.Dt or NameKey.Dd
        or NameKey.Option or NameKey.Tr or NameKey.Td or NameKey.Th or NameKey.Thead or NameKey.Tbody or NameKey.Tfoot);

    private static bool IsFormatting(ulong key) => key is NameKey.A or NameKey.B or NameKey.Big or NameKey.Code or NameKey.Em or NameKey.Font or NameKey.I
        or NameKey.Nobr or NameKey.S or NameKey.Small or NameKey.Strike or NameKey.Strong or NameKey.Tt or NameKey.U;
}
