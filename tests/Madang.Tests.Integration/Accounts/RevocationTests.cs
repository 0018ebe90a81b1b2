using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Madang.Accounts;
using Madang.Accounts.Credentials;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Accounts;

/// <summary>What ended closes its connections within five seconds, wherever it was ended.</summary>
public sealed class RevocationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_socket_closes_when_its_person_is_signed_out(bool postgres)
    {
        await using var host = await MadangHost.StartAsync(postgres: postgres);
        var (admin, mina) = (await host.AdminAsync(), await host.PersonAsync("mina"));
        using var socket = await ConnectAsync(host, mina);
        await MadangHost.SendAsync(admin.Http, HttpMethod.Delete, $"/v1/admin/users/{mina.Id}/sessions", null);
        await AssertClosedAsync(socket);
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Get, "/v1/me"), HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_socket_closes_when_another_node_ended_its_token()
    {
        await using var host = await MadangHost.StartAsync(postgres: true);
        var mina = await host.PersonAsync("mina");
        using var socket = await ConnectAsync(host, mina);
        var caller = await host.Services.GetRequiredService<Sessions>().AuthenticateAsync(mina.Token, Cancel);
        var store = host.Services.GetRequiredService<ICredentialStore>();
        // Without a publication, which is what a commit of another node looks like here.
        Assert.True(await host.Services.GetRequiredService<Database>().WriteAsync(tx => store.End(tx, caller!.Credential, caller.Person), cancellationToken: Cancel));
        await AssertClosedAsync(socket);
    }

    private static async Task<ClientWebSocket> ConnectAsync(MadangHost host, Person person)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("madang.v1");
        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = "/v1/socket" }.Uri, Cancel);
        await socket.SendAsync(
            System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["op"] = "hello", ["token"] = person.Token }.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        var first = await socket.ReceiveAsync(new byte[4096].AsMemory(), Cancel);
        Assert.Equal(WebSocketMessageType.Text, first.MessageType);
        return socket;
    }

    private static async Task AssertClosedAsync(ClientWebSocket socket)
    {
        // Five seconds are promised; a loaded machine gets some more.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var buffer = new byte[4096];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), patience.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        Assert.Equal(4403, (int)socket.CloseStatus!.Value);
    }
}
