using System.Collections;

namespace Madang.Notifications;

/// <summary>Some of the channels, as they are stored: the sum of <c>1 &lt;&lt; number</c>.</summary>
internal readonly record struct ChannelSet(int Bits) : IEnumerable<DeliveryChannel>
{
    public static ChannelSet Of(IEnumerable<DeliveryChannel> channels)
    {
        var bits = 0;
        foreach (var channel in channels)
        {
            bits |= Bit(channel);
        }

        return new(bits);
    }

    public bool IsEmpty => Bits == 0;

    public bool Has(DeliveryChannel channel) => (Bits & Bit(channel)) != 0;

    public ChannelSet With(DeliveryChannel channel) => new(Bits | Bit(channel));

    public ChannelSet Without(DeliveryChannel channel) => new(Bits & ~Bit(channel));

    public ChannelSet And(ChannelSet other) => new(Bits | other.Bits);

    public IEnumerator<DeliveryChannel> GetEnumerator()
    {
        foreach (var channel in DeliveryChannels.All)
        {
            if (Has(channel))
            {
                yield return channel;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static int Bit(DeliveryChannel channel) => 1 << (int)channel;
}
