using System.Text;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Moving;

/// <summary>Export and import of follows, mutes, blocks and lists.</summary>
internal static class MovingEndpoints
{
    private const string CsvType = "text/csv";

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var kind in Enum.GetValues<MovedKind>())
        {
            var name = kind.ToString().ToLowerInvariant();
            var group = routes.MapGroup($"/v1/{name}").RequireAuthorization(Policies.Person).WithTags("relations");
            group.MapGet("export", (HttpContext context, Caller caller, Exports exports) => ExportAsync(kind, context, caller, exports))
                .WithName($"export_{name}").Produces<string>(StatusCodes.Status200OK, CsvType)
                .WithSummary($"Your {name} as CSV, with the columns of Mastodon.");
            group.MapPost("import", (HttpRequest request, [FromQuery] string? domain, Caller caller, Imports imports, CancellationToken cancellationToken) =>
                ImportAsync(kind, request, domain, caller, imports, cancellationToken))
                .WithName($"import_{name}").Accepts<string>(CsvType)
                .WithSummary($"Takes {name} over from CSV as Mastodon writes it, at most 1 MiB; tells of each row that was not taken. domain names the server that they come from when its people are here under the same names.");
        }
    }

    private static async Task ExportAsync(MovedKind kind, HttpContext context, Caller caller, Exports exports)
    {
        context.Response.ContentType = CsvType + "; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{kind.ToString().ToLowerInvariant()}.csv\"";
        context.Response.Headers.CacheControl = "no-store";
        await foreach (var line in exports.OfAsync(caller.Person, kind, context.RequestAborted))
        {
            Encoding.UTF8.GetBytes(line, context.Response.BodyWriter);
            if (context.Response.BodyWriter.UnflushedBytes > 16 * 1024)
            {
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task<Results<Ok<Imported>, Refusal>> ImportAsync(
        MovedKind kind, HttpRequest request, string? domain, Caller caller, Imports imports, CancellationToken cancellationToken)
    {
        var line = Text.Line(domain, "domain", 253, required: false);
        if (!line.IsOk)
        {
            return (Refusal)line.Error;
        }

        if (await BoundedBody.ReadAsync(request, Imports.MaxBytes, cancellationToken) is not { } file)
        {
            return (Refusal)ApiErrors.BodyTooLarge;
        }

        var taken = await imports.TakeAsync(caller.Person, kind, file, line.Value.Length == 0 ? null : line.Value, cancellationToken);
        return taken.IsOk ? TypedResults.Ok(taken.Value) : (Refusal)taken.Error;
    }
}
