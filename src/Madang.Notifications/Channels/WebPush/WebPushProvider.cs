using System.Net.Http.Headers;
using Madang.Outbound;

namespace Madang.Notifications.Channels.WebPush;

/// <summary>Browsers by the push service that each names. Where it leads is a stranger's word, so it goes out through the checked door.</summary>
internal sealed class WebPushProvider(WebPushSettings settings, OutboundClient outbound, TimeProvider time) : IProvider
{
    private const int MaxAnswerBytes = 4_096;
    private const int MaxRedirects = 2;
    private readonly VapidTokens _tokens = new(settings.Key, settings.Subject, time);

    public string Name => settings.Name;

    public string Kind => WebPushKind.Word;

    public DeliveryChannel Channel => DeliveryChannel.Push;

    public string Scope => settings.Key.Id;

    /// <summary>By the tag: what is shown is replaced.</summary>
    public bool Collapses => true;

    public VapidKey Key => settings.Key;

    public bool AllowsHttp => settings.AllowHttp;

    public async Task<ProviderAnswer> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Content is not PushContent content)
        {
            return new ProviderAnswer(AnswerClass.Reject, "no_push_content");
        }

        if (envelope.AddressScope.Length > 0 && envelope.AddressScope != settings.Key.Id)
        {
            return new ProviderAnswer(AnswerClass.DeadAddress, "key_mismatch") { Detail = "The browser subscribed with another key of this server; it has to subscribe again." };
        }

        var subscription = Subscription.Read(envelope.Address, settings.AllowHttp, out var fault);
        if (subscription is null)
        {
            return new ProviderAnswer(AnswerClass.DeadAddress, "bad_subscription") { Detail = $"At fault: {fault}." };
        }

        if (WebPushMessage.Payload(envelope, content) is not { } plaintext)
        {
            return new ProviderAnswer(AnswerClass.Reject, "payload_too_large");
        }

        var body = WebPushCipher.Encrypt(plaintext, subscription.Receiver);
        var answer = await SendAsync(envelope, subscription, body, cancellationToken);
        if (answer.Class == AnswerClass.Config)
        {
            _tokens.Forget(subscription.Origin);
        }

        return answer;
    }

    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> faults = VapidSubject.Fault(settings.Subject) is { } fault ? [fault] : [];
        return Task.FromResult(faults);
    }

    private async Task<ProviderAnswer> SendAsync(Envelope envelope, Subscription subscription, byte[] body, CancellationToken cancellationToken)
    {
        var headers = WebPushMessage.Headers(envelope, _tokens.For(subscription.Origin), time.GetUtcNow());
        KeyValuePair<string, string>[] all = [.. headers, new("Content-Encoding", "aes128gcm")];
        var url = subscription.Endpoint;
        for (var redirects = 0; ; redirects++)
        {
            using var response = await outbound.SendAsync(Request(url, all, body), cancellationToken);
            if (response.Fault is { } fault)
            {
                return WebPushClassifier.OfFault(fault, response.Detail);
            }

            // RFC 9110 §15.4: these two keep method and body; another origin would get our signature for this one.
            if (response.Status is 307 or 308 && redirects < MaxRedirects && response.Location is { } location
                && Uri.TryCreate(new Uri(url), location, out var next) && next.GetLeftPart(UriPartial.Authority) == subscription.Origin)
            {
                url = next.AbsoluteUri;
                continue;
            }

            return WebPushClassifier.Of(response.Status, response.Body.Span, RetryAfter(response.RetryAfter)) with { MessageId = MessageId(response.Location) };
        }
    }

    private OutboundRequest Request(string url, IReadOnlyList<KeyValuePair<string, string>> headers, byte[] body) => new()
    {
        Url = url,
        Method = HttpMethod.Post,
        Headers = headers,
        Body = body,
        BodyType = "application/octet-stream",
        AcceptsEncodings = false,
        MaxWireBytes = MaxAnswerBytes,
        MaxBytes = MaxAnswerBytes,
        CutsAtLimit = true,
        HeaderTimeout = settings.Timeout,
        TotalTimeout = settings.Timeout + TimeSpan.FromSeconds(5),
    };

    /// <summary>The push message's own address (RFC 8030 §5), as far as a log bears it.</summary>
    private static string? MessageId(string? location) => location is { Length: > 0 and <= 300 } ? location : null;

    private TimeSpan? RetryAfter(string? header) =>
        header is not null && RetryConditionHeaderValue.TryParse(header, out var parsed) ? ProviderHttp.RetryAfter(parsed, time.GetUtcNow()) : null;
}
