using Madang.Sandbox;

namespace Madang.Tests.Unit.Notifications.Channels;

/// <summary>What a stand-in knows of what came, of which it keeps the last in full only.</summary>
public sealed class ReceivedTests
{
    [Fact]
    public void All_are_counted_and_the_last_are_kept()
    {
        var received = new Received(kept: 2);
        foreach (var (device, id, key) in new[] { ("a", "1", null), ("a", "2", "k"), ("a", "2", "k"), ("a", "3", "k"), ("b", "3", "k"), ("a", "1", (string?)null) })
        {
            received.Take(new ReceivedMessage(device, id, key, id, true, DateTimeOffset.UnixEpoch));
        }

        Assert.Equal(new ReceivedCounts(Messages: 4, Taken: 6, TransportDoubles: 2, ShownDoubles: 1, Replaced: 1, Refused: 0), received.Counts);
        Assert.Equal([("b", "3"), ("a", "1")], received.Last().Select(message => (message.Device, message.Id)));
        Assert.True(received.Has("a", "2"));
        Assert.False(received.Has("a2", ""));
        Assert.False(received.Has("b", "2"));
    }
}
