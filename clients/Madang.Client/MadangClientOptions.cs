namespace Madang.Client;

/// <summary>Where the server is and who asks.</summary>
public sealed class MadangClientOptions
{
    /// <summary><c>https://chat.example.org</c></summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>A session token, a minted user token or an API key; <see cref="MadangClient.Token"/> can change it later.</summary>
    public string? Token { get; init; }

    /// <summary>How long a request may take. Long polls have their own time.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What requests go through; the client's own, without cookies, by default. Not disposed by the client when given.</summary>
    public HttpMessageHandler? Handler { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>For the jitter of reconnects and retries.</summary>
    public Random Random { get; init; } = Random.Shared;
}
