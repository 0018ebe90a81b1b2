using Madang.Client;
using Madang.Client.Resources;

namespace Madang.Tests.Integration.Sdk;

/// <summary>The C# client against the real server.</summary>
public sealed class SdkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_is_cut_a_hundred_times_gets_every_message_once_and_in_order()
    {
        const int Cuts = 100;
        await using var host = await MadangHost.StartAsync();
        var (hana, jun) = (await host.PersonAsync("hana"), await host.PersonAsync("jun"));
        await using var relay = new Relay(host.Address);
        using var sender = Of(hana, relay.Address);
        using var reader = Of(jun, relay.Address);
        var room = (await sender.Rooms.CreateAsync(NewRoom.Direct(jun.Id), Token)).Id;
        await using var sending = sender.Realtime(new() { Lines = [LineKind.Socket] });
        await using var reading = reader.Realtime(new() { Lines = [LineKind.Socket] });
        List<long> read = [];
        var (atHome, everything) = (new TaskCompletionSource(), new TaskCompletionSource());
        var expected = long.MaxValue;
        var readings = HearAsync(reading, told =>
        {
            if (told is RealtimeEvent.Reset)
            {
                atHome.TrySetResult();
            }
            else if (told is RealtimeEvent.EntryArrived { Entry.Message: { } message })
            {
                read.Add(message.Seq);
                if (message.Seq >= Volatile.Read(ref expected))
                {
                    everything.TrySetResult();
                }
            }
        });
        var sendings = HearAsync(sending, _ => { });
        reading.Start();
        sending.Start();
        await atHome.Task.WaitAsync(Token);

        var random = new Random(20260601);
        var (cuts, sent) = (0, 0L);
        while (cuts < Cuts)
        {
            // Sometimes while the message is on its way, sometimes between two.
            var message = sending.SendAsync(room, new NewMessage($"m-{++sent}", $"안녕 {sent}"), Token);
            cuts += random.Next(3) == 0 && relay.Cut() > 0 ? 1 : 0;
            Assert.Equal(sent, (await message).Seq);
        }

        Volatile.Write(ref expected, ++sent);
        await sending.SendAsync(room, new NewMessage($"m-{sent}", "끝"), Token);
        await everything.Task.WaitAsync(Token);
        Assert.Equal(Enumerable.Range(1, (int)sent).Select(seq => (long)seq), read);
        Assert.Equal(sent, await reader.Rooms.HistoryFromAsync(room, cancellationToken: Token).CountAsync(Token));
        sending.Stop();
        reading.Stop();
        await Task.WhenAll(readings, sendings);
    }

    [Fact]
    public async Task The_three_lines_bring_the_same_entries()
    {
        const int Messages = 20;
        await using var host = await MadangHost.StartAsync();
        var (hana, jun) = (await host.PersonAsync("hana"), await host.PersonAsync("jun"));
        using var sender = Of(hana, host.Address);
        using var reader = Of(jun, host.Address);
        var room = (await sender.Rooms.CreateAsync(NewRoom.Direct(jun.Id), Token)).Id;
        var start = (await reader.Sync.ReadAsync(cancellationToken: Token)).Cursor;
        var readings = new[] { LineKind.Socket, LineKind.ServerSentEvents, LineKind.LongPoll }.Select(kind => ReadAsync(reader, kind, start, Messages)).ToList();
        for (var i = 1; i <= Messages; i++)
        {
            await sender.Rooms.PostAsync(room, new NewMessage($"m-{i}", $"{i}"), Token);
        }

        var entries = await Task.WhenAll(readings);
        Assert.Equal(Enumerable.Range(1, Messages).Select(i => (long?)i), entries[0].Select(entry => entry.Message?.Seq));
        Assert.All(entries, each => Assert.Equal(entries[0].Select(entry => (entry.Cursor, entry.Type, entry.At, entry.Data.GetRawText())), each.Select(entry => (entry.Cursor, entry.Type, entry.At, entry.Data.GetRawText()))));
    }

    [Fact]
    public async Task People_sign_in_become_friends_and_talk()
    {
        await using var host = await MadangHost.StartAsync(new() { ["Madang:Accounts:Registration"] = "open" });
        await host.AdminAsync();
        using var hana = new MadangClient(new() { BaseAddress = host.Address });
        using var jun = new MadangClient(new() { BaseAddress = host.Address });
        const string password = "marble-courtyard-9";
        var (hanaId, junId) = ((await hana.Accounts.RegisterAsync(new("hana", password, "하나"), Token)).Id, (await jun.Accounts.RegisterAsync(new("jun", password, "준"), Token)).Id);
        Assert.Equal("name_taken", (await Assert.ThrowsAsync<MadangException>(() => hana.Accounts.RegisterAsync(new("Hana", password), Token))).Code);
        Assert.Equal("invalid_credentials", (await Assert.ThrowsAsync<MadangException>(() => hana.Accounts.SignInAsync("hana", "wrong password", cancellationToken: Token))).Code);
        await hana.Accounts.SignInAsync("hana", password, "책상", Token);
        await jun.Accounts.SignInAsync("jun", password, cancellationToken: Token);
        Assert.Equal("책상", Assert.Single(await hana.Accounts.Devices().ToListAsync(Token)).Name);
        Assert.Equal([junId], await hana.Accounts.Search("준").Select(user => user.Id).ToListAsync(Token));

        Assert.Equal("outgoing", (await hana.Relations.BefriendAsync(junId, Token)).State);
        Assert.Equal("accepted", (await jun.Relations.BefriendAsync(hanaId, Token)).State);
        Assert.Equal([hanaId], await jun.Relations.Friends("accepted").Select(relation => relation.User.Id).ToListAsync(Token));

        var room = await hana.Rooms.CreateAsync(NewRoom.Group("마당", junId), Token);
        await using var listening = jun.Realtime();
        var events = listening.EventsAsync(Token);
        listening.Start();
        await using var each = events.GetAsyncEnumerator(Token);
        while (await each.MoveNextAsync() && each.Current is not RealtimeEvent.Reset)
        {
        }

        await using var typing = hana.Realtime();
        typing.Start();
        var first = await typing.SendAsync(room.Id, new NewMessage("m-1", "안녕하세요"), Token);
        while (await each.MoveNextAsync() && each.Current is not RealtimeEvent.EntryArrived { Entry.Message.Text: "안녕하세요" })
        {
        }

        Assert.Equal("idempotency_conflict", (await Assert.ThrowsAsync<MadangException>(() => hana.Rooms.PostAsync(room.Id, new NewMessage("m-1", "다른 말"), Token))).Code);
        Assert.Equal(1, (await jun.Rooms.FindAsync(room.Id, Token)).Unread);
        Assert.Equal(0, (await jun.Rooms.ReadAsync(room.Id, first.Seq, Token)).Unread);
        Assert.Equal("광장", (await hana.Rooms.RenameAsync(room.Id, "광장", Token)).Title);
        await hana.Rooms.RemoveMemberAsync(room.Id, junId, Token);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<MadangException>(() => jun.Rooms.FindAsync(room.Id, Token))).Code);
        await jun.Accounts.SignOutAsync(Token);
        Assert.Equal("unauthenticated", (await Assert.ThrowsAsync<MadangException>(() => jun.Accounts.MeAsync(Token))).Code);
        while (await each.MoveNextAsync())
        {
        }

        Assert.Equal(RealtimeState.SignedOut, listening.State);
    }

    private static MadangClient Of(Person person, Uri address) => new(new() { BaseAddress = address, Token = person.Token });

    /// <summary>Hears until the client stops, and lets a lost line come back at once.</summary>
    private static async Task HearAsync(MadangRealtime realtime, Action<RealtimeEvent> hear)
    {
        await foreach (var told in realtime.EventsAsync(Token))
        {
            hear(told);
            if (told is RealtimeEvent.StateChanged { State: RealtimeState.Waiting })
            {
                realtime.Wake();
            }
        }
    }

    private static async Task<List<Entry>> ReadAsync(MadangClient client, LineKind kind, string cursor, int count)
    {
        await using var realtime = client.Realtime(new() { Lines = [kind], Cursor = cursor });
        var entries = realtime.EntriesAsync(Token);
        realtime.Start();
        return await entries.Take(count).ToListAsync(Token);
    }
}
