using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Madang.Accounts;
using Madang.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace Madang.Crawler.Endpoints;

/// <summary>
/// <c>GET /v1/crawls/{id}/events</c> as server-sent events (WHATWG HTML, section 9.2): <c>state</c> with the crawl at the start and whenever its state changes, <c>progress</c>
/// every second in which something changed, a comment when nothing did. A stream ends with its crawl, with its caller's credential, and with the server.
/// </summary>
internal sealed class CrawlStreams(Sessions sessions, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>Open at once on this node; each reads the crawl's counts once a second.</summary>
    public const int MaxStreams = 100;

    /// <summary>Of one credential: the open tabs of one admin.</summary>
    public const int MaxPerCredential = 20;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(3);

    /// <summary>A reader that takes nothing for so long is cut: it comes back and begins with the present state.</summary>
    private static readonly TimeSpan SlowReader = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, int> _open = [];
    private int _count;

    /// <param name="watch">The crawl as it stands, at once and every second, until it has ended or is gone.</param>
    public async Task<IResult> RunAsync(HttpContext context, Caller caller, Func<CancellationToken, IAsyncEnumerable<CrawlJson>> watch)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return new Refusal(ApiErrors.Draining with { RetryAfter = TimeSpan.FromSeconds(1) });
        }

        if (!TryOpen(caller.Credential))
        {
            return new Refusal(CrawlerErrors.TooManyStreams);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            // nginx would collect the events otherwise.
            response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await FollowAsync(context, caller, watch(over.Token), over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The reader left, or the server stops.
        }
        finally
        {
            Close(caller.Credential);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await SayGoodbyeAsync(context);
        }

        return Results.Empty;
    }

    private async Task FollowAsync(HttpContext context, Caller caller, IAsyncEnumerable<CrawlJson> crawls, CancellationToken over)
    {
        var body = context.Response.BodyWriter;
        var (written, rechecked) = (0L, time.GetTimestamp());
        CrawlState? shown = null;
        byte[] last = [];
        CrawlJson? end = null;
        await foreach (var now in crawls.WithCancellation(over))
        {
            if (time.GetElapsedTime(rechecked) >= Recheck)
            {
                rechecked = time.GetTimestamp();
                if (await HasEndedAsync(caller, over))
                {
                    return;
                }
            }

            // An end is told last: what was under way is still counted.
            end = now.State.IsEnd() ? now : null;
            var progress = JsonSerializer.SerializeToUtf8Bytes(now.Progress, ApiJson.Options);
            if (end is null && now.State != shown)
            {
                Write(body, "state"u8, JsonSerializer.SerializeToUtf8Bytes(now, ApiJson.Options));
                shown = now.State;
            }
            else if (!progress.AsSpan().SequenceEqual(last))
            {
                Write(body, "progress"u8, progress);
            }
            else if (time.GetElapsedTime(written) >= Heartbeat)
            {
                body.Write(": ping\n\n"u8);
            }
            else
            {
                continue;
            }

            (last, written) = (progress, time.GetTimestamp());
            await FlushAsync(context, over);
        }

        if (end is not null)
        {
            Write(body, "state"u8, JsonSerializer.SerializeToUtf8Bytes(end, ApiJson.Options));
            await FlushAsync(context, over);
        }
    }

    private async Task<bool> HasEndedAsync(Caller caller, CancellationToken cancellationToken) =>
        caller.ExpiresAt <= time.GetUtcNow() || (caller.Credential != 0 && (await sessions.EndedAsync([caller.Credential], cancellationToken)).Count > 0);

    private async Task FlushAsync(HttpContext context, CancellationToken over)
    {
        using var slow = new CancellationTokenSource(SlowReader, time);
        await using var cut = slow.Token.UnsafeRegister(static context => ((HttpContext)context!).Abort(), context);
        await context.Response.BodyWriter.FlushAsync(over);
    }

    /// <summary>Spreads the return of readers over some seconds.</summary>
    private async Task SayGoodbyeAsync(HttpContext context)
    {
#pragma warning disable CA5394 // Spreads the return of clients; no secret hangs on it.
        var afterMs = 500 + Random.Shared.Next(3_000);
#pragma warning restore CA5394
        var body = context.Response.BodyWriter;
        body.Write("retry: "u8);
        afterMs.TryFormat(body.GetSpan(20), out var length, provider: CultureInfo.InvariantCulture);
        body.Advance(length);
        body.Write("\n\n"u8);
        await FlushAsync(context, context.RequestAborted);
    }

    private static void Write(PipeWriter body, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        body.Write("event: "u8);
        body.Write(name);
        body.Write("\ndata: "u8);
        body.Write(json);
        body.Write("\n\n"u8);
    }

    private bool TryOpen(long credential)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(credential);
            if (_count >= MaxStreams || open >= MaxPerCredential)
            {
                return false;
            }

            (_open[credential], _count) = (open + 1, _count + 1);
            return true;
        }
    }

    private void Close(long credential)
    {
        lock (_lock)
        {
            _count--;
            if (--_open[credential] == 0)
            {
                _open.Remove(credential);
            }
        }
    }
}
