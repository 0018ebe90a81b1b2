using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Madang.Sandbox.Sms;

/// <summary>What the two SMS gateways share: messages that are taken, and reports on them, which go out when they are asked for or at once.</summary>
public abstract class SmsStandIn(string name, TimeProvider time) : HttpStandIn(name, HttpProtocols.Http1, time, null)
{
    private readonly Lock _gate = new();
    private readonly List<SmsMessage> _messages = [];
    // A gateway's own few lines: reports that come faster wait here.
    private readonly HttpClient _reports = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 16 }) { Timeout = TimeSpan.FromSeconds(60) };
    private int _next;

    /// <summary>Reports that every message has been delivered, as soon as it was taken; nobody waits for that.</summary>
    public bool DeliversAtOnce { get; init; }

    /// <summary>Messages that were taken, oldest first.</summary>
    public IReadOnlyList<SmsMessage> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _reports.Dispose();
        GC.SuppressFinalize(this);
    }

    protected SmsMessage Take(string to, string from, string text, string? callback, FaultRule? fault)
    {
        lock (_gate)
        {
            var message = new SmsMessage(string.Create(CultureInfo.InvariantCulture, $"SM{++_next:x32}"), to, from, text, callback, Time.GetUtcNow());
            _messages.Add(message);
            Received.Take(new ReceivedMessage(to, callback ?? message.Id, null, text, !IsLost(fault), message.At));
            return message;
        }
    }

    /// <summary>The status of what was found changes.</summary>
    protected void Put(SmsMessage message)
    {
        lock (_gate)
        {
            _messages[PlaceOf(message.Id)] = message;
        }
    }

    /// <summary>A message that was taken.</summary>
    /// <exception cref="InvalidOperationException">There is none with this id.</exception>
    protected SmsMessage Find(string id)
    {
        lock (_gate)
        {
            return _messages[PlaceOf(id)];
        }
    }

    // They are numbered from one as they come.
    private int PlaceOf(string id) =>
        id.Length > 2 && int.TryParse(id.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= _messages.Count
            ? number - 1
            : throw new InvalidOperationException($"No message has the id {id}.");

    /// <summary>The status that the receiver answered; 0 when nobody answered.</summary>
    protected async Task<int> CallAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _reports.SendAsync(request, cancellationToken);
            return (int)response.StatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    protected static async Task<string> FieldAsync(HttpContext context, string name) => context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(context.RequestAborted))[name].ToString() : "";
}

/// <param name="Callback">Where reports on it go; null for nowhere.</param>
public sealed record SmsMessage(string Id, string To, string From, string Text, string? Callback, DateTimeOffset At)
{
    public string Status { get; init; } = "queued";

    public int? Error { get; init; }
}
