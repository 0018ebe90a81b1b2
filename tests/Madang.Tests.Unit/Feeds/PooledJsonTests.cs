using System.Buffers;
using Madang.Feeds.Posts;

namespace Madang.Tests.Unit.Feeds;

public sealed class PooledJsonTests
{
    [Fact]
    public void What_does_not_fit_goes_on_in_more_memory_and_nothing_of_it_is_lost()
    {
        using var json = new PooledJson(1);
        var expected = new List<byte>();
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var piece = new byte[random.Next(0, 400)];
            random.NextBytes(piece);
            expected.AddRange(piece);
            json.Write(piece);
        }

        Assert.True(json.GetMemory(5_000).Length >= 5_000);
        Assert.Equal(expected, json.Written.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => json.Advance(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => json.Advance(-1));
    }

    [Fact]
    public void It_gives_its_memory_back_once()
    {
        var json = new PooledJson(100);
        json.Write("page"u8);
        json.Dispose();
        json.Dispose();
        Assert.Equal(0, json.Written.Length);
    }
}
