using System.Globalization;
using System.Text;
using Madang.Notifications.Rendering;

namespace Madang.Notifications.Channels.Sms;

/// <summary>SMS over an operator's own gateway: Kannel's sendsms. It can be asked about nothing; what became of a message its report tells.</summary>
internal sealed class KannelProvider(KannelSettings settings, TimeProvider time) : IProvider, IDisposable
{
    private const int MaxAnswerBytes = 16 * 1024;
    private const int MaxText = 1_600;

    /// <summary>Delivered, not delivered, buffered, accepted and rejected by the SMSC.</summary>
    private const string AllReports = "31";
    private readonly HttpMessageInvoker _http = new(ProviderHttp.Pool(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), null));
    private readonly Uri _send = new(settings.Endpoint, settings.Endpoint.AbsolutePath.TrimEnd('/') + "/cgi-bin/sendsms");

    public string Name => settings.Name;

    public string Kind => KannelKind.Word;

    public DeliveryChannel Channel => DeliveryChannel.Sms;

    public bool Collapses => false;

    public async Task<ProviderAnswer> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Content is not SmsContent content)
        {
            return new ProviderAnswer(AnswerClass.Reject, "no_sms_content");
        }

        if (!PhoneNumber.IsE164(envelope.Address))
        {
            return new ProviderAnswer(AnswerClass.DeadAddress, "bad_address");
        }

        if (content.Text.Length is 0 or > MaxText)
        {
            return new ProviderAnswer(AnswerClass.Reject, content.Text.Length == 0 ? "empty" : "too_long");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_send, "?" + Query(envelope, content.Text)));
        return await ProviderCall.RunAsync(
            _http, request, null, MaxAnswerBytes, settings.Timeout, time,
            (response, text) => KannelClassifier.Of((int)response.StatusCode, Encoding.UTF8.GetString(text)), cancellationToken);
    }

    /// <summary>A request that lacks a receiver tells whether the user is let in, and sends nothing.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var query = Encode([new("username", settings.Username), new("password", settings.Password), new("text", "check")]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_send, "?" + query));
        var answer = await ProviderCall.RunAsync(
            _http, request, null, MaxAnswerBytes, settings.Timeout, time,
            (response, text) => (int)response.StatusCode == 400 ? ProviderAnswer.Ok("400") : KannelClassifier.Of((int)response.StatusCode, Encoding.UTF8.GetString(text)),
            cancellationToken);
        List<string> faults = answer.Class == AnswerClass.Ok ? [] : [$"{_send.Host} answered {answer.Code}. {answer.Detail}".Trim()];
        if (settings.Callback.Of(new(1), 1) is null)
        {
            faults.Add(IProvider.Advice + "neither CallbackUrl nor Madang:PublicUrl is set, so nobody tells what became of a message.");
        }

        return faults;
    }

    public void Dispose() => _http.Dispose();

    private string Query(Envelope envelope, string text)
    {
        // Beyond the GSM alphabet it is UCS-2, or letters would arrive as question marks.
        var coding = SmsSegments.Count(text).Encoding == SmsEncoding.Gsm7 ? "0" : "2";
        var minutes = (int)Math.Clamp((envelope.ExpiresAt - time.GetUtcNow()).TotalMinutes, 1, 7 * 24 * 60);
        List<KeyValuePair<string, string>> fields =
        [
            new("username", settings.Username),
            new("password", settings.Password),
            new("to", envelope.Address),
            new("text", text),
            new("charset", "UTF-8"),
            new("coding", coding),
            new("validity", minutes.ToString(CultureInfo.InvariantCulture)),
        ];
        if (settings.From is { } from)
        {
            fields.Add(new("from", from));
        }

        if (settings.Smsc is { } smsc)
        {
            fields.Add(new("smsc", smsc));
        }

        if (settings.Callback.Of(envelope.Delivery, envelope.Attempt) is { } callback)
        {
            fields.Add(new("dlr-mask", AllReports));
            // Kannel puts the report's number and the SMSC's words in; a percent of ours would be read as its own.
            fields.Add(new("dlr-url", callback.Replace("%", "%%", StringComparison.Ordinal) + "?status=%d&reply=%A"));
        }

        return Encode(fields);
    }

    private static string Encode(IEnumerable<KeyValuePair<string, string>> fields) =>
        string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
}
