using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Madang.Sandbox.Sms;

/// <summary>Twilio's Messages API: sending, the list by number and date, the account, and signed status callbacks. The reason of a fault is Twilio's error code: <c>21610</c>.</summary>
public sealed class TwilioStandIn(TimeProvider time) : SmsStandIn("twilio", time)
{
    public string AccountSid { get; } = "AC" + new string('5', 32);

    public string AuthToken { get; } = "sandbox-token";

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Kind"] = "twilio",
        ["Endpoint"] = Address.GetLeftPart(UriPartial.Authority),
        ["AccountSid"] = AccountSid,
        ["AuthToken"] = AuthToken,
        ["From"] = "+15005550006",
    };

    /// <summary>Reports on a message by its callback; the status that the receiver answered, 0 for none.</summary>
    public async Task<int> ReportAsync(string id, string status, int? error, CancellationToken cancellationToken)
    {
        var message = Find(id) with { Status = status, Error = error };
        Put(message);
        if (message.Callback is not { } callback)
        {
            return 0;
        }

        SortedDictionary<string, string> form = new(StringComparer.Ordinal)
        {
            ["AccountSid"] = AccountSid,
            ["MessageSid"] = id,
            ["MessageStatus"] = status,
            ["To"] = message.To,
        };
        if (error is { } code)
        {
            form["ErrorCode"] = code.ToString(CultureInfo.InvariantCulture);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, callback) { Content = new FormUrlEncodedContent(form) };
#pragma warning disable CA5350 // the scheme is Twilio's
        var mac = HMACSHA1.HashData(Encoding.UTF8.GetBytes(AuthToken), Encoding.UTF8.GetBytes(callback + string.Concat(form.Select(pair => pair.Key + pair.Value))));
#pragma warning restore CA5350
        request.Headers.Add("X-Twilio-Signature", Convert.ToBase64String(mac));
        return await CallAsync(request, cancellationToken);
    }

    protected override string ErrorBody(int status, string? reason)
    {
        var body = new JsonObject { ["status"] = status, ["message"] = "By the sandbox's fault rule." };
        if (int.TryParse(reason, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            body["code"] = code;
        }

        return body.ToJsonString();
    }

    protected override async Task AnswerAsync(HttpContext context)
    {
        var login = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{AccountSid}:{AuthToken}"));
        if (context.Request.Headers.Authorization != login)
        {
            await RefuseAsync(context, 401, "20003");
            return;
        }

        var account = $"/2010-04-01/Accounts/{AccountSid}";
        var path = context.Request.Path.Value;
        if (path == account + ".json")
        {
            var fault = Faults.Meet("");
            if (!await RefusedByFaultAsync(context, fault))
            {
                await WriteAsync(context, 200, new JsonObject { ["sid"] = AccountSid, ["status"] = "active" });
            }
        }
        else if (path != account + "/Messages.json")
        {
            await RefuseAsync(context, 404, "20404");
        }
        else if (context.Request.Method == HttpMethods.Get)
        {
            await ListAsync(context);
        }
        else
        {
            await SendAsync(context);
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        var to = await FieldAsync(context, "To");
        var fault = Faults.Meet(to);
        if (await RefusedByFaultAsync(context, fault))
        {
            return;
        }

        var text = await FieldAsync(context, "Body");
        var from = await FieldAsync(context, "From");
        var validity = await FieldAsync(context, "ValidityPeriod");
        if (!to.StartsWith('+') || to.Length < 8)
        {
            await RefuseAsync(context, 400, "21211");
        }
        else if (text.Length is 0 or > 1_600)
        {
            await RefuseAsync(context, 400, text.Length == 0 ? "21602" : "21617");
        }
        else if (validity.Length > 0 && !(int.TryParse(validity, out var seconds) && seconds is >= 1 and <= 36_000))
        {
            await RefuseAsync(context, 400, "21644");
        }
        else
        {
            var callback = await FieldAsync(context, "StatusCallback");
            var message = Take(to, from, text, callback.Length > 0 ? callback : null, fault);
            if (!await LostByFaultAsync(context, fault))
            {
                await WriteAsync(context, 201, Json(message));
            }

            if (DeliversAtOnce)
            {
                _ = ReportAsync(message.Id, "delivered", null, CancellationToken.None);
            }
        }
    }

    private Task ListAsync(HttpContext context)
    {
        var to = context.Request.Query["To"].ToString();
        var since = DateTimeOffset.TryParse(context.Request.Query["DateSent>"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : DateTimeOffset.MinValue;
        var found = Messages.Where(message => message.To == to && message.At >= since).Reverse().Select(message => (JsonNode)Json(message));
        return WriteAsync(context, 200, new JsonObject { ["messages"] = new JsonArray([.. found]) });
    }

    private static JsonObject Json(SmsMessage message) => new()
    {
        ["sid"] = message.Id,
        ["to"] = message.To,
        ["from"] = message.From,
        ["body"] = message.Text,
        ["status"] = message.Status,
        ["error_code"] = message.Error,
        ["date_created"] = message.At.ToString("R", CultureInfo.InvariantCulture),
    };

    private Task RefuseAsync(HttpContext context, int status, string code)
    {
        Received.Refuse();
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(ErrorBody(status, code), context.RequestAborted);
    }

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
