using System.Numerics;

namespace Madang.Crawler.Parsing;

/// <summary>The words of a text, one after the other: 32 bytes are looked at once for all the words in them.</summary>
internal ref struct WordScan(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;

    // Where the 32 bytes begin, and a bit for each byte of them that belongs to a word still to come.
    private int _at = -WordBytes.Width;
    private uint _mask;

    public bool Next(out int start, out int length)
    {
        while (_mask == 0)
        {
            _at += WordBytes.Width;
            if (!WordBytes.Reaches(_text, _at))
            {
                return Last(out start, out length);
            }

            _mask = WordBytes.Mask(_text, _at);
        }

        var first = BitOperations.TrailingZeroCount(_mask);
        start = _at + first;
        length = BitOperations.TrailingZeroCount(~(_mask >> first));
        if (first + length >= WordBytes.Width)
        {
            // It goes on beyond them, and the next 32 begin where it ends.
            var end = WordBytes.End(_text, _at + WordBytes.Width);
            (length, _at, _mask) = (end - start, end - WordBytes.Width, 0);
        }
        else
        {
            // Adding to a run of ones carries through it.
            _mask &= _mask + (1u << first);
        }

        return true;
    }

    /// <summary>Too few bytes are left to be looked at together.</summary>
    private bool Last(out int start, out int length)
    {
        start = WordBytes.Start(_text, _at);
        var end = WordBytes.End(_text, start);
        length = end - start;
        _at = end - WordBytes.Width;
        return length > 0;
    }
}
