using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Madang.Client;

/// <summary>One request, one answer; what is no success is a <see cref="MadangException"/>.</summary>
internal sealed class Http(MadangClientOptions options) : IDisposable
{
    private const string Json = "application/json";

    private readonly HttpClient _client = new(
        options.Handler ?? new SocketsHttpHandler { UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }, disposeHandler: options.Handler is null)
    {
        BaseAddress = options.BaseAddress,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public string? Token { get; set; } = options.Token;

    public static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken, params (string Name, string? Value)[] query) =>
        ReadAsync(HttpMethod.Get, path + Query(query), null, type, options.Timeout, cancellationToken);

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, TimeSpan timeout, CancellationToken cancellationToken, params (string Name, string? Value)[] query) =>
        ReadAsync(HttpMethod.Get, path + Query(query), null, type, timeout, cancellationToken);

    public Task<TOut> SendAsync<TIn, TOut>(
        HttpMethod method, string path, TIn body, JsonTypeInfo<TIn> bodyType, JsonTypeInfo<TOut> type, CancellationToken cancellationToken) =>
        ReadAsync(method, path, Body(body, bodyType), type, options.Timeout, cancellationToken);

    public Task<TOut> SendAsync<TOut>(HttpMethod method, string path, JsonTypeInfo<TOut> type, CancellationToken cancellationToken) =>
        ReadAsync(method, path, null, type, options.Timeout, cancellationToken);

    public Task<TOut> SendAsync<TIn, TOut>(
        HttpMethod method, string path, TIn body, JsonTypeInfo<TIn> bodyType, JsonTypeInfo<TOut> type, TimeSpan timeout, CancellationToken cancellationToken) =>
        ReadAsync(method, path, Body(body, bodyType), type, timeout, cancellationToken);

    /// <summary>Sends a file as it is.</summary>
    public Task<TOut> SendBytesAsync<TOut>(
        HttpMethod method, string path, byte[] file, string contentType, JsonTypeInfo<TOut> type, CancellationToken cancellationToken,
        params (string Name, string? Value)[] query) =>
        ReadAsync(method, path + Query(query), new(file, contentType), type, options.Timeout, cancellationToken);

    /// <summary>Likewise, where the answer may take its time.</summary>
    public Task<TOut> SendBytesAsync<TOut>(
        HttpMethod method, string path, byte[] file, string contentType, JsonTypeInfo<TOut> type, TimeSpan timeout, CancellationToken cancellationToken) =>
        ReadAsync(method, path, new(file, contentType), type, timeout, cancellationToken);

    /// <summary>A whole file.</summary>
    public async Task<byte[]> GetBytesAsync(string path, string accept, CancellationToken cancellationToken) =>
        (await BytesAsync(HttpMethod.Get, path, null, options.Timeout, cancellationToken, accept)).Body;

    /// <summary>For what answers 204.</summary>
    public async Task SendAsync<TIn>(HttpMethod method, string path, TIn body, JsonTypeInfo<TIn> bodyType, CancellationToken cancellationToken) =>
        await BytesAsync(method, path, Body(body, bodyType), options.Timeout, cancellationToken);

    /// <summary>For what answers 204.</summary>
    public async Task SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) =>
        await BytesAsync(method, path, null, options.Timeout, cancellationToken);

    /// <summary>An answer whose body is read as it comes. The caller disposes it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, string accept, CancellationToken cancellationToken, params (string Name, string? Value)[] query)
    {
        using var request = Request(HttpMethod.Get, path + Query(query), null, accept);
        try
        {
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw MadangException.Of(response, await response.Content.ReadAsByteArrayAsync(cancellationToken));
            }
        }
        catch (HttpRequestException fault)
        {
            throw Unreachable(fault);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<T> ReadAsync<T>(HttpMethod method, string path, Content? body, JsonTypeInfo<T> type, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (bytes, status) = await BytesAsync(method, path, body, timeout, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("null");
        }
        catch (JsonException fault)
        {
            throw new MadangException("unexpected_answer", $"{method} {path} answered with something else: {fault.Message}", status, inner: fault);
        }
    }

    private async Task<(byte[] Body, int Status)> BytesAsync(
        HttpMethod method, string path, Content? body, TimeSpan timeout, CancellationToken cancellationToken, string accept = Json)
    {
        using var request = Request(method, path, body, accept);
        using var limit = new CancellationTokenSource(timeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _client.SendAsync(request, either.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(either.Token);
            return response.IsSuccessStatusCode ? (bytes, (int)response.StatusCode) : throw MadangException.Of(response, bytes);
        }
        catch (HttpRequestException fault)
        {
            throw Unreachable(fault);
        }
        catch (OperationCanceledException fault) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new MadangException("timeout", $"{method} {path} took longer than {timeout.TotalSeconds:0} s.", inner: fault);
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, Content? body, string accept)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.ParseAdd(accept);
        if (Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body.Bytes) { Headers = { ContentType = new MediaTypeHeaderValue(body.Type) } };
        }

        return request;
    }

    private static Content Body<T>(T body, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(body, type), Json);

    private static MadangException Unreachable(HttpRequestException fault) => new("network", fault.Message, inner: fault);

    private static string Query((string Name, string? Value)[] query)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return text.ToString();
    }

    private sealed record Content(byte[] Bytes, string Type);
}
