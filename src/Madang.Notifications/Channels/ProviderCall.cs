namespace Madang.Notifications.Channels;

/// <summary>One request to an endpoint of the operator's choice, with every way it can fail classed.</summary>
internal static class ProviderCall
{
    /// <param name="body">The request's content, when it has one: it knows whether anything went out. Without one a request counts as sent once there is a connection.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled before anything was written.</exception>
    public static async Task<ProviderAnswer> RunAsync(
        HttpMessageInvoker http, HttpRequestMessage request, SentContent? body, int maxAnswer, TimeSpan timeout, TimeProvider time,
        Func<HttpResponseMessage, byte[], ProviderAnswer> read, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(timeout, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, over.Token);
            return read(response, await ProviderHttp.ReadAsync(response.Content, maxAnswer, over.Token));
        }
        catch (HttpRequestException fault)
        {
            var isBegun = body?.IsBegun ?? fault.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            return ProviderHttp.Lost(fault, isBegun);
        }
        catch (IOException)
        {
            // The answer's body broke off.
            return ProviderAnswer.Ambiguous("connection_lost");
        }
        catch (OperationCanceledException) when (body is null or { IsBegun: true })
        {
            return ProviderAnswer.Ambiguous(cancellationToken.IsCancellationRequested ? "stopped" : "timeout");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProviderAnswer(AnswerClass.Retry, "connect_timeout") { Scope = AnswerScope.Provider };
        }
    }
}
