using Madang.Notifications.Channels;

namespace Madang.Tests.Unit.Notifications.Channels;

public sealed class SentContentTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_enters_when_the_body_before_it_begins()
    {
        using var door = new SemaphoreSlim(1);
        using var first = Body();
        using var second = Body();
        await first.EnterAsync(door, Cancelled);
        var entered = second.EnterAsync(door, Cancelled);
        Assert.False(entered.IsCompleted);

        await first.CopyToAsync(Stream.Null, Cancelled);

        await entered;
        Assert.Equal(0, door.CurrentCount);
    }

    [Fact]
    public async Task Who_never_begins_leaves_with_its_request()
    {
        using var door = new SemaphoreSlim(1);
        var lost = Body();
        await lost.EnterAsync(door, Cancelled);

        lost.Dispose();

        Assert.Equal(1, door.CurrentCount);
        Assert.False(lost.IsBegun);
    }

    [Fact]
    public async Task A_body_that_is_sent_again_leaves_once()
    {
        using var door = new SemaphoreSlim(1);
        using (var again = Body())
        {
            await again.EnterAsync(door, Cancelled);
            await again.CopyToAsync(Stream.Null, Cancelled);
            await again.CopyToAsync(Stream.Null, Cancelled);
        }

        Assert.Equal(1, door.CurrentCount);
    }

    private static SentContent Body() => new("{}"u8.ToArray(), "application/json");
}
