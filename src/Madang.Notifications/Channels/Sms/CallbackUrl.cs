using Madang.Notifications.Delivering;

namespace Madang.Notifications.Channels.Sms;

/// <summary>Where a gateway tells what became of a message: <c>{base}/t/sms/{provider}.{sealed delivery and attempt}</c>. A call to it proves that the attempt was taken.</summary>
/// <param name="root">Without a slash at its end; null when the gateway cannot reach us.</param>
internal sealed class CallbackUrl(string? root, string provider, ReturnSeal seal)
{
    public const string Path = "/t/sms/";

    public string? Of(DeliveryId delivery, int attempt) =>
        root is null ? null : $"{root}{Path}{Uri.EscapeDataString(provider)}.{seal.Seal(ReturnSeal.Sms, delivery, attempt)}";

    /// <summary>As the gateway has called it, for signatures over the whole address.</summary>
    public string Called(string token) => $"{root}{Path}{token}";

    /// <summary><c>CallbackUrl</c> of the provider, or <c>Madang:PublicUrl</c>.</summary>
    public static string? Root(ProviderSection section, string publicUrl)
    {
        var text = section.Text("CallbackUrl") ?? publicUrl;
        return text.Length == 0 ? null : section.Url("CallbackUrl", text).AbsoluteUri.TrimEnd('/');
    }
}
