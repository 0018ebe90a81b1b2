using System.Collections.Concurrent;
using System.Net;
using Madang.Bench.Notifying.Queues;

namespace Madang.Bench.Notifying;

/// <summary>Somebody's address for webhooks: answers 204 to everything and counts by <c>webhook-id</c>.</summary>
internal sealed class HookReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private long _taken;

    private HookReceiver(int port) => Address = new Uri($"http://127.0.0.1:{port}/");

    public Uri Address { get; }

    /// <summary>Different ones.</summary>
    public long Messages => _seen.Count;

    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Environment variables that let a server reach it.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["MADANG__NOTIFICATIONS__PROVIDERS__HOOKS__KIND"] = "webhook",
        ["MADANG__NOTIFICATIONS__PROVIDERS__HOOKS__SECRET"] = "whsec_" + Convert.ToBase64String(new byte[32]),
        ["MADANG__NOTIFICATIONS__PROVIDERS__HOOKS__ALLOWHTTP"] = "true",
        ["MADANG__OUTBOUND__ALLOW"] = "127.0.0.1",
    };

    public static HookReceiver Start()
    {
        var receiver = new HookReceiver(ServedProcess.FreePort());
        receiver._listener.Prefixes.Add(receiver.Address.OriginalString);
        receiver._listener.Start();
        _ = receiver.ServeAsync();
        return receiver;
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = AnswerAsync(call);
        }
    }

    private async Task AnswerAsync(HttpListenerContext call)
    {
        try
        {
            await call.Request.InputStream.CopyToAsync(Stream.Null);
            _ = _seen.TryAdd(call.Request.Headers["webhook-id"] ?? "", true);
            Interlocked.Increment(ref _taken);
            call.Response.StatusCode = (int)HttpStatusCode.NoContent;
            call.Response.Close();
        }
        catch (Exception fault) when (fault is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The server is being killed.
        }
    }
}
