using Madang.Api;
using Madang.Jobs;
using Madang.Outbound;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Crawler.Previews;

/// <summary>The door of previews: <c>GET /v1/preview</c>.</summary>
public static class PreviewsModule
{
    public static IHostApplicationBuilder AddPreviews(this IHostApplicationBuilder builder)
    {
        var own = Uri.TryCreate(builder.Configuration["Madang:PublicUrl"], UriKind.Absolute, out var url) ? url : null;
        builder.Services.AddSingleton(provider => new Previews(
            provider.GetRequiredService<IPreviewStore>(), provider.GetRequiredService<Database>(), provider.GetRequiredService<OutboundClient>(),
            provider.GetRequiredService<WriteLimits>(), provider.GetServices<ILocalPages>(), provider.GetRequiredService<TimeProvider>(), own));
        builder.Services.AddSingleton<IRetention, PreviewRetention>();
        return builder;
    }

    public static IEndpointRouteBuilder MapPreviews(this IEndpointRouteBuilder routes)
    {
        routes.Late(Map, "/v1/preview");
        return routes;
    }

    private static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/preview", async Task<Results<Ok<Preview>, Refusal>> (
            [FromQuery] string? url, Caller caller, HttpRequest request, Previews previews, CancellationToken cancellationToken) =>
        {
            var found = await previews.FindAsync(url, caller, request.Host.Value, cancellationToken);
            return found.IsOk ? TypedResults.Ok(found.Value) : (Refusal)found.Error;
        }).WithTags("previews").RequireAuthorization(Policies.SignedIn).WithName("get_preview")
            .WithSummary("Title, description and picture of the page behind a link.");
}
