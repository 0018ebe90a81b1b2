using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Accounts;

/// <summary>One server where everybody may register, for the tests of a class that do not get in each other's way.</summary>
public sealed class OpenCommunity : IAsyncLifetime
{
    public MadangHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await MadangHost.StartAsync(new() { ["Madang:Accounts:Registration"] = "open" });

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary>Requests that are allowed to fail.</summary>
internal static class Requests
{
    public static Task<HttpResponseMessage> TryAsync(this HttpClient client, HttpMethod method, string path, JsonNode? body = null, string? cookie = null, string? origin = null) =>
        client.TryAsync(method, path, body?.ToJsonString(), cookie, origin);

    public static Task<HttpResponseMessage> TryAsync(this HttpClient client, HttpMethod method, string path, string? body, string? cookie = null, string? origin = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A client of <c>madang.sock</c>, as the other verbs of the command line use it.</summary>
    public static HttpClient Operator(this MadangHost host) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(host.Settings.Socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://localhost"),
        DefaultRequestHeaders = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
    };
}
