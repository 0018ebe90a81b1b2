using Madang.Api;
using Madang.Notifications.Channels.WebPush;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="PublicKey">65 bytes in base64url: the <c>applicationServerKey</c> of <c>pushManager.subscribe</c>.</param>
/// <param name="KeyId">Names the key; a browser that subscribed under another one has to subscribe again.</param>
internal sealed record WebPushKeyJson(string PublicKey, string KeyId);

/// <summary><c>GET /v1/push/webpush-key</c>: what a page needs to ask its browser for a subscription.</summary>
internal static class PushKeyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/push/webpush-key", Results<Ok<WebPushKeyJson>, Refusal> (WebPushKind push) =>
            push.Key is { } key ? TypedResults.Ok(new WebPushKeyJson(key.PublicKey, key.Id)) : (Refusal)NotificationsErrors.PushNotConfigured)
            .WithTags("notifications").RequireAuthorization(Policies.SignedIn).WithName("get_webpush_key")
            .WithSummary("The public key that a browser subscribes with.");
}
