
namespace Madang.Tests.Integration.Chat;

/// <summary>Chat over the socket of the real server: what one person does arrives at the others, in the bytes that a poll gives.</summary>
public sealed class ChatSocketTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_sent_by_socket_and_by_http_arrives_live_and_reads_the_same_by_poll(bool postgres)
    {
        await using var host = await MadangHost.StartAsync(postgres: postgres);
        var (mina, jun) = (await host.PersonAsync("mina"), await host.PersonAsync("jun"));
        var room = (await ChatClient.DirectAsync(mina, jun)).Id();
        await using var minas = await Socket.OpenAsync(host, mina);
        await using var juns = await Socket.OpenAsync(host, jun);

        await minas.SendAsync($$"""{"op":"send","id":1,"room_id":"{{room}}","client_id":"a","text":"안녕"}""");
        var ok = await minas.NextAsync("ok");
        Assert.Equal("안녕", (string)ok["message"]!["text"]!);
        _ = await jun.SayAsync(room, "hello");
        foreach (var socket in new[] { minas, juns })
        {
            var (first, second) = (await socket.NextAsync("entry"), await socket.NextAsync("entry"));
            Assert.Equal(("message.created", "안녕", "hello"), ((string)first["type"]!, (string)first["data"]!["text"]!, (string)second["data"]!["text"]!));
            Assert.Equal(ok["message"]!.ToJsonString(), first["data"]!.ToJsonString());
            var polled = await MadangHost.GetAsync(socket.Who.Http, $"/v1/sync?since={Uri.EscapeDataString(socket.Since)}");
            foreach (var (live, read) in new[] { first, second }.Zip(polled["entries"]!.AsArray()))
            {
                _ = live.AsObject().Remove("op");
                Assert.Equal(live.ToJsonString(), read!.ToJsonString());
            }
        }
    }

    [Fact]
    public async Task A_read_tells_the_readers_devices_by_an_entry_and_the_others_by_a_receipt()
    {
        await using var host = await MadangHost.StartAsync();
        var (mina, jun) = (await host.PersonAsync("mina"), await host.PersonAsync("jun"));
        var room = (await ChatClient.DirectAsync(mina, jun)).Id();
        _ = await mina.SayAsync(room, "one");
        await using var minas = await Socket.OpenAsync(host, mina);
        await using var juns = await Socket.OpenAsync(host, jun);
        await using var phone = await Socket.OpenAsync(host, jun);

        await juns.SendAsync($$"""{"op":"read","id":7,"room_id":"{{room}}","seq":1}""");
        Assert.Equal($$"""{"room_id":"{{room}}","read_seq":1,"unread":0}""", (await juns.NextAsync("ok"))["read"]!.ToJsonString());
        var entry = await phone.NextAsync("entry");
        Assert.Equal(("room.read", 1), ((string)entry["type"]!, (int)entry["data"]!["read_seq"]!));
        var receipt = await minas.NextAsync("signal");
        Assert.Equal($$"""{"room_id":"{{room}}","user_id":"{{jun.Id}}","read_seq":1}""", receipt["data"]!.ToJsonString());
        await juns.SendAsync($$"""{"op":"typing","room_id":"{{room}}"}""");
        Assert.Equal($$"""{"room_id":"{{room}}","user_id":"{{jun.Id}}","expires_in_ms":6000}""", (await minas.NextAsync("signal"))["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Whoever_blocked_the_sender_gets_a_stub_live_and_whoever_was_removed_gets_nothing_more()
    {
        await using var host = await MadangHost.StartAsync();
        var (mina, jun, sora) = (await host.PersonAsync("mina"), await host.PersonAsync("jun"), await host.PersonAsync("sora"));
        var room = (await ChatClient.GroupAsync(mina, jun, sora)).Id();
        _ = await MadangHost.SendAsync(jun.Http, HttpMethod.Put, $"/v1/blocks/{mina.Id}", null);
        await using var juns = await Socket.OpenAsync(host, jun);
        await using var soras = await Socket.OpenAsync(host, sora);

        _ = await mina.SayAsync(room, "비밀");
        Assert.Equal("비밀", (string)(await soras.NextAsync("entry"))["data"]!["text"]!);
        var stub = (await juns.NextAsync("entry"))["data"]!.AsObject();
        Assert.Equal(["room_id", "seq", "hidden", "created_at"], stub.Select(field => field.Key));

        _ = await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, $"/v1/rooms/{room}/members/{sora.Id}", null);
        Assert.Equal("member.removed", (string)(await soras.NextAsync("entry"))["type"]!);
        _ = await mina.SayAsync(room, "without sora");
        await soras.SendAsync($$"""{"op":"send","id":1,"room_id":"{{room}}","client_id":"s","text":"hi"}""");
        Assert.Equal("not_found", (string)(await soras.NextAsync("error", "entry"))["code"]!);
    }
}
