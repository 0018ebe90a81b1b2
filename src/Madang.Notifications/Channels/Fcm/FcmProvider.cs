using System.Net;
using System.Net.Http.Headers;

namespace Madang.Notifications.Channels.Fcm;

/// <summary>Firebase Cloud Messaging, HTTP v1: one request a message, as there is no batch.</summary>
internal sealed class FcmProvider : IProvider, IDisposable
{
    private const int MaxAnswerBytes = 16 * 1024;
    private readonly FcmSettings _settings;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private readonly GoogleTokens _tokens;
    private readonly Uri _send;
    private readonly SemaphoreSlim _door = new(ProviderHttp.Door);

    public FcmProvider(FcmSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _http = new HttpMessageInvoker(ProviderHttp.Pool(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), settings.Trusted));
        _tokens = new GoogleTokens(settings, _http, time);
        _send = new Uri(settings.Endpoint, $"/v1/projects/{Uri.EscapeDataString(settings.ProjectId)}/messages:send");
    }

    public string Name => _settings.Name;

    public string Kind => FcmKind.Word;

    public DeliveryChannel Channel => DeliveryChannel.Push;

    public string Scope => _settings.ProjectId;

    public bool Collapses => true;

    public async Task<ProviderAnswer> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Content is not PushContent content)
        {
            return new ProviderAnswer(AnswerClass.Reject, "no_push_content");
        }

        if (envelope.AddressScope.Length > 0 && envelope.AddressScope != _settings.ProjectId)
        {
            return new ProviderAnswer(AnswerClass.Reject, "wrong_scope") { Detail = $"The address belongs to project {envelope.AddressScope}, this provider is {_settings.ProjectId}." };
        }

        if (FcmMessage.Payload(envelope, content, _time.GetUtcNow()) is not { } payload)
        {
            return new ProviderAnswer(AnswerClass.Reject, "payload_too_large");
        }

        var (token, fault) = await _tokens.GetAsync(null, cancellationToken);
        if (token is null)
        {
            return fault;
        }

        var answer = await OnceAsync(payload, token, cancellationToken);
        if (answer.Class != AnswerClass.Reauth)
        {
            return answer;
        }

        (token, fault) = await _tokens.GetAsync(token, cancellationToken);
        if (token is null)
        {
            return fault;
        }

        answer = await OnceAsync(payload, token, cancellationToken);
        return answer.Class == AnswerClass.Reauth ? answer with { Class = AnswerClass.Config } : answer;
    }

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var skew = new ClockSkew(_time);
        var (token, fault) = await _tokens.GetAsync(null, cancellationToken, skew);
        var faults = new List<string>();
        if (token is null)
        {
            faults.Add($"{_settings.TokenEndpoint.Host} gave no access token: {fault.Code}. {fault.Detail}".Trim());
        }
        else
        {
            // Checked like any message, and sent to nobody.
            var probe = "{\"validate_only\":true,\"message\":{\"topic\":\"madang-check\",\"data\":{\"check\":\"1\"}}}"u8.ToArray();
            var answer = await OnceAsync(probe, token, cancellationToken);
            if (answer.Class != AnswerClass.Ok)
            {
                faults.Add($"{_settings.Endpoint.Host} answered {answer.Code} for project {_settings.ProjectId}. {answer.Detail}".Trim());
            }
        }

        if (skew.Fault is { } wrong)
        {
            faults.Add(wrong);
        }

        return faults;
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _http.Dispose();
    }

    private async Task<ProviderAnswer> OnceAsync(byte[] payload, GoogleToken token, CancellationToken cancellationToken)
    {
        using var body = new SentContent(payload, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, _send)
        {
            Version = _send.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = body,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Text);
        using var patience = new CancellationTokenSource(_settings.Timeout, _time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await body.EnterAsync(_door, over.Token);
            using var response = await _http.SendAsync(request, over.Token);
            var text = await ProviderHttp.ReadAsync(response.Content, MaxAnswerBytes, over.Token);
            return FcmClassifier.Of(FcmReply.Read((int)response.StatusCode, text, ProviderHttp.RetryAfter(response.Headers.RetryAfter, _time.GetUtcNow())));
        }
        catch (HttpRequestException fault)
        {
            return ProviderHttp.Lost(fault, body.IsBegun);
        }
        catch (IOException) // the answer's body broke off
        {
            return ProviderAnswer.Ambiguous("connection_lost");
        }
        catch (OperationCanceledException) when (body.IsBegun)
        {
            return ProviderAnswer.Ambiguous(cancellationToken.IsCancellationRequested ? "stopped" : "timeout");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProviderAnswer(AnswerClass.Retry, "connect_timeout") { Scope = AnswerScope.Provider };
        }
    }
}
