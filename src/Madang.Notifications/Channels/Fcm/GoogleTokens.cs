using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Madang.Notifications.Channels.Fcm;

/// <summary>
/// Access tokens of a service account (RFC 7523): asked for once by whoever comes first, kept until five minutes before their end, and beyond that as long as the
/// token endpoint does not answer.
/// </summary>
internal sealed class GoogleTokens(FcmSettings settings, HttpMessageInvoker http, TimeProvider time) : IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";
    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static readonly TimeSpan s_early = TimeSpan.FromMinutes(5);
    private readonly SemaphoreSlim _one = new(1);
    private GoogleToken? _token;

    /// <summary>The token of now, or why there is none.</summary>
    /// <param name="refused">A token that was refused and is not to be used again.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<(GoogleToken? Token, ProviderAnswer Fault)> GetAsync(GoogleToken? refused, CancellationToken cancellationToken, ClockSkew? skew = null)
    {
        if (Current(refused) is { } ready && ready.EndsAt - s_early > time.GetUtcNow())
        {
            return (ready, default);
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            if (Current(refused) is { } made && made.EndsAt - s_early > time.GetUtcNow())
            {
                return (made, default);
            }

            var (token, fault) = await AskAsync(skew, cancellationToken);
            if (token is not null)
            {
                _token = token;
                return (token, default);
            }

            return Current(refused) is { } old && old.EndsAt > time.GetUtcNow() ? (old, default) : (null, fault);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private GoogleToken? Current(GoogleToken? refused) => _token is { } token && !ReferenceEquals(token, refused) ? token : null;

    private async Task<(GoogleToken? Token, ProviderAnswer Fault)> AskAsync(ClockSkew? skew, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var assertion = Jwt.Rs256(
            settings.Key,
            new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = settings.KeyId },
            new JsonObject
            {
                ["iss"] = settings.ClientEmail,
                ["scope"] = Scope,
                ["aud"] = settings.TokenEndpoint.AbsoluteUri,
                ["iat"] = now.ToUnixTimeSeconds(),
                ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
            });
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenEndpoint)
        {
            Content = new FormUrlEncodedContent([new("grant_type", Grant), new("assertion", assertion)]),
        };
        using var patience = new CancellationTokenSource(settings.Timeout, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, over.Token);
            skew?.See(response.Headers.Date);
            var body = await ProviderHttp.ReadAsync(response.Content, 64 * 1024, over.Token);
            return response.StatusCode == HttpStatusCode.OK ? Read(body, now) : (null, Refused((int)response.StatusCode, body, response.Headers.RetryAfter));
        }
        catch (HttpRequestException fault)
        {
            return (null, new ProviderAnswer(AnswerClass.Retry, "token " + ProviderHttp.Word(fault)) { Scope = AnswerScope.Provider, Detail = ProviderHttp.Short(fault.Message) });
        }
        catch (Exception fault) when (fault is IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, new ProviderAnswer(AnswerClass.Retry, "token timeout") { Scope = AnswerScope.Provider });
        }
    }

    private static (GoogleToken? Token, ProviderAnswer Fault) Read(byte[] body, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.GetProperty("access_token").GetString() is { Length: > 0 } token)
            {
                var seconds = document.RootElement.TryGetProperty("expires_in", out var life) && life.TryGetInt32(out var told) ? Math.Clamp(told, 60, 86_400) : 3_600;
                return (new GoogleToken(token, now.AddSeconds(seconds)), default);
            }
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not what a token endpoint answers.
        }

        return (null, new ProviderAnswer(AnswerClass.Config, "token 200") { Scope = AnswerScope.Provider, Detail = "The token endpoint answered without a token." });
    }

    private ProviderAnswer Refused(int status, byte[] body, RetryConditionHeaderValue? retryAfter)
    {
        string? error = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            error = document.RootElement.TryGetProperty("error", out var word) && word.ValueKind == JsonValueKind.String ? word.GetString() : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The status says enough.
        }

        var code = $"token {status} {error}".TrimEnd();
        return status is 429 or >= 500
            ? new ProviderAnswer(AnswerClass.Retry, code) { Scope = AnswerScope.Provider, RetryAfter = ProviderHttp.RetryAfter(retryAfter, time.GetUtcNow()) ?? TimeSpan.FromSeconds(10) }
            : new ProviderAnswer(AnswerClass.Config, code) { Scope = AnswerScope.Provider, Detail = error == "invalid_grant" ? "The service account or the clock is not accepted." : null };
    }
}

internal sealed record GoogleToken(string Text, DateTimeOffset EndsAt);
