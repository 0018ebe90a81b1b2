using System.Text;
using Madang.Crawler.Parsing;

namespace Madang.Tests.Unit.Crawler.Parsing;

/// <summary>Words found 32 bytes at a time are the words that one finds byte by byte.</summary>
public sealed class WordScanTests
{
    [Fact]
    public void The_words_of_a_text_are_its_runs_of_letters_digits_and_other_scripts()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var text = Text(new Random(seed));
            Assert.Equal(ByteByByte(text), Scanned(text));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(1_000)]
    public void A_text_may_be_one_word_or_none(int length)
    {
        Assert.Equal(length == 0 ? [] : [(0, length)], Scanned(Encoding.ASCII.GetBytes(new string('a', length))));
        Assert.Empty(Scanned(Encoding.ASCII.GetBytes(new string(' ', length))));
    }

    private static List<(int Start, int Length)> Scanned(byte[] text)
    {
        var words = new List<(int, int)>();
        var scan = new WordScan(text);
        while (scan.Next(out var start, out var length))
        {
            words.Add((start, length));
        }

        return words;
    }

    private static List<(int Start, int Length)> ByteByByte(byte[] text)
    {
        var words = new List<(int, int)>();
        for (var at = 0; at < text.Length; at++)
        {
            var start = at;
            while (at < text.Length && (text[at] >= 0x80 || char.IsAsciiLetterOrDigit((char)text[at])))
            {
                at++;
            }

            if (at > start)
            {
                words.Add((start, at - start));
            }
        }

        return words;
    }

    private static byte[] Text(Random random)
    {
        var text = new byte[random.Next(200)];
        var spaces = random.Next(1, 60);
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = random.Next(spaces) == 0 ? (byte)" .<\n"[random.Next(4)] : random.Next(5) == 0 ? (byte)random.Next(256) : (byte)random.Next('a', 'z' + 1);
        }

        return text;
    }
}
