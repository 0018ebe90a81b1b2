using System.IO.Compression;
using System.Text;
using Madang.Crawler.Archive;

namespace Madang.Tests.Unit.Crawler.Archive;

/// <summary>The compressor of the archive against the runtime's decompressor, and its checksum against the table's.</summary>
public sealed class DeflateTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(257)]
    [InlineData(258)]
    [InlineData(259)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(200_000)]
    public void A_text_of_any_length_comes_back(int length)
    {
        foreach (var alphabet in new[] { 1, 2, 4, 26, 256 })
        {
            Assert.Equal(Text(length, alphabet), Back(Text(length, alphabet)));
        }
    }

    [Fact]
    public void Every_length_and_distance_of_a_match_comes_back()
    {
        var random = new Random(1);
        var noise = new byte[40_000];
        random.NextBytes(noise);
        for (var match = 4; match <= 600; match += match < 300 ? 1 : 97)
        {
            foreach (var distance in new[] { 1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 4_096, 24_577, 32_767, 32_768, 32_769 })
            {
                var text = new byte[distance + match + 20];
                noise.AsSpan(0, distance).CopyTo(text);
                for (var i = distance; i < distance + match; i++)
                {
                    text[i] = text[i - distance];
                }

                Assert.Equal(text, Back(text));
            }
        }
    }

    [Fact]
    public void A_text_does_not_refer_to_the_ones_before_it()
    {
        var same = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(number => $"<p>paragraph {number} 단락</p>")));
        var alone = Packed(same);

        // On this thread the places of the same text are still in the table.
        Assert.Equal(alone, Packed(same));
        Assert.Equal(same, Back(same));
        Assert.True(alone.Length < same.Length / 3, $"{alone.Length} of {same.Length}");
    }

    [Fact]
    public void Noise_grows_by_no_more_than_the_room_that_was_asked_for()
    {
        var noise = new byte[10_000];
        Array.Fill(noise, (byte)0xFF);
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = (byte)(0x90 | (i * 7919 >> 3 & 0x6F));
        }

        new Random(7).NextBytes(noise.AsSpan(100));
        Assert.Equal(noise, Back(noise));
        Assert.InRange(Packed(noise).Length, 0, Deflate.Room(noise.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => Deflate.For(noise.Length).Write(noise, new byte[noise.Length]));
    }

    [Fact]
    public void The_checksum_is_the_same_however_it_is_computed()
    {
        Assert.Equal(0xCBF43926u, Crc32.Add(0, "123456789"u8));
        for (var length = 0; length < 700; length++)
        {
            var text = Text(length, 256);
            var expected = ~Crc32.Slice(~0u, text);
            Assert.Equal(expected, Crc32.Add(0, text));
            Assert.Equal(expected, Crc32.Add(Crc32.Add(0, text.AsSpan(0, length / 3)), text.AsSpan(length / 3)));
        }
    }

    private static byte[] Text(int length, int alphabet)
    {
        var text = new byte[length];
        new Random(length + alphabet).NextBytes(text);
        for (var i = 0; i < length; i++)
        {
            text[i] = (byte)(text[i] % alphabet + (alphabet == 26 ? 'a' : 0));
        }

        return text;
    }

    private static byte[] Packed(byte[] text)
    {
        var output = new byte[Deflate.Room(text.Length)];
        return output[..Deflate.For(text.Length).Write(text, output)];
    }

    private static byte[] Back(byte[] text)
    {
        using var inflate = new DeflateStream(new MemoryStream(Packed(text)), CompressionMode.Decompress);
        using var back = new MemoryStream();
        inflate.CopyTo(back);
        return back.ToArray();
    }
}
