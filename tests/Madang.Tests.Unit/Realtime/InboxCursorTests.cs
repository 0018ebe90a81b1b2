using Madang.Realtime;

namespace Madang.Tests.Unit.Realtime;

public sealed class InboxCursorTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData((1L << 48) - 1, long.MaxValue)]
    [InlineData(0x1234_5678_9abc, 20_000)]
    public void It_reads_what_it_wrote(long epoch, long pos)
    {
        var text = new InboxCursor(epoch, pos).ToString();
        Assert.Equal(InboxCursor.Length, text.Length);
        Assert.True(InboxCursor.TryRead(text, out var read));
        Assert.Equal(new InboxCursor(epoch, pos), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AQAAAAAAAAAAAAAAAAA")]
    [InlineData("AQAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AgAAAAAAAAAAAAAAAAAA")]
    [InlineData("AQAAAAAAAP__________")]
    [InlineData("AQAAAAAAAAAAAAAAAA==")]
    [InlineData("AQAAAAAAAAAAAAAA AAA")]
    [InlineData("AQAAAAAAAAAAAAAA+AAA")]
    [InlineData("가나다라마바사아자차카타파하가나다라마바")]
    public void What_it_did_not_write_it_refuses(string text) => Assert.False(InboxCursor.TryRead(text, out _));
}
