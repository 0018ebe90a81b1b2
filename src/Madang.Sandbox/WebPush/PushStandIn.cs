using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Madang.Sandbox.WebPush;

/// <summary>
/// A browser vendor's push service and the browser behind it: <c>POST /subscribe</c> (<c>{"application_server_key"?}</c>) gives a subscription, <c>POST /push/{id}</c>
/// takes a message for it, checks VAPID and headers, and decrypts the body as the browser would.
/// </summary>
public sealed class PushStandIn(TimeProvider time, X509Certificate2? certificate = null) : HttpStandIn("push", HttpProtocols.Http1, time, certificate)
{
    private const int MaxSubscriptions = 1_000_000;
    private static readonly string[] s_told = ["TTL", "Urgency", "Topic"];
    private readonly ConcurrentDictionary<string, SandboxSubscription> _subscriptions = new();
    private readonly ConcurrentDictionary<string, SandboxJwt?> _keys = new();
    private long _next;


    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Kind"] = "webpush",
        ["AllowHttp"] = "true",
        ["Subject"] = "https://madang.example.org",
    };

    /// <param name="applicationKey">65 bytes in base64url; null binds it to no key.</param>
    public SandboxSubscription Subscribe(string? applicationKey = null)
    {
        var id = Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture);
        var subscription = new SandboxSubscription(id, new Uri(Address, "/push/" + id), applicationKey);
        _subscriptions[id] = subscription;
        return subscription;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var subscription in _subscriptions.Values)
        {
            subscription.Dispose();
        }
    }

    protected override string ErrorBody(int status, string? reason) =>
        reason is null ? "" : new JsonObject { ["code"] = status, ["error"] = reason, ["message"] = reason }.ToJsonString();

    protected override async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/subscribe" && context.Request.Method == HttpMethods.Post)
        {
            await SubscribeAsync(context);
            return;
        }

        var id = path.StartsWith("/push/", StringComparison.Ordinal) ? path["/push/".Length..] : "";
        var body = await ReadAsync(context);
        var fault = Faults.Meet(id);
        if (await RefusedByFaultAsync(context, fault))
        {
            return;
        }

        var subscription = _subscriptions.GetValueOrDefault(id);
        var plain = subscription?.Decrypt(body);
        if (Judge(context.Request, subscription, body, plain) is var (status, reason))
        {
            Received.Refuse();
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(ErrorBody(status, reason), context.RequestAborted);
            return;
        }

        var text = Encoding.UTF8.GetString(plain!);
        var (message, tag) = Identity(text);
        Received.Take(new ReceivedMessage(id, message, tag, text, !IsLost(fault), Time.GetUtcNow())
        {
            Facts = s_told.Where(context.Request.Headers.ContainsKey).ToDictionary(name => name, name => context.Request.Headers[name].ToString()),
        });
        if (!await LostByFaultAsync(context, fault))
        {
            context.Response.StatusCode = 201;
            context.Response.Headers.Location = new Uri(Address, "/message/" + message).AbsoluteUri;
            context.Response.Headers["TTL"] = context.Request.Headers["TTL"];
        }
    }

    private (int Status, string Reason)? Judge(HttpRequest request, SandboxSubscription? subscription, byte[] body, byte[]? plain)
    {
        var headers = request.Headers;
        return request.Method != HttpMethods.Post ? (405, "method not allowed")
            : subscription is null ? (404, "no such subscription")
            : subscription.IsGone ? (410, "unsubscribed")
            : Credential(headers.Authorization, subscription)
            ?? (!long.TryParse(headers["TTL"], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? (400, "TTL is missing")
            : headers["Urgency"].ToString() is not ("" or "very-low" or "low" or "normal" or "high") ? (400, "Urgency is none")
            : headers["Topic"].ToString() is { } topic && (topic.Length > 32 || !topic.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')) ? (400, "Topic is none")
            : headers.ContentEncoding != "aes128gcm" ? (400, "Content-Encoding is not aes128gcm")
            : body.Length > 4_096 ? (413, "too large")
            : plain is null ? (400, "the body cannot be decrypted")
            : ((int, string)?)null);
    }

    private (int, string)? Credential(string? authorization, SandboxSubscription subscription)
    {
        if (Parts(authorization) is not var (token, key))
        {
            return (401, "VAPID is missing");
        }

        if (_keys.GetOrAdd(key, Verifier)?.Read(token) is not var (_, claims))
        {
            return (403, "VAPID: the signature does not hold");
        }

        if ((string?)claims["aud"] != Address.GetLeftPart(UriPartial.Authority))
        {
            return (403, "VAPID: aud is another origin");
        }

        var left = DateTimeOffset.FromUnixTimeSeconds((long?)claims["exp"] ?? 0) - Time.GetUtcNow();
        if (left < TimeSpan.Zero || left > TimeSpan.FromHours(24))
        {
            return (403, "VAPID: exp is over or more than a day away");
        }

        if ((string?)claims["sub"] is not { } contact || !(contact.StartsWith("mailto:", StringComparison.Ordinal) || contact.StartsWith("https:", StringComparison.Ordinal)))
        {
            return (403, "BadJwtToken");
        }

        return subscription.ApplicationKey is { } bound && bound != key ? (403, "VAPID public key mismatch") : null;
    }

    /// <summary>Of <c>vapid t=…, k=…</c> (RFC 8292 §3), in any order.</summary>
    private static (string Token, string Key)? Parts(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith("vapid ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parts = authorization[6..].Split(',', StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToDictionary(part => part[0], part => part[1]);
        return parts.TryGetValue("t", out var token) && parts.TryGetValue("k", out var key) ? (token, key) : null;
    }

    private static SandboxJwt? Verifier(string key)
    {
        try
        {
            var point = Base64Url.DecodeFromChars(key);
            var verifying = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..65] } });
            return new SandboxJwt((signed, signature, header) => (string?)header["alg"] == "ES256" && SandboxJwt.Es256(verifying, signed, signature));
        }
        catch (Exception fault) when (fault is FormatException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The message's own name and the tag that it shows under, as a page's service worker would find them.</summary>
    private static (string Id, string? Tag) Identity(string text)
    {
        try
        {
            var notification = JsonNode.Parse(text)?["notification"];
            return ((string?)notification?["data"]?["delivery_id"] ?? text, (string?)notification?["tag"]);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return (text, null);
        }
    }

    private async Task SubscribeAsync(HttpContext context)
    {
        var body = await ReadAsync(context);
        string? key = null;
        try
        {
            key = body.Length == 0 ? null : (string?)JsonNode.Parse(body)?["application_server_key"];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            context.Response.StatusCode = 400;
            return;
        }

        if (_subscriptions.Count >= MaxSubscriptions)
        {
            context.Response.StatusCode = 507;
            return;
        }

        context.Response.StatusCode = 201;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Subscribe(key).Json, context.RequestAborted);
    }
}
