using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Madang.Sandbox.Fcm;

/// <summary>
/// Google's token endpoint (<c>/token</c>) and FCM's HTTP v1 (<c>/v1/projects/{id}/messages:send</c>) on one port. It makes a service account of its own
/// unless it is given one (<see cref="ServiceAccount"/>). A device token that begins with <c>gone-</c> is unregistered, one with <c>bad-</c> is none at all.
/// </summary>
public sealed class FcmStandIn(TimeProvider time, X509Certificate2? certificate = null, RSA? key = null) : HttpStandIn("fcm", HttpProtocols.Http1AndHttp2, time, certificate)
{
    private const int MaxPayload = 4_096;
    private const string ClientEmail = "sandbox@sandbox-project.iam.example";
    private readonly RSA _key = key ?? RSA.Create(2_048);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _tokens = [];
    private long _sent;

    public string ProjectId { get; } = "sandbox-project";

    /// <summary>Access tokens given out.</summary>
    public int TokensGiven { get; private set; }

    /// <summary>How the token endpoint fails; messages fail by <see cref="StandIn.Faults"/>.</summary>
    public Faults TokenFaults { get; } = new();

    /// <summary>The JSON as Google gives it.</summary>
    public string ServiceAccount => new JsonObject
    {
        ["type"] = "service_account",
        ["project_id"] = ProjectId,
        ["private_key_id"] = "sandbox",
        ["private_key"] = _key.ExportPkcs8PrivateKeyPem(),
        ["client_email"] = ClientEmail,
        ["token_uri"] = new Uri(Address, "/token").AbsoluteUri,
    }.ToJsonString();

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Kind"] = "fcm",
        ["Endpoint"] = Address.GetLeftPart(UriPartial.Authority),
    };

    /// <summary>Access tokens hold no longer: 401 until another one is asked for.</summary>
    public void ForgetTokens()
    {
        lock (_gate)
        {
            _tokens.Clear();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (key is null)
        {
            _key.Dispose();
        }
    }

    protected override string ErrorBody(int status, string? reason) => reason switch
    {
        null => "",
        "BadRequest" => Error(status, "INVALID_ARGUMENT", "Invalid value.", new JsonObject
        {
            ["@type"] = "type.googleapis.com/google.rpc.BadRequest",
            ["fieldViolations"] = new JsonArray(new JsonObject { ["field"] = "message.data[0].value", ["description"] = "Invalid value." }),
        }),
        "UNAUTHENTICATED" or "PERMISSION_DENIED" or "NOT_FOUND" => Error(status, reason, reason, null),
        "DEVICE_RATE" => Error(status, "RESOURCE_EXHAUSTED", "Quota exceeded for the device.", FcmError("QUOTA_EXCEEDED")),
        _ => Error(status, Status(status), reason, FcmError(reason)),
    };

    protected override async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/token")
        {
            await AnswerTokenAsync(context);
            return;
        }

        var body = await ReadAsync(context);
        var message = Parse(body);
        var device = (string?)message?["token"] ?? "";
        var fault = Faults.Meet(device);
        if (await RefusedByFaultAsync(context, fault))
        {
            return;
        }

        if (Judge(context.Request, message, body) is var (status, reason))
        {
            Received.Refuse();
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(ErrorBody(status, reason), context.RequestAborted);
            return;
        }

        var isDry = JsonNode.Parse(body)!["validate_only"]?.GetValue<bool>() == true;
        if (!isDry)
        {
            Received.Take(new ReceivedMessage(
                device, (string?)message!["data"]?["delivery_id"] ?? "", (string?)message["android"]?["notification"]?["tag"], Encoding.UTF8.GetString(body), !IsLost(fault), Time.GetUtcNow()));
        }

        if (!await LostByFaultAsync(context, fault))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(new JsonObject { ["name"] = $"projects/{ProjectId}/messages/0:{Interlocked.Increment(ref _sent)}" }.ToJsonString(), context.RequestAborted);
        }
    }

    private (int Status, string Reason)? Judge(HttpRequest request, JsonObject? message, byte[] body)
    {
        if (!IsAuthorised(request.Headers.Authorization))
        {
            return (401, "UNAUTHENTICATED");
        }

        if (request.Path != $"/v1/projects/{ProjectId}/messages:send" || request.Method != HttpMethods.Post)
        {
            return (404, "NOT_FOUND");
        }

        var device = (string?)message?["token"];
        if (message is null || (device is null && message["topic"] is null) || body.Length > MaxPayload + 64 + (device?.Length ?? 0)
            || (message["data"] is JsonObject data && data.Any(pair => pair.Value?.GetValueKind() != JsonValueKind.String || IsReserved(pair.Key))))
        {
            return (400, "BadRequest");
        }

        return device is null ? null : device.StartsWith("gone-", StringComparison.Ordinal) ? (404, "UNREGISTERED") : device.StartsWith("bad-", StringComparison.Ordinal) ? (400, "INVALID_ARGUMENT") : null;
    }

    private static bool IsReserved(string key) => key is "from" or "message_type" || key.StartsWith("gcm", StringComparison.Ordinal) || key.StartsWith("google", StringComparison.Ordinal);

    private bool IsAuthorised(string? authorization)
    {
        lock (_gate)
        {
            return authorization is not null && authorization.StartsWith("Bearer ", StringComparison.Ordinal) && _tokens.TryGetValue(authorization[7..], out var end) && end > Time.GetUtcNow();
        }
    }

    private async Task AnswerTokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await RefusedByFaultAsync(context, TokenFaults.Meet("")))
        {
            return;
        }

        var jwt = new SandboxJwt((signed, signature, header) =>
            (string?)header["alg"] == "RS256" && _key.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var now = Time.GetUtcNow();
        if (form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer" || jwt.Read(form["assertion"].ToString()) is not var (_, claims)
            || (string?)claims["iss"] != ClientEmail || (string?)claims["aud"] != new Uri(Address, "/token").AbsoluteUri
            || !((string?)claims["scope"] ?? "").Split(' ').Contains("https://www.googleapis.com/auth/firebase.messaging")
            || (long?)claims["exp"] is not { } end || (long?)claims["iat"] is not { } start || end - start > 3_600 || DateTimeOffset.FromUnixTimeSeconds(end) < now
            || DateTimeOffset.FromUnixTimeSeconds(start) > now.AddMinutes(5))
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("""{"error":"invalid_grant","error_description":"Invalid JWT."}""", context.RequestAborted);
            return;
        }

        var token = "ya29." + RandomNumberGenerator.GetHexString(40, lowercase: true);
        lock (_gate)
        {
            _tokens[token] = now.AddHours(1);
            TokensGiven++;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject { ["access_token"] = token, ["expires_in"] = 3_599, ["token_type"] = "Bearer" }.ToJsonString(), context.RequestAborted);
    }

    private static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body)?["message"] as JsonObject;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonObject FcmError(string code) => new() { ["@type"] = "type.googleapis.com/google.firebase.fcm.v1.FcmError", ["errorCode"] = code };

    private static string Error(int code, string status, string message, JsonObject? detail) => new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["status"] = status, ["details"] = detail is null ? [] : new JsonArray(detail) },
    }.ToJsonString();

    private static string Status(int code) => code switch
    {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        500 => "INTERNAL",
        503 => "UNAVAILABLE",
        _ => "UNKNOWN",
    };
}
