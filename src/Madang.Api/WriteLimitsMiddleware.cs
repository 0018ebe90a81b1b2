using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Api;

/// <summary>Asks <see cref="WriteLimits"/> before every unsafe method, once the caller is known.</summary>
public static class WriteLimitsMiddleware
{
    /// <summary>Leaves an endpoint out: it writes nothing that another person could notice (an acknowledgement of what was read).</summary>
    public static TBuilder WithoutWriteLimit<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(Exempt.Value);

    public static IApplicationBuilder UseWriteLimits(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<WriteLimits>();
        return app.Use((context, next) =>
        {
            if (IsSafe(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<Exempt>() is not null)
            {
                return next(context);
            }

            var allowance = limits.Take(Caller.Of(context), context.Connection.RemoteIpAddress);
            Tell(context.Response.Headers, allowance);
            return allowance.Granted
                ? next(context)
                : new Refusal(ApiErrors.RateLimited with { RetryAfter = allowance.RetryAfter }).ExecuteAsync(context);
        });
    }

    // draft-ietf-httpapi-ratelimit-headers-10: the quota is the burst, the window the time in which an empty bucket fills.
    private static void Tell(IHeaderDictionary headers, WriteAllowance allowance)
    {
        if (allowance.Burst == 0)
        {
            return;
        }

        var window = (long)Math.Ceiling(allowance.Burst * 60d / allowance.PerMinute);
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"writes\";q={allowance.Burst};w={window}");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"writes\";r={allowance.Remaining};t={(long)Math.Ceiling(allowance.FullIn.TotalSeconds)}");
    }

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private sealed class Exempt
    {
        public static readonly Exempt Value = new();
    }
}
