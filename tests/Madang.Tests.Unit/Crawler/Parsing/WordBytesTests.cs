using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Parsing;

namespace Madang.Tests.Unit.Crawler.Parsing;

/// <summary>Words found 32 bytes at a time, against a loop over single bytes.</summary>
public sealed class WordBytesTests
{
    private static readonly string[] Pieces =
        ["a", "Word", "crawler", "마당", "마당에서는", "12", "x7", "é", "Ünder", "漢字", "かな", "…", "·", "“", "（", "\uFFFD", " ", " ", "  ", "\n", ",", ". ", "-", "antidisestablishmentarianism", "supercalifragilisticexpialidocious"];

    private static readonly Gen<byte[]> Sentences = Gen.ArrayOf(Gen.Elements(Pieces)).Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)));

    private static readonly Arbitrary<byte[]> Texts = Gen.OneOf(Sentences, Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value))).ToArbitrary();

    [Fact]
    public void Words_begin_and_end_where_a_loop_finds_them() => Prop.ForAll(Texts, text =>
    {
        for (var at = 0; at <= text.Length; at++)
        {
            var rest = text.AsSpan(at);
            var start = rest.IndexOfAnyExceptWhere(value => !IsWord(value));
            var end = rest.IndexOfAnyExceptWhere(IsWord);
            if (WordBytes.Start(text, at) != (start < 0 ? text.Length : at + start) || WordBytes.End(text, at) != (end < 0 ? text.Length : at + end))
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_short_word_is_what_a_loop_says_it_is() => Prop.ForAll(Texts, text =>
    {
        for (var at = 0; at < text.Length; at++)
        {
            var length = WordBytes.Short(text, at, out var hasDigits, out var isAscii);
            var word = text.AsSpan(at, length);
            var isWhole = length == 0 || ((at + length == text.Length || !IsWord(text[at + length])) && word.IndexOfAnyExceptWhere(IsWord) < 0);
            var odd = word.IndexOfAnyExceptWhere(value => value is not (0xC2 or 0xEF or (>= 0xE2 and <= 0xE9)));
            if (!isWhole || odd >= 0 || length >= 32 || (length > 0 && (hasDigits != word.ContainsAnyInRange((byte)'0', (byte)'9') || isAscii != Ascii.IsValid(word))))
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_follows_a_text_does_not_change_how_its_words_are_read() => Prop.ForAll(Sentences.ToArbitrary(), text =>
    {
        var words = Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, 30).Select(i => $"word{(char)('a' + i % 26)}")) + " ");
        byte[] whole = [.. words, .. text];
        return TextSimHash.Of(whole) == TextSimHash.Of([.. whole, .. Encoding.UTF8.GetBytes(new string(' ', 40))]);
    }).QuickCheckThrowOnFailure();

    private static bool IsWord(byte value) => value >= 0x80 || char.IsAsciiLetterOrDigit((char)value);
}

internal static class SpanSearch
{
    /// <summary>The first byte for which <paramref name="holds"/> is false; -1 without one.</summary>
    public static int IndexOfAnyExceptWhere(this Span<byte> bytes, Func<byte, bool> holds)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!holds(bytes[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
