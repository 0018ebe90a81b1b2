using System.Buffers;
using System.Globalization;
using System.Text;

namespace Madang.Storage.Searching;

/// <summary>
/// Cuts a text into what it can be found by: words of scripts that part them by spaces, and overlapping pairs of syllables for Hangul, Han and Kana, so that a Korean word is found
/// whatever particle follows it. Terms are lower case and hold letters, digits and marks alone; full-width forms count as ASCII.
/// </summary>
/// <remarks>Use: <c>foreach (var term in new SearchTerms(text))</c>. The text is in NFC (<see cref="Normal"/>).</remarks>
public ref struct SearchTerms
{
    /// <summary>Of a term, in UTF-16 code units; what a word holds beyond is not looked at.</summary>
    public const int MaxTerm = 64;

    private readonly ReadOnlySpan<char> _text;
    private int _at;

    // Within a run of syllables: where the pair begins.
    private int _pair;
    private int _runEnd;

    public SearchTerms(ReadOnlySpan<char> text)
    {
        _text = text;
        _pair = -1;
    }

    public SearchTerm Current { get; private set; }

    /// <summary>The text in NFC; the same instance where it is already. Lone surrogates become U+FFFD.</summary>
    public static string Normal(string text)
    {
        try
        {
            return text.IsNormalized() ? text : text.Normalize();
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Normalize();
        }
    }

    /// <summary>Terms in order, parted by single spaces, at most <paramref name="max"/> of them.</summary>
    public static string Line(string text, int max)
    {
        // A syllable stands in two pairs, each with a space after it.
        var room = ArrayPool<char>.Shared.Rent((text.Length * 3) + SearchTerms.MaxTerm);
        try
        {
            var length = 0;
            var terms = new SearchTerms(text);
            foreach (var term in terms)
            {
                if (max-- == 0)
                {
                    break;
                }

                length += terms.Write(term, room.AsSpan(length));
                room[length++] = ' ';
            }

            return new string(room, 0, Math.Max(0, length - 1));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(room);
        }
    }

    /// <summary>Writes a term as it is indexed; <paramref name="target"/> holds <see cref="MaxTerm"/>. How many were written.</summary>
    public readonly int Write(SearchTerm term, Span<char> target)
    {
        var source = _text.Slice(term.Start, term.Length);
        if (!term.IsSyllables && Ascii.ToLower(source[..Math.Min(source.Length, MaxTerm - 1)], target, out var length) == OperationStatus.Done)
        {
            return length;
        }

        length = 0;
        while (!source.IsEmpty)
        {
            var status = Rune.DecodeFromUtf16(source, out var rune, out var used);
            if (status != OperationStatus.Done || length + 2 > MaxTerm)
            {
                break;
            }

            length += Rune.ToLowerInvariant(Folded(rune)).EncodeToUtf16(target[length..]);
            source = source[used..];
        }

        return length;
    }

    /// <summary>A term as text.</summary>
    public readonly string Text(SearchTerm term)
    {
        Span<char> text = stackalloc char[MaxTerm];
        return new string(text[..Write(term, text)]);
    }

    public readonly SearchTerms GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_pair >= 0)
        {
            return NextPair();
        }

        while (_at < _text.Length)
        {
            // Most of most texts: a word of ASCII up to an ASCII gap.
            var end = _at;
            while (end < _text.Length && char.IsAsciiLetterOrDigit(_text[end]))
            {
                end++;
            }

            if (end > _at && (end == _text.Length || char.IsAscii(_text[end])))
            {
                Current = new SearchTerm(_at, end - _at, false);
                _at = end;
                return true;
            }

            var kind = KindAt(_at, out var used);
            if (kind == Kind.Gap)
            {
                _at += used;
                continue;
            }

            var start = _at;
            do
            {
                _at += used;
            }
            while (_at < _text.Length && Follows(kind, KindAt(_at, out used)));

            if (kind == Kind.Word)
            {
                Current = new SearchTerm(start, _at - start, false);
                return true;
            }

            (_pair, _runEnd) = (start, _at);
            return NextPair(isFirst: true);
        }

        return false;
    }

    private bool NextPair(bool isFirst = false)
    {
        _ = KindAt(_pair, out var first);
        var second = _pair + first;
        if (second >= _runEnd)
        {
            // A run of one syllable is a term; of a longer one the last syllable stands in the pair before.
            var start = _pair;
            _pair = -1;
            if (isFirst)
            {
                Current = new SearchTerm(start, _runEnd - start, true);
                return true;
            }

            return MoveNext();
        }

        _ = KindAt(second, out var used);
        // Marks belong to the syllable before them.
        Current = new SearchTerm(_pair, second + used - _pair, true);
        _pair = second;
        return true;
    }

    /// <summary>Marks go on with whatever they follow.</summary>
    private static bool Follows(Kind run, Kind next) => next == run || (next == Kind.Mark && run == Kind.Word);

    private readonly Kind KindAt(int at, out int used)
    {
        var letter = _text[at];
        if (char.IsAscii(letter))
        {
            used = 1;
            return char.IsAsciiLetterOrDigit(letter) ? Kind.Word : Kind.Gap;
        }

        if (Rune.DecodeFromUtf16(_text[at..], out var rune, out used) != OperationStatus.Done)
        {
            return Kind.Gap;
        }

        rune = Folded(rune);
        if (IsSyllable(rune.Value))
        {
            return Kind.Syllable;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
                or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Word,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => Kind.Mark,
            _ => Kind.Gap,
        };
    }

    /// <summary>Hangul (syllables, compatibility letters), Hiragana, Katakana, Bopomofo and Han, with the iteration and length marks within them.</summary>
    private static bool IsSyllable(int value) => value switch
    {
        < 0x3005 => false,
        <= 0x3007 => true,
        < 0x3041 => false,
        <= 0x3096 or (>= 0x309D and <= 0x309F) => true,
        (>= 0x30A1 and <= 0x30FA) or (>= 0x30FC and <= 0x312F) => true,
        >= 0x3131 and <= 0x318E => true,
        (>= 0x31A0 and <= 0x31BF) or (>= 0x31F0 and <= 0x31FF) => true,
        (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) => true,
        >= 0xAC00 and <= 0xD7A3 => true,
        >= 0xF900 and <= 0xFAFF => true,
        >= 0x20000 and <= 0x3FFFF => true,
        _ => false,
    };

    /// <summary>Full-width ASCII (U+FF01 to U+FF5E) as ASCII.</summary>
    private static Rune Folded(Rune rune) => rune.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(rune.Value - 0xFEE0) : rune;

    private enum Kind
    {
        Gap,
        Word,
        Syllable,
        Mark,
    }
}

/// <summary>A term's place in its text, in UTF-16 code units. Terms that follow one another have neighbouring positions.</summary>
/// <param name="IsSyllables">One or two syllables of a run; the pairs of a run overlap.</param>
public readonly record struct SearchTerm(int Start, int Length, bool IsSyllables)
{
    public int End => Start + Length;
}
