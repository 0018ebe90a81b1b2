using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Madang.Notifications.Channels.Sms;

/// <summary>SMS over Twilio's Messages API (2010-04-01). It knows no idempotency key: an attempt without an answer is proved by its callback, or looked for in the list of messages.</summary>
internal sealed class TwilioProvider : IProvider, IDisposable
{
    private const int MaxAnswerBytes = 512 * 1024;
    private const int MaxText = 1_600;
    private static readonly TimeSpan s_slack = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_lookBack = TimeSpan.FromHours(1);
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private readonly AuthenticationHeaderValue _login;
    private readonly string _account;

    public TwilioProvider(TwilioSettings settings, TimeProvider time)
    {
        (Settings, _time) = (settings, time);
        _http = new HttpMessageInvoker(ProviderHttp.Pool(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), settings.Trusted));
        _login = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.AccountSid}:{settings.AuthToken}")));
        _account = $"/2010-04-01/Accounts/{settings.AccountSid}";
    }

    public TwilioSettings Settings { get; }

    public string Name => Settings.Name;

    public string Kind => TwilioKind.Word;

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

        var left = (int)Math.Clamp((envelope.ExpiresAt - _time.GetUtcNow()).TotalSeconds, 1, 36_000);
        List<KeyValuePair<string, string>> form =
        [
            new("To", envelope.Address),
            Settings.From is { } from ? new("From", from) : new("MessagingServiceSid", Settings.MessagingService!),
            new("Body", content.Text),
            new("ValidityPeriod", left.ToString(CultureInfo.InvariantCulture)),
        ];
        if (Settings.Callback.Of(envelope.Delivery, envelope.Attempt) is { } callback)
        {
            form.Add(new("StatusCallback", callback));
        }

        using var encoded = new FormUrlEncodedContent(form);
        using var body = new SentContent(await encoded.ReadAsByteArrayAsync(cancellationToken), "application/x-www-form-urlencoded");
        using var request = Request(HttpMethod.Post, $"{_account}/Messages.json");
        request.Content = body;
        return await ProviderCall.RunAsync(
            _http, request, body, MaxAnswerBytes, Settings.Timeout, _time,
            (response, text) => TwilioClassifier.Of(Reply(response, text)), cancellationToken);
    }

    public async Task<ProviderAnswer> LookUpAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Content is not SmsContent content)
        {
            return ProviderAnswer.Ambiguous("no_sms_content");
        }

        // Not older than the attempt, or a like message of yesterday would be taken for this one.
        var since = (envelope.StartedAt is { } started ? started : _time.GetUtcNow() - s_lookBack) - s_slack;
        var path = $"{_account}/Messages.json?To={Uri.EscapeDataString(envelope.Address)}&DateSent%3E={since.UtcDateTime:yyyy-MM-dd}&PageSize=200";
        using var request = Request(HttpMethod.Get, path);
        var answer = await ProviderCall.RunAsync(
            _http, request, null, MaxAnswerBytes, Settings.Timeout, _time,
            (response, text) => (int)response.StatusCode == 200 ? Find(text, envelope.Address, content.Text, since) : ProviderAnswer.Ambiguous($"list {(int)response.StatusCode}"),
            cancellationToken);

        // Whatever went wrong with asking, nothing is known.
        return answer is { Class: AnswerClass.Retry, Scope: AnswerScope.Provider } ? ProviderAnswer.Ambiguous(answer.Code) : answer;
    }

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        List<string> faults = [];
        using var request = Request(HttpMethod.Get, $"{_account}.json");
        var answer = await ProviderCall.RunAsync(
            _http, request, null, MaxAnswerBytes, Settings.Timeout, _time,
            (response, text) =>
            {
                var reply = Reply(response, text);
                return reply is { Http: 200, Status: not (null or "active") } ? new ProviderAnswer(AnswerClass.Config, $"account {reply.Status}") : TwilioClassifier.Of(reply);
            },
            cancellationToken);
        if (answer.Class != AnswerClass.Ok)
        {
            faults.Add($"{Settings.Endpoint.Host} answered {answer.Code} for account {Settings.AccountSid}. {answer.Detail}".Trim());
        }

        if (Settings.Callback.Of(new(1), 1) is null)
        {
            faults.Add(IProvider.Advice + "neither CallbackUrl nor Madang:PublicUrl is set, so nobody tells what became of a message.");
        }

        return faults;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The youngest of those that say the same to the same number since the attempt.</summary>
    private static ProviderAnswer Find(byte[] list, string to, string text, DateTimeOffset since)
    {
        try
        {
            using var document = JsonDocument.Parse(list, new JsonDocumentOptions { MaxDepth = 16 });
            foreach (var message in document.RootElement.GetProperty("messages").EnumerateArray())
            {
                if (message.GetProperty("to").GetString() != to || message.GetProperty("body").GetString() != text
                    || !DateTimeOffset.TryParse(message.GetProperty("date_created").GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created) || created < since)
                {
                    continue;
                }

                var found = new TwilioReply(200, null, null, null, null, null).With(message);
                return TwilioClassifier.OfStatus(found.Status ?? "", found.Code) ?? ProviderAnswer.Ok($"found {found.Status}", found.Sid);
            }

            return new ProviderAnswer(AnswerClass.Retry, "not_found");
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return ProviderAnswer.Ambiguous("list_unreadable");
        }
    }

    private TwilioReply Reply(HttpResponseMessage response, byte[] text) =>
        TwilioReply.Read((int)response.StatusCode, text, ProviderHttp.RetryAfter(response.Headers.RetryAfter, _time.GetUtcNow()));

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(Settings.Endpoint, path));
        request.Headers.Authorization = _login;
        return request;
    }
}
