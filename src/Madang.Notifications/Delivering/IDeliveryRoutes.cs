namespace Madang.Notifications.Delivering;

/// <summary>Which configured provider takes a new delivery.</summary>
internal interface IDeliveryRoutes
{
    /// <summary>By rank and health; null when none is configured that reaches such an address.</summary>
    /// <param name="addressKind"><c>apns</c>, <c>fcm</c>, <c>webpush</c>, <c>email</c>, <c>phone</c>.</param>
    /// <param name="scope">As <see cref="Channels.Envelope.AddressScope"/>.</param>
    string? For(DeliveryChannel channel, string addressKind, string scope);
}
