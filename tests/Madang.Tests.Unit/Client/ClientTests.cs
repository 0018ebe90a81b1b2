using System.Net;
using System.Text;
using Madang.Client;
using Madang.Client.Resources;

namespace Madang.Tests.Unit.Client;

/// <summary>Requests, refusals, pages and the two lines that no script covers.</summary>
public sealed class ClientTests
{
    private const string Hana = """{"id":"7","name":"hana","display_name":"하나","role":"user","created_at":"2026-11-22T17:14:35.123Z","later":1}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signing_in_keeps_the_token_for_what_follows()
    {
        var server = new Server(request => request.RequestUri!.AbsolutePath == "/v1/sessions"
            ? Answer(201, $$"""{"token":"mds_1","expires_at":"2026-12-22T17:14:35.123Z","user":{{Hana}}}""")
            : Answer(200, Hana));
        using var client = Client(server);
        Assert.Equal("하나", (await client.Accounts.SignInAsync("hana", "correct horse", "책상", Token)).User.DisplayName);
        Assert.Equal("hana", (await client.Accounts.MeAsync(Token)).Name);
        Assert.Equal(["", "Bearer mds_1"], server.Seen.Select(seen => seen.Authorization));
        Assert.Equal("""{"name":"hana","password":"correct horse","device_name":"책상"}""", server.Seen[0].Body);
    }

    [Theory]
    [InlineData(422, """{"code":"invalid_fields","title":"No.","errors":[{"field":"text","code":"too_long"}]}""", "invalid_fields", false)]
    [InlineData(429, """{"code":"rate_limited","retry_after_ms":1500}""", "rate_limited", true)]
    [InlineData(507, """{"code":"storage_full"}""", "storage_full", true)]
    [InlineData(502, "<html>Bad gateway</html>", "overloaded", true)]
    [InlineData(401, "", "unauthenticated", false)]
    [InlineData(404, "null", "not_found", false)]
    [InlineData(200, "<html>Hotel Wi-Fi</html>", "unexpected_answer", false)]
    [InlineData(200, """{"id":"7"}""", "unexpected_answer", false)]
    public async Task A_refusal_becomes_an_exception_with_its_code(int status, string body, string code, bool isPassing)
    {
        using var client = Client(new Server(_ => Answer(status, body)));
        var refusal = await Assert.ThrowsAsync<MadangException>(() => client.Accounts.MeAsync(Token));
        Assert.Equal((code, status, isPassing), (refusal.Code, refusal.Status, refusal.IsPassing));
        Assert.Equal(code == "invalid_fields" ? [new FieldFault("text", "too_long")] : [], refusal.Errors);
        Assert.Equal(code == "rate_limited" ? TimeSpan.FromMilliseconds(1500) : null, refusal.RetryAfter);
    }

    [Fact]
    public async Task No_answer_is_told_apart_from_a_late_one_and_from_a_cancel()
    {
        var time = new FakeTime();
        using var broken = Client(new Server(_ => throw new HttpRequestException("refused")));
        Assert.Equal("network", (await Assert.ThrowsAsync<MadangException>(() => broken.Accounts.MeAsync(Token))).Code);

        using var silent = Client(new Server(_ => null), time);
        var late = silent.Accounts.MeAsync(Token);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("timeout", (await Assert.ThrowsAsync<MadangException>(() => late)).Code);

        using var stop = new CancellationTokenSource();
        var canceled = silent.Accounts.MeAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
    }

    [Fact]
    public async Task A_list_is_read_page_after_page()
    {
        var server = new Server(request => Answer(200, request.RequestUri!.Query.Contains("cursor=b", StringComparison.Ordinal)
            ? $$"""{"items":[{{Hana}}],"next":null,"prev":null}"""
            : $$"""{"items":[{{Hana}},{{Hana}}],"next":"b","prev":null}"""));
        using var client = Client(server);
        Assert.Equal(3, await client.Accounts.Search("하&나").CountAsync(Token));
        Assert.Equal(["?q=%ED%95%98%26%EB%82%98&limit=100", "?q=%ED%95%98%26%EB%82%98&cursor=b&limit=100"], server.Seen.Select(seen => seen.Query));
        Assert.Equal("b", (await client.Accounts.Search().PageAsync(limit: 2, cancellationToken: Token)).Next);
    }

    [Fact]
    public async Task Server_sent_events_deliver_and_are_acked_over_http()
    {
        var time = new FakeTime();
        var acked = new TaskCompletionSource<string>();
        var server = new Server(request =>
        {
            if (request.RequestUri!.AbsolutePath == "/v1/sync/ack")
            {
                acked.TrySetResult(request.Content!.ReadAsStringAsync(Token).GetAwaiter().GetResult());
                return Answer(204, "");
            }

            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StreamContent(new Endless(Encoding.UTF8.GetBytes(
                "event: reset\ndata: {\"cursor\":\"c1\"}\n\nid: c2\nevent: entry\ndata: {\"cursor\":\"c2\",\"type\":\"room.read\",\"at\":\"2026-11-22T17:14:35.123Z\",\"data\":{\"room_id\":\"1\",\"read_seq\":4,\"unread\":0}}\n\n")))
            };
        });
        using var client = Client(server, time);
        await using var realtime = client.Realtime(new() { Lines = [LineKind.ServerSentEvents] });
        var events = realtime.EventsAsync(Token);
        realtime.Start();

        List<RealtimeEvent> told = await FirstAsync(events, 4);
        Assert.Equal(new RealtimeEvent.Reset("c1"), told[2]);
        Assert.Equal(4, Assert.IsType<RealtimeEvent.EntryArrived>(told[3]).Entry.ReadMark?.ReadSeq);
        Assert.Equal("c2", realtime.Cursor);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("""{"cursor":"c2"}""", await acked.Task.WaitAsync(Token));
        Assert.Equal("text/event-stream", server.Seen[0].Accept);
    }

    [Fact]
    public async Task Long_polls_follow_each_other_with_the_cursor_of_the_last_answer()
    {
        var polls = 0;
        var server = new Server(_ => ++polls switch
        {
            1 => Answer(200, """{"reset":true,"entries":[],"cursor":"c1","limited":false}"""),
            2 => Answer(200, """{"entries":[{"cursor":"c2","type":"garden.watered","at":"2026-11-22T17:14:35.123Z","data":{"litres":3}}],"cursor":"c2","limited":false}"""),
            _ => null,
        });
        using var client = Client(server, new FakeTime());
        await using var realtime = client.Realtime(new() { Lines = [LineKind.LongPoll] });
        var events = realtime.EventsAsync(Token);
        realtime.Start();
        var told = await FirstAsync(events, 4);
        Assert.Equal(new RealtimeEvent.Reset("c1"), told[2]);
        Assert.Equal(3, Assert.IsType<RealtimeEvent.EntryArrived>(told[3]).Entry.Data.GetProperty("litres").GetInt32());
        Assert.Equal(["?limit=500", "?since=c1&wait=25&limit=500"], server.Seen.Take(2).Select(seen => seen.Query));
    }

    [Fact]
    public async Task A_line_that_fails_twice_gives_way_to_the_next_kind()
    {
        var time = new FakeTime();
        var server = new Server(request => request.Headers.Accept.Any(type => type.MediaType == "text/event-stream")
            ? Answer(406, """{"code":"not_acceptable"}""")
            : Answer(200, """{"entries":[],"cursor":"c1","limited":false}"""), answers: 3);
        using var client = Client(server, time);
        await using var realtime = client.Realtime(new() { Cursor = "c1", Lines = [LineKind.ServerSentEvents, LineKind.LongPoll] });
        await using var events = realtime.EventsAsync(Token).GetAsyncEnumerator(Token);
        realtime.Start();
        List<RealtimeState> states = [];
        while (!states.Contains(RealtimeState.Online) && await events.MoveNextAsync())
        {
            states.Add(Assert.IsType<RealtimeEvent.StateChanged>(events.Current).State);
            time.Advance(states[^1] == RealtimeState.Waiting ? TimeSpan.FromSeconds(30) : TimeSpan.Zero);
        }

        Assert.Equal(
            [RealtimeState.Connecting, RealtimeState.Waiting, RealtimeState.Connecting, RealtimeState.Waiting, RealtimeState.Connecting, RealtimeState.Online], states);
    }

    [Fact]
    public async Task Stopping_ends_the_streams_and_what_was_on_its_way()
    {
        using var client = Client(new Server(_ => null), new FakeTime());
        await using var realtime = client.Realtime(new() { Lines = [LineKind.LongPoll] });
        var entries = realtime.EntriesAsync(Token);
        realtime.Start();
        var sending = realtime.SendAsync("1", new NewMessage("m1", "안녕"), Token);
        Assert.Same(await Task.WhenAny(sending, Task.CompletedTask), Task.CompletedTask);
        realtime.Stop();
        Assert.Equal("interrupted", (await Assert.ThrowsAsync<MadangException>(() => sending)).Code);
        Assert.Equal(0, await entries.CountAsync(Token));
        Assert.Equal(RealtimeState.Stopped, realtime.State);
    }

    private static MadangClient Client(Server server, TimeProvider? time = null) =>
        new(new() { BaseAddress = new("http://server.test"), Handler = server, Time = time ?? TimeProvider.System });

    private static HttpResponseMessage Answer(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static async Task<List<RealtimeEvent>> FirstAsync(IAsyncEnumerable<RealtimeEvent> events, int count) => await events.Take(count).ToListAsync(Token);

    private sealed record Request(string Query, string Authorization, string Accept, string Body);

    /// <summary>Answers by a rule; null, or more than <paramref name="answers"/>: the request stays open until it is given up.</summary>
    private sealed class Server(Func<HttpRequestMessage, HttpResponseMessage?> answer, int answers = int.MaxValue) : HttpMessageHandler
    {
        public List<Request> Seen { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Add(new(
                request.RequestUri!.Query, request.Headers.Authorization?.ToString() ?? "", request.Headers.Accept.ToString(),
                request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken)));
            if (Seen.Count <= answers && answer(request) is { } response)
            {
                return response;
            }

            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("unreachable");
        }
    }

    /// <summary>A body that does not end: what comes after the bytes is silence.</summary>
    private sealed class Endless(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
