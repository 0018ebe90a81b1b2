namespace Madang.Notifications;

/// <summary>The ways to a person. The numbers are stored; a set of channels is the sum of <c>1 &lt;&lt; number</c>.</summary>
public enum DeliveryChannel
{
    /// <summary>The list in the app: written in the transaction that plans it, and never queued.</summary>
    Inbox = 1,

    /// <summary>APNs, FCM or Web Push, by the device's own address.</summary>
    Push = 2,
    Email = 3,
    Sms = 4,

    /// <summary>One request to an address that the sender gave.</summary>
    Webhook = 5,
}

/// <summary>The wire names.</summary>
public static class DeliveryChannels
{
    public static IReadOnlyList<DeliveryChannel> All { get; } =
        [DeliveryChannel.Inbox, DeliveryChannel.Push, DeliveryChannel.Email, DeliveryChannel.Sms, DeliveryChannel.Webhook];

    public static string Name(this DeliveryChannel channel) => channel switch
    {
        DeliveryChannel.Inbox => "inbox",
        DeliveryChannel.Push => "push",
        DeliveryChannel.Email => "email",
        DeliveryChannel.Sms => "sms",
        DeliveryChannel.Webhook => "webhook",
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, null),
    };

    /// <summary>Null for a name of none.</summary>
    public static DeliveryChannel? Find(string name)
    {
        foreach (var channel in All)
        {
            if (channel.Name() == name)
            {
                return channel;
            }
        }

        return null;
    }
}
