using Madang.Crawler.Urls;

namespace Madang.Tests.Unit.Crawler.Urls;

public sealed class SipHashTests
{
    /// <summary>The key and the messages of the reference implementation are 0, 1, 2, …; the last row is the example of the paper's appendix A.</summary>
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(1, 0x74f839c593dc67fd)]
    [InlineData(2, 0x0d6c8009d9a94f5a)]
    [InlineData(3, 0x85676696d7fb7e2d)]
    [InlineData(4, 0xcf2794e0277187b7)]
    [InlineData(5, 0x18765564cd99a68d)]
    [InlineData(6, 0xcbc9466e58fee3ce)]
    [InlineData(7, 0xab0200f58b01d137)]
    [InlineData(15, 0xa129ca6149be45e5)]
    public void Gives_the_reference_vectors(int length, ulong expected)
    {
        byte[] counting = [.. Enumerable.Range(0, 64).Select(value => (byte)value)];

        Assert.Equal(expected, new SipHash(counting.AsSpan(0, 16)).Hash(counting.AsSpan(0, length)));
    }

    [Fact]
    public void Another_key_gives_another_hash() =>
        Assert.NotEqual(new SipHash(1, 2).Hash("http://a.example/"u8), new SipHash(1, 3).Hash("http://a.example/"u8));
}
