using Madang.Notifications.Delivering;

namespace Madang.Notifications.Planning;

/// <summary>A server without providers: everything stays in the in-app inbox, and the log says why.</summary>
internal sealed class NoRoutes : IDeliveryRoutes
{
    public string? For(DeliveryChannel channel, string addressKind, string scope) => null;
}
