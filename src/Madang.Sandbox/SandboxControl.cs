using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Madang.Sandbox;

/// <summary>
/// The switches of a sandbox, over HTTP: <c>GET /</c> lists the stand-ins, <c>GET,PUT /{name}/faults</c> reads and sets what goes wrong (a JSON list of rules; an empty
/// one ends them), <c>GET /{name}/received[?device=&amp;limit=]</c> tells what arrived with its counts, <c>DELETE /{name}/received</c> forgets it.
/// </summary>
public sealed class SandboxControl(IReadOnlyList<StandIn> standIns) : IAsyncDisposable
{
    private const int MaxRules = 1_000;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private WebApplication? _app;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public async Task StartAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync(cancellationToken);
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private Task AnswerAsync(HttpContext context)
    {
        var path = (context.Request.Path.Value ?? "").Trim('/').Split('/');
        if (path is [""])
        {
            return WriteAsync(context, standIns.Select(standIn => new { standIn.Name, Address = standIn.Address.AbsoluteUri, standIn.Settings }));
        }

        if (path is not [var name, var what] || standIns.FirstOrDefault(one => one.Name == name) is not { } found)
        {
            return RefuseAsync(context, 404, "GET / lists what there is.");
        }

        return (what, context.Request.Method) switch
        {
            ("faults", "GET") => WriteAsync(context, found.Faults.Rules),
            ("faults", "PUT") => SetAsync(context, found),
            ("received", "GET") => WriteAsync(context, new
            {
                found.Received.Counts,
                found.Faults.Injected,
                Last = found.Received.Last(context.Request.Query["device"], int.TryParse(context.Request.Query["limit"], out var limit) ? limit : 100),
            }),
            ("received", "DELETE") => ForgetAsync(context, found),
            ("faults" or "received", _) => RefuseAsync(context, 405, "Not this method."),
            _ => RefuseAsync(context, 404, "There are faults and received."),
        };
    }

    private static async Task SetAsync(HttpContext context, StandIn standIn)
    {
        List<FaultRule>? rules = null;
        try
        {
            rules = await JsonSerializer.DeserializeAsync<List<FaultRule>>(context.Request.Body, s_json, context.RequestAborted);
        }
        catch (JsonException fault)
        {
            await RefuseAsync(context, 400, $"No list of rules, at {fault.Path ?? "$"}: a rule has rate, next, every, device, stage, latency_ms, status, reason, body, retry_after, location, effect (lost, cut, goaway, silent).");
            return;
        }

        if (rules is null || rules.Count > MaxRules || !rules.TrueForAll(rule => rule is { IsSound: true }))
        {
            await RefuseAsync(
                context, 400,
                $"A list of at most {MaxRules} rules; rate 0 to 1, next and every from 1, latency_ms 0 to 600000, status 200 to 599, stage banner, ehlo, starttls, auth, mail, rcpt, data or dot.");
            return;
        }

        standIn.Faults.Set(rules);
        context.Response.StatusCode = 204;
    }

    private static Task ForgetAsync(HttpContext context, StandIn standIn)
    {
        standIn.Received.Clear();
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext context, object answer)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, answer, s_json, context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new { Error = why });
    }
}
