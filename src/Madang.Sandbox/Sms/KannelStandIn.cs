using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Madang.Sandbox.Sms;

/// <summary>A Kannel smsbox: <c>/cgi-bin/sendsms</c> with its words, and delivery reports to <c>dlr-url</c>. The reason of a fault is the text of the answer.</summary>
public sealed class KannelStandIn(TimeProvider time) : SmsStandIn("kannel", time)
{
    public string Username { get; } = "sandbox";

    public string Password { get; } = "sandbox";

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Kind"] = "kannel",
        ["Endpoint"] = Address.GetLeftPart(UriPartial.Authority),
        ["Username"] = Username,
        ["Password"] = Password,
        ["From"] = "12345",
    };

    /// <summary>Calls the message's <c>dlr-url</c>; the status that the receiver answered, 0 for none.</summary>
    public async Task<int> ReportAsync(string id, int status, string reply, CancellationToken cancellationToken)
    {
        if (Find(id).Callback is not { } callback)
        {
            return 0;
        }

        var url = callback.Replace("%d", status.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%A", Uri.EscapeDataString(reply), StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await CallAsync(request, cancellationToken);
    }

    protected override string ErrorBody(int status, string? reason) => reason ?? (status == 503 ? "Temporal failure, try again later." : "Sending failed.");

    protected override async Task AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (context.Request.Path != "/cgi-bin/sendsms")
        {
            await SayAsync(context, 404, "Unknown request.");
            return;
        }

        if (query["username"] != Username || query["password"] != Password)
        {
            await SayAsync(context, 403, "Authorization failed for sendsms");
            return;
        }

        var to = query["to"].ToString();
        var fault = Faults.Meet(to);
        if (await RefusedByFaultAsync(context, fault))
        {
            return;
        }

        if (to.Length == 0)
        {
            await SayAsync(context, 400, "Missing receiver number, rejected");
            return;
        }

        var callback = query["dlr-url"].ToString();
        var message = Take(to, query["from"].ToString(), query["text"].ToString(), callback.Length > 0 ? callback : null, fault);
        if (!await LostByFaultAsync(context, fault))
        {
            context.Response.StatusCode = 202;
            await context.Response.WriteAsync("0: Accepted for delivery", context.RequestAborted);
        }

        if (DeliversAtOnce)
        {
            _ = DeliverAsync(message.Id);
        }
    }

    private async Task DeliverAsync(string id)
    {
        _ = await ReportAsync(id, 8, "ACK/", CancellationToken.None);
        _ = await ReportAsync(id, 1, "", CancellationToken.None);
    }

    private Task SayAsync(HttpContext context, int status, string text)
    {
        Received.Refuse();
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
