using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Madang.Sandbox.Apns;

/// <summary>
/// Apple's push service: HTTP/2 only, and as strict about tokens and headers as "Sending notification requests to APNs" says. It makes a signing key of its own
/// (<see cref="KeyPem"/>); every device token is good unless <see cref="Forget"/> was told of it.
/// </summary>
public sealed class ApnsStandIn : HttpStandIn
{
    private const int MaxPayload = 4_096;
    private static readonly string[] s_types =
        ["alert", "background", "location", "voip", "complication", "fileprovider", "mdm", "liveactivity", "pushtotalk", "widgets", "controls"];

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _gone = [];
    private readonly SandboxJwt _jwt;
    private readonly HashSet<string> _connections = [];
    private readonly HashSet<string> _bearers = [];

    public ApnsStandIn(TimeProvider time, X509Certificate2? certificate = null) : base("apns", HttpProtocols.Http2, time, certificate)
    {
        _jwt = new SandboxJwt((signed, signature, header) => (string?)header["alg"] == "ES256" && (string?)header["kid"] == KeyId && SandboxJwt.Es256(_key, signed, signature));
    }

    public string TeamId { get; } = "SANDBOXT01";

    public string KeyId { get; } = "SANDBOXK01";

    public string Topic { get; } = "com.example.sandbox";

    /// <summary>The .p8 of the signing key.</summary>
    public string KeyPem => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>Connections that carried a request.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Different provider tokens seen.</summary>
    public int Tokens
    {
        get
        {
            lock (_gate)
            {
                return _bearers.Count;
            }
        }
    }

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Kind"] = "apns",
        ["Endpoint"] = Address.GetLeftPart(UriPartial.Authority),
        ["TeamId"] = TeamId,
        ["KeyId"] = KeyId,
        ["Topic"] = Topic,
        ["Environment"] = "sandbox",
    };

    /// <summary>The app has been removed from this device: 410 from now on.</summary>
    public void Forget(string device, DateTimeOffset since)
    {
        lock (_gate)
        {
            _gone[device] = since;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _key.Dispose();
    }

    protected override string ErrorBody(int status, string? reason) => reason is null ? "" : new JsonObject { ["reason"] = reason }.ToJsonString();

    protected override async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var device = request.Path.Value is { } path && path.StartsWith("/3/device/", StringComparison.Ordinal) ? path["/3/device/".Length..] : null;
        var body = await ReadAsync(context);
        See(context);
        var id = (string?)request.Headers["apns-id"] ?? "";
        if (id.Length > 0)
        {
            context.Response.Headers["apns-id"] = id;
        }

        var fault = Faults.Meet(device ?? "");
        if (await RefusedByFaultAsync(context, fault))
        {
            return;
        }

        if (Judge(request, device, id, body) is var (status, reason))
        {
            Received.Refuse();
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(ErrorBody(status, reason), context.RequestAborted);
            return;
        }

        if (Gone(device!) is { } since)
        {
            Received.Refuse();
            context.Response.StatusCode = 410;
            await context.Response.WriteAsync(new JsonObject { ["reason"] = "Unregistered", ["timestamp"] = since.ToUnixTimeMilliseconds() }.ToJsonString(), context.RequestAborted);
            return;
        }

        Received.Take(new ReceivedMessage(device!, id, request.Headers["apns-collapse-id"], Encoding.UTF8.GetString(body), !IsLost(fault), Time.GetUtcNow())
        {
            Facts = request.Headers.Where(header => header.Key.StartsWith("apns-", StringComparison.OrdinalIgnoreCase)).ToDictionary(header => header.Key, header => header.Value.ToString()),
        });
        if (!await LostByFaultAsync(context, fault))
        {
            context.Response.StatusCode = 200;
        }
    }

    private (int Status, string Reason)? Judge(HttpRequest request, string? device, string id, byte[] body)
    {
        var headers = request.Headers;
        if (request.Method != HttpMethods.Post)
        {
            return (405, "MethodNotAllowed");
        }

        if (device is null)
        {
            return (404, "BadPath");
        }

        if (device.Length == 0)
        {
            return (400, "MissingDeviceToken");
        }

        return Credential(headers.Authorization) ?? (
            headers["apns-topic"] is not [{ Length: > 0 } topic] ? (400, "MissingTopic")
            : topic != Topic ? (400, "TopicDisallowed")
            : device.Length % 2 != 0 || !device.All(char.IsAsciiHexDigit) || device.All(letter => letter == '0') ? (400, "BadDeviceToken")
            : headers["apns-push-type"] is not [{ } type] || !s_types.Contains(type) ? (400, "InvalidPushType")
            : !Guid.TryParseExact(id, "D", out _) || id.Any(char.IsAsciiLetterUpper) ? (400, "BadMessageId")
            : headers["apns-priority"].ToString() is not ("10" or "5" or "1" or "") || (type == "background" && headers["apns-priority"] != "5") ? (400, "BadPriority")
            : headers["apns-expiration"].ToString() is { Length: > 0 } expiration && !long.TryParse(expiration, out _) ? (400, "BadExpirationDate")
            : Encoding.UTF8.GetByteCount(headers["apns-collapse-id"].ToString()) > 64 ? (400, "BadCollapseId")
            : body.Length == 0 ? (400, "PayloadEmpty")
            : body.Length > MaxPayload ? (413, "PayloadTooLarge")
            : IsPayload(body) ? null
            : (400, "PayloadEmpty"));
    }

    private (int, string)? Credential(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return (403, "MissingProviderToken");
        }

        if (_jwt.Read(authorization[7..]) is not var (_, claims) || (string?)claims["iss"] != TeamId || (long?)claims["iat"] is not { } issued)
        {
            return (403, "InvalidProviderToken");
        }

        var age = Time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(issued);
        return age > TimeSpan.FromHours(1) ? (403, "ExpiredProviderToken") : age < TimeSpan.FromMinutes(-5) ? (403, "InvalidProviderToken") : null;
    }

    private static bool IsPayload(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject json && json.ContainsKey("aps");
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void See(HttpContext context)
    {
        lock (_gate)
        {
            _connections.Add(context.Connection.Id);
            if ((string?)context.Request.Headers.Authorization is { } bearer)
            {
                _bearers.Add(bearer);
            }
        }
    }

    private DateTimeOffset? Gone(string device)
    {
        lock (_gate)
        {
            return _gone.TryGetValue(device, out var since) ? since : null;
        }
    }
}
