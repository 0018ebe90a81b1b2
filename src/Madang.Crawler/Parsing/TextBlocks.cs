using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Madang.Crawler.Parsing;

/// <summary>A run of visible text between block elements.</summary>
internal struct TextBlock
{
    public int Start;
    public int End;
    public int Words;

    /// <summary>Those of them that stand in links.</summary>
    public int LinkWords;

    /// <summary>In navigation, header, footer, advertising and the like.</summary>
    public bool Boilerplate;

    /// <summary>Inside main or article.</summary>
    public bool Main;
}

/// <summary>
/// The visible text of a page: white space collapsed, blocks apart by a line feed, words counted where white space ends. Han and kana have no
/// spaces: two of their characters count as a word. One buffer, kept from page to page.
/// </summary>
internal sealed class TextBlocks
{
    private const int MaxBlocks = 1 << 16;
    private const int RetainedBlocks = 4096;
    private const int FirstBlocks = 64;

    private byte[] _bytes = [];
    private TextBlock[] _blocks = ArrayPool<TextBlock>.Shared.Rent(FirstBlocks);
    private TextBlock _open;
    private int _limit;
    private bool _gap;
    private bool _inWord;

    public int Used { get; private set; }

    public int Count { get; private set; }

    public bool Truncated { get; private set; }

    public ReadOnlySpan<byte> Text => _bytes.AsSpan(0, Used);

    public ReadOnlySpan<TextBlock> Blocks => _blocks.AsSpan(0, Count);

    /// <summary>Where the next word will begin.</summary>
    public int Next => Used + (_gap && Used > _open.Start ? 1 : 0);

    public ScriptCounts Scripts;

    public void Reset(int limit)
    {
        (Used, Count, _limit, _gap, _inWord, Truncated) = (0, 0, limit, false, false, false);
        _open = default;
        Scripts = default;
    }

    /// <summary>Adds text of the open block.</summary>
    public void Append(ReadOnlySpan<byte> text, bool inLink)
    {
        if (text.Length > _limit - Used - 2)
        {
            Truncated = true;
            text = Cut(text, Math.Max(0, _limit - Used - 2));
        }

        Reserve(text.Length + 1);
        var target = _bytes.AsSpan();
        var used = Used;
        var words = 0;
        for (var at = 0; at < text.Length;)
        {
            if (text[at] <= ' ')
            {
                _gap = true;
                _inWord = false;
                at++;
                continue;
            }

            if (_gap)
            {
                if (used > _open.Start)
                {
                    target[used++] = (byte)' ';
                }

                _gap = false;
            }

            if (!_inWord)
            {
                words++;
                _inWord = true;
            }

            // Words apart by single spaces go through as they are.
            var run = CleanRun(text[at..], out var spaces);
            text.Slice(at, run).CopyTo(target[used..]);
            used += run;
            at += run;
            words += spaces;
        }

        Used = used;
        _open.Words += words;
        _open.LinkWords += inLink ? words : 0;
    }

    /// <summary>White space between inline elements.</summary>
    public void Space()
    {
        _gap = true;
        _inWord = false;
    }

    /// <summary>Ends the open block; the next one is of the given kind.</summary>
    public void Break(bool boilerplate, bool main)
    {
        _gap = _inWord = false;
        if (Used > _open.Start)
        {
            Close();
        }

        _open.Boilerplate = boilerplate;
        _open.Main = main;
    }

    private void Close()
    {
        _open.End = Used;
        Scripts.Add(_bytes.AsSpan(_open.Start, Used - _open.Start), out var ideographs);
        _open.Words += ideographs / 2;
        if (Count == MaxBlocks)
        {
            Truncated = true;
        }
        else
        {
            if (Count == _blocks.Length)
            {
                var larger = ArrayPool<TextBlock>.Shared.Rent(Count * 2);
                Blocks.CopyTo(larger);
                Replace(larger);
            }

            _blocks[Count++] = _open;
        }

        _bytes[Used++] = (byte)'\n';
        _open = new TextBlock { Start = Used };
    }

    /// <summary>How far text goes without white space other than single spaces between words; it begins with a letter and does not end with a space.</summary>
    private static int CleanRun(ReadOnlySpan<byte> text, out int spaces)
    {
        spaces = 0;
        var at = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var blank = Vector256.Create((byte)' ');
            while (at + 33 <= text.Length)
            {
                var here = Vector256.Create(text.Slice(at, 32));
                var next = Vector256.Create(text.Slice(at + 1, 32));
                var white = Vector256.LessThanOrEqual(here, blank);
                var bad = white & (Vector256.LessThanOrEqual(next, blank) | ~Vector256.Equals(here, blank));
                if (bad != Vector256<byte>.Zero)
                {
                    var stop = BitOperations.TrailingZeroCount(bad.ExtractMostSignificantBits());
                    spaces += BitOperations.PopCount(white.ExtractMostSignificantBits() & ((1u << stop) - 1));
                    return at + stop;
                }

                spaces += BitOperations.PopCount(white.ExtractMostSignificantBits());
                at += 32;
            }
        }

        for (; at < text.Length; at++)
        {
            if (text[at] <= ' ')
            {
                if (text[at] != ' ' || at + 1 == text.Length || text[at + 1] <= ' ')
                {
                    return at;
                }

                spaces++;
            }
        }

        return at;
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, int length)
    {
        while (length > 0 && length < text.Length && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return text[..length];
    }

    private void Reserve(int more)
    {
        if (Used + more + 1 <= _bytes.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Used + more + 1, Math.Max(_bytes.Length * 2, 8 * 1024)));
        _bytes.AsSpan(0, Used).CopyTo(larger);
        Release();
        _bytes = larger;
    }

    /// <summary>Gives a buffer back that an unusually long page needed.</summary>
    public void Trim(int retained)
    {
        if (_bytes.Length > retained)
        {
            Release();
        }

        if (_blocks.Length > RetainedBlocks)
        {
            Replace(ArrayPool<TextBlock>.Shared.Rent(FirstBlocks));
        }
    }

    public void Release()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    private void Replace(TextBlock[] blocks)
    {
        ArrayPool<TextBlock>.Shared.Return(_blocks);
        _blocks = blocks;
    }
}
