using System.Net;

namespace Madang.Notifications.Channels.Apns;

/// <summary>Apple's push service over HTTP/2, by a signing key.</summary>
internal sealed class ApnsProvider(ApnsSettings settings, ApnsPool pool, TimeProvider time) : IProvider
{
    private const int MaxAnswerBytes = 4_096;

    /// <summary>No app has it: what Apple answers to it tells whether the credential is accepted, and nobody gets anything.</summary>
    private const string NobodysToken = "0000000000000000000000000000000000000000000000000000000000000000";

    public string Name => settings.Name;

    public string Kind => ApnsKind.Word;

    public DeliveryChannel Channel => DeliveryChannel.Push;

    public string Scope => settings.Scope;

    public bool Collapses => true;

    public async Task<ProviderAnswer> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Content is not PushContent content)
        {
            return new ProviderAnswer(AnswerClass.Reject, "no_push_content");
        }

        if (envelope.AddressScope.Length > 0 && envelope.AddressScope != settings.Scope)
        {
            // Apple would call the token bad, and an address that is good elsewhere would be lost.
            return new ProviderAnswer(AnswerClass.Reject, "wrong_scope") { Detail = $"The address belongs to {envelope.AddressScope}, this provider is {settings.Scope}." };
        }

        if (ApnsMessage.Payload(envelope, content, settings) is not { } payload)
        {
            return new ProviderAnswer(AnswerClass.Reject, "payload_too_large");
        }

        var token = pool.Token();
        var answer = await OnceAsync(envelope, content, payload, token, cancellationToken);
        if (answer.Class == AnswerClass.Reauth)
        {
            if (pool.Renew(token) is not { } renewed)
            {
                return answer with { Class = AnswerClass.Retry, RetryAfter = ApnsClassifier.TokenPause, Detail = "A new token may not be made yet: is the clock right?" };
            }

            answer = await OnceAsync(envelope, content, payload, renewed, cancellationToken);
            return answer.Class == AnswerClass.Reauth ? answer with { Class = AnswerClass.Config, Detail = "A new token is refused as well: is the clock right?" } : answer;
        }

        return answer.Class == AnswerClass.RetryNewConnection ? await OnceAsync(envelope, content, payload, pool.Token(), cancellationToken) : answer;
    }

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var probe = new Envelope
        {
            Delivery = default,
            Notification = default,
            Attempt = 1,
            Category = "check",
            Address = NobodysToken,
            RegisteredAt = time.GetUtcNow(),
            Content = new PushContent("", "", null, "{}", null),
            CollapseKey = "check",
            ExpiresAt = DateTimeOffset.UnixEpoch,
            Priority = Delivering.DeliveryPriority.Low,
            Locale = "en",
        };
        var skew = new ClockSkew(time);
        var answer = await OnceAsync(probe, (PushContent)probe.Content, ApnsMessage.Payload(probe, (PushContent)probe.Content, settings)!, pool.Token(), cancellationToken, skew);
        if (answer.Class is not (AnswerClass.DeadAddress or AnswerClass.Ok))
        {
            faults.Add($"{settings.Endpoint.Host} answered {answer.Code}. {answer.Detail}".Trim());
        }

        if (skew.Fault is { } wrong)
        {
            faults.Add(wrong);
        }

        return faults;
    }

    private async Task<ProviderAnswer> OnceAsync(
        Envelope envelope, PushContent content, byte[] payload, ApnsToken token, CancellationToken cancellationToken, ClockSkew? skew = null)
    {
        var wire = pool.Enter();
        using var body = new SentContent(payload, "application/json");
        using var request = ApnsMessage.Request(envelope, content, settings, body);
        request.Headers.TryAddWithoutValidation("authorization", token.Bearer);
        using var patience = new CancellationTokenSource(settings.Timeout, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await body.EnterAsync(wire.Door, over.Token);
            using var response = await wire.Http.SendAsync(request, over.Token);
            skew?.See(response.Headers.Date);
            var status = response.StatusCode;
            var text = status == HttpStatusCode.OK ? [] : await ProviderHttp.ReadAsync(response.Content, MaxAnswerBytes, over.Token);
            var reply = ApnsReply.Read((int)status, text, ProviderHttp.RetryAfter(response.Headers.RetryAfter, time.GetUtcNow()));
            Heed(reply, wire);
            return ApnsClassifier.Of(reply, envelope.RegisteredAt) with { MessageId = response.Headers.TryGetValues("apns-id", out var ids) ? ids.First() : null };
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
        finally
        {
            pool.Leave(wire);
        }
    }

    /// <summary>What an answer means for the connection that it came over.</summary>
    private void Heed(ApnsReply reply, ApnsWire wire)
    {
        switch (reply.Reason)
        {
            case "IdleTimeout" or "UnrelatedKeyIdInToken" or "Shutdown":
                pool.Retire(wire);
                break;
            case "TooManyProviderTokenUpdates":
                pool.StopMinting();
                break;
        }
    }
}
