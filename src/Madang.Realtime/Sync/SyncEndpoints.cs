using System.Globalization;
using Madang.Api;
using Madang.Realtime.Delivery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Realtime.Sync;

/// <summary>An entry of the inbox on the wire. What <c>data</c> holds depends on <c>type</c>: docs/realtime/entries.schema.json.</summary>
public sealed record EntryObject(string Cursor, string Type, DateTimeOffset At, object Data);

/// <summary>The answer of <c>GET /v1/sync</c>.</summary>
/// <param name="Cursor">What to pass as <c>since</c> next time.</param>
/// <param name="Limited">More entries wait: ask again at once.</param>
/// <param name="Reset">There is no going on from the cursor that was passed: read the rooms, then go on from <paramref name="Cursor"/>.</param>
public sealed record SyncObject(IReadOnlyList<EntryObject> Entries, string Cursor, bool Limited, bool? Reset = null);

/// <param name="Cursor">Up to where this device has processed its entries.</param>
public sealed record AckRequest(string? Cursor);

/// <summary><c>/v1/sync</c>: poll, long poll and server-sent events, and their ack.</summary>
internal static class SyncEndpoints
{
    public const int MaxLimit = 500;
    public const int DefaultLimit = 100;
    public const int MaxWaitSeconds = 25;
    private const string EventStream = "text/event-stream";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var sync = routes.MapGroup("/v1/sync").RequireAuthorization(Policies.Person).WithTags("Realtime");
        // A long poll waits and a stream stays: the server's own bounds are the wait, the heartbeat and the drain.
        sync.MapGet("", ReadAsync).WithName("sync").WithSummary("Entries of my inbox after a cursor: at once, by long poll, or as server-sent events")
            .Produces<SyncObject>(200, "application/json", EventStream).DisableRequestTimeout();
        sync.MapPost("ack", AckAsync).WithoutWriteLimit().WithName("ack_sync").WithSummary("Tell up to where this device has processed its entries");
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context, Caller caller, Hub hub, AckBook acks, [FromQuery] string? since, [FromQuery] string? wait, [FromQuery] string? limit)
    {
        var streams = context.Request.GetTypedHeaders().Accept.Any(static type => type.MediaType.Equals(EventStream, StringComparison.OrdinalIgnoreCase));
        var query = SyncQuery.Parse(streams && context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } last] ? last : since, wait, limit);
        if (!query.IsOk)
        {
            return new Refusal(query.Error);
        }

        await hub.ReadyAsync(context.RequestAborted);
        if (query.Value.Since is { } seen && seen.Epoch == hub.Epoch)
        {
            acks.Ack(caller, seen.Pos);
        }

        return streams ? await StreamAsync(context, caller, hub, query.Value) : await PollAsync(context, caller, hub, query.Value);
    }

    private static async Task<IResult> PollAsync(HttpContext context, Caller caller, Hub hub, SyncQuery query)
    {
        var connection = new PollConnection(hub, caller, query.Since, query.Limit, query.Wait);
        // A poll that does not wait holds nothing, and a socket that was told to resync must always get through.
        if (!connection.Open(query.Wait > TimeSpan.Zero ? hub.Options.ConnectionsPerUser : int.MaxValue))
        {
            return new Refusal(RealtimeErrors.TooManyConnections);
        }

        await using var aborted = context.RequestAborted.UnsafeRegister(static poll => ((PollConnection)poll!).End(), connection);
        try
        {
            using var answer = await connection.Answer;
            if (answer is null)
            {
                return new Refusal(ApiErrors.Unauthenticated);
            }

            var response = context.Response;
            response.ContentType = "application/json; charset=utf-8";
            response.ContentLength = answer.Length;
            response.Headers.CacheControl = "no-store";
            await response.Body.WriteAsync(answer.Written, context.RequestAborted);
            return Results.Empty;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
    }

    private static async Task<IResult> StreamAsync(HttpContext context, Caller caller, Hub hub, SyncQuery query)
    {
        if (hub.IsDraining)
        {
            return new Refusal(ApiErrors.Draining with { RetryAfter = TimeSpan.FromSeconds(1) });
        }

        var response = context.Response;
        var connection = new EventStreamConnection(hub, caller, query.Since, response.BodyWriter, context.Abort);
        response.ContentType = EventStream;
        response.Headers.CacheControl = "no-store";
        // nginx would collect the events otherwise.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (!connection.Open(hub.Options.ConnectionsPerUser))
        {
            response.Clear();
            return new Refusal(RealtimeErrors.TooManyConnections);
        }

        await using var aborted = context.RequestAborted.UnsafeRegister(static stream => ((EventStreamConnection)stream!).End(), connection);
        if (hub.IsDraining)
        {
            connection.Drain(1000);
        }

        await connection.Over;
        await connection.WhenIdleAsync();
        return Results.Empty;
    }

    private static async Task<Results<NoContent, Refusal>> AckAsync(Caller caller, Hub hub, AckBook acks, AckRequest request, CancellationToken cancellationToken)
    {
        if (!InboxCursor.TryRead(request.Cursor, out var cursor))
        {
            return new Refusal(ApiErrors.Invalid("cursor", request.Cursor is null ? "required" : "invalid", "cursor is one that an entry carried."));
        }

        await hub.ReadyAsync(cancellationToken);
        if (cursor.Epoch == hub.Epoch)
        {
            acks.Ack(caller, cursor.Pos);
        }

        return TypedResults.NoContent();
    }

    /// <summary>What <c>?since=&amp;wait=&amp;limit=</c> asks for.</summary>
    private readonly record struct SyncQuery(InboxCursor? Since, TimeSpan Wait, int Limit)
    {
        public static Result<SyncQuery> Parse(string? since, string? wait, string? limit)
        {
            var faults = new List<FieldError>();
            InboxCursor? cursor = null;
            if (!string.IsNullOrEmpty(since))
            {
                if (InboxCursor.TryRead(since, out var read))
                {
                    cursor = read;
                }
                else
                {
                    faults.Add(new FieldError("since", "invalid", "This cursor was not given by us."));
                }
            }

            var seconds = Number(wait, "wait", 0, 0, MaxWaitSeconds, faults);
            var count = Number(limit, "limit", DefaultLimit, 1, MaxLimit, faults);
            return faults.Count > 0 ? ApiErrors.InvalidFields with { Fields = faults } : new SyncQuery(cursor, TimeSpan.FromSeconds(seconds), count);
        }

        private static int Number(string? text, string field, int otherwise, int least, int most, List<FieldError> faults)
        {
            if (string.IsNullOrEmpty(text))
            {
                return otherwise;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            faults.Add(new FieldError(field, "out_of_range", $"{field} is {least} to {most}."));
            return otherwise;
        }
    }
}
