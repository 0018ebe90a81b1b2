using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Chat;

/// <summary>Rooms and messages as a client meets them: bytes in, status and bytes out.</summary>
public sealed class ChatHttpTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static int _people;
    private readonly MadangHost _host = shared.Host;

    [Fact]
    public async Task Two_people_talk()
    {
        var (mina, jun) = (await PersonAsync(), await PersonAsync());
        var room = await ChatClient.DirectAsync(mina, jun);
        Assert.Equal("direct", (string)room["kind"]!);
        Assert.Null(room["title"]);
        Assert.Equal((0, 0, 0, 0), ((int)room["head_seq"]!, (int)room["read_seq"]!, (int)room["unread"]!, (int)room["mentions"]!));
        Assert.Equal("member", (string)room["members"]![0]!["role"]!);

        using var answer = await mina.TryPostAsync($"/v1/rooms/{room.Id()}/messages", """{"client_id":"1","text":"안녕 \ud83d\ude00"}""");
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var message = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(
            ["id", "room_id", "seq", "sender_id", "client_id", "text", "attachments", "reactions", "created_at"], message.AsObject().Select(field => field.Key));
        Assert.Equal("안녕 😀", (string)message["text"]!);
        _ = await jun.SayAsync(room.Id(), "hello");

        var seen = (await MadangHost.GetAsync(mina.Http, "/v1/rooms"))["items"]![0]!;
        Assert.Equal((2, 1, 1), ((int)seen["head_seq"]!, (int)seen["read_seq"]!, (int)seen["unread"]!));
        Assert.Equal("hello", (string)seen["last_message"]!["text"]!);
        var read = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/rooms/{room.Id()}/read", new JsonObject { ["seq"] = 99 });
        Assert.Equal($$"""{"room_id":"{{room.Id()}}","read_seq":2,"unread":0}""", read.ToJsonString());
    }

    [Fact]
    public async Task A_retry_answers_200_with_the_first_message_and_other_content_409()
    {
        var (mina, jun) = (await PersonAsync(), await PersonAsync());
        var path = $"/v1/rooms/{(await ChatClient.DirectAsync(mina, jun)).Id()}/messages";
        using var first = await mina.TryPostAsync(path, """{"client_id":"k","text":"once"}""");
        using var again = await mina.TryPostAsync(path, """{"client_id":"k","text":"once"}""");
        using var byHeader = await mina.TryPostAsync(path, """{"text":"once"}""", key: "k");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode, byHeader.StatusCode));
        var body = await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(body, await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(body, await byHeader.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Problems.AssertAsync(await mina.TryPostAsync(path, """{"client_id":"k","text":"twice"}"""), HttpStatusCode.Conflict, "idempotency_conflict");
        await Problems.AssertAsync(await mina.TryPostAsync(path, """{"client_id":"k","text":"once"}""", key: "other"), HttpStatusCode.UnprocessableEntity, "invalid_fields", "client_id");
    }

    [Fact]
    public async Task Opening_the_same_direct_room_again_answers_200()
    {
        var (mina, jun) = (await PersonAsync(), await PersonAsync());
        using var first = await mina.TryPostAsync("/v1/rooms", $$"""{"kind":"direct","user_ids":["{{jun.Id}}"]}""");
        using var again = await jun.TryPostAsync("/v1/rooms", $$"""{"kind":"direct","user_ids":["{{mina.Id}}"]}""");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        var id = JsonNode.Parse(await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.Id();
        Assert.EndsWith($"/v1/rooms/{id}", first.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_pages_both_ways_with_its_cursors()
    {
        var (mina, jun) = (await PersonAsync(), await PersonAsync());
        var room = (await ChatClient.DirectAsync(mina, jun)).Id();
        for (var n = 1; n <= 7; n++)
        {
            _ = await mina.SayAsync(room, $"{n}");
        }

        await PageAsync("limit=3", [5, 6, 7], "5", null);
        await PageAsync("before=5&limit=3", [2, 3, 4], "2", "4");
        await PageAsync("before=2&limit=3", [1], null, "1");
        await PageAsync("after=4&limit=2", [5, 6], "5", "6");
        await PageAsync("after=7", [], "8", null);
        await PageAsync("around=4&limit=3", [3, 4, 5], "3", "5");
        foreach (var bad in new[] { "before=-1", "after=x", "around=", "limit=0", "limit=101", "limit=9999999999", "before=3&after=1" })
        {
            await Problems.AssertAsync(await jun.TryAsync(HttpMethod.Get, $"/v1/rooms/{room}/messages?{bad}"), HttpStatusCode.UnprocessableEntity, "invalid_fields");
        }

        async Task PageAsync(string query, int[] seqs, string? prev, string? next)
        {
            var page = await MadangHost.GetAsync(jun.Http, $"/v1/rooms/{room}/messages?{query}");
            Assert.Equal(seqs, page["items"]!.AsArray().Select(item => (int)item!["seq"]!));
            Assert.Equal((prev, next), ((string?)page["prev"], (string?)page["next"]));
            // Lists say null where others leave a field out.
            Assert.True(page.AsObject().ContainsKey("prev") && page.AsObject().ContainsKey("next"));
        }
    }

    [Theory]
    [InlineData("""{"client_id":"a","text":7}""", 422, "invalid_fields", "text")]
    [InlineData("""{"client_id":7,"text":"x"}""", 422, "invalid_fields", "client_id")]
    [InlineData("""{"client_id":"a","text":["x"]}""", 422, "invalid_fields", "text")]
    [InlineData("""{"client_id":"a","text":"x","reply_to":"1"}""", 422, "invalid_fields", "reply_to")]
    [InlineData("""{"client_id":"a","text":"x","reply_to":99}""", 422, "invalid_fields", "reply_to")]
    [InlineData("""{"client_id":"a","text":"x","attachments":[{}]}""", 422, "invalid_fields", "attachments")]
    [InlineData("""{"client_id":"a","text":"x","attachments":"y"}""", 422, "invalid_fields", "attachments")]
    [InlineData("""{"client_id":"a","text":""}""", 422, "invalid_fields", "text")]
    [InlineData("""{"client_id":"a","text":"\u0000"}""", 422, "invalid_fields", "text")]
    [InlineData("""{"text":"x"}""", 422, "invalid_fields", "client_id")]
    [InlineData("""{"client_id":"가","text":"x"}""", 422, "invalid_fields", "client_id")]
    [InlineData("""{"client_id":"a","text":"\ud800"}""", 422, "invalid_fields", "text")]
    [InlineData("""{"client_id":"a","text":"x" """, 400, "malformed_json", null)]
    [InlineData("""[]""", 422, "invalid_fields", null)]
    public async Task What_is_no_message_is_refused(string body, int status, string code, string? field)
    {
        var (mina, jun) = (await PersonAsync(), await PersonAsync());
        var room = (await ChatClient.DirectAsync(mina, jun)).Id();
        await Problems.AssertAsync(await mina.TryPostAsync($"/v1/rooms/{room}/messages", body), (HttpStatusCode)status, code, field);
        Assert.Empty((await MadangHost.GetAsync(mina.Http, $"/v1/rooms/{room}/messages"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_text_may_hold_16_kib_of_utf8_and_not_a_byte_more()
    {
        var (mina, jun) = (await PersonAsync(), await PersonAsync());
        var room = (await ChatClient.DirectAsync(mina, jun)).Id();
        var longest = "x" + new string('가', 5461);
        Assert.Equal(longest, (string)(await mina.SayAsync(room, longest.Normalize(NormalizationForm.FormD)))["text"]!);
        var tooLong = new JsonObject { ["client_id"] = "l", ["text"] = longest + "x" }.ToJsonString();
        await Problems.AssertAsync(await mina.TryPostAsync($"/v1/rooms/{room}/messages", tooLong), HttpStatusCode.UnprocessableEntity, "invalid_fields", "text");
    }

    [Theory]
    [InlineData("""{"kind":"channel","user_ids":[]}""", 422, "invalid_fields", "kind")]
    [InlineData("""{"kind":1,"user_ids":[]}""", 422, "invalid_fields", "kind")]
    [InlineData("""{"user_ids":[]}""", 422, "invalid_fields", "kind")]
    [InlineData("""{"kind":"group","user_ids":["x"]}""", 422, "invalid_fields", "user_ids[0]")]
    [InlineData("""{"kind":"group","user_ids":[7]}""", 422, "invalid_fields", "user_ids[0]")]
    [InlineData("""{"kind":"group","user_ids":["1","1"]}""", 422, "invalid_fields", "user_ids.1")]
    [InlineData("""{"kind":"group","user_ids":["1"]}""", 422, "user_not_found", null)]
    [InlineData("""{"kind":"direct","user_ids":["1"]}""", 422, "user_not_found", null)]
    [InlineData("""{"kind":"direct","user_ids":["ME"]}""", 422, "direct_needs_one", null)]
    [InlineData("""{"kind":"direct","user_ids":[]}""", 422, "direct_needs_one", null)]
    [InlineData("""{"kind":"direct","user_ids":["1"],"title":"us"}""", 422, "invalid_fields", "title")]
    [InlineData("""{"kind":"group","user_ids":[],"title":"a\u0007b"}""", 422, "invalid_fields", "title")]
    public async Task What_is_no_room_is_refused(string body, int status, string code, string? field)
    {
        var mina = await PersonAsync();
        var answer = await mina.TryPostAsync("/v1/rooms", body.Replace("ME", mina.Id, StringComparison.Ordinal));
        var problem = await Problems.AssertAsync(answer, (HttpStatusCode)status, code);
        if (field is not null)
        {
            Assert.Contains(problem.GetProperty("errors").EnumerateArray(), error => error.GetProperty("field").GetString()!.Replace("[0]", ".0", StringComparison.Ordinal) == field.Replace("[0]", ".0", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_group_lives_through_its_members()
    {
        var (mina, jun, sora) = (await PersonAsync(), await PersonAsync(), await PersonAsync());
        var room = (await ChatClient.GroupAsync(mina, jun)).Id();
        Assert.Equal("새 마당", (string)(await MadangHost.SendAsync(mina.Http, HttpMethod.Patch, $"/v1/rooms/{room}", new JsonObject { ["title"] = "새 마당" }))["title"]!);
        using var added = await mina.TryAsync(HttpMethod.Put, $"/v1/rooms/{room}/members/{sora.Id}");
        using var again = await mina.TryAsync(HttpMethod.Put, $"/v1/rooms/{room}/members/{sora.Id}", """{"role":"owner"}""");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (added.StatusCode, again.StatusCode));
        await Problems.AssertAsync(await mina.TryAsync(HttpMethod.Put, $"/v1/rooms/{room}/members/{sora.Id}", """{"role":"king"}"""), HttpStatusCode.UnprocessableEntity, "invalid_fields", "role");
        await Problems.AssertAsync(await mina.TryAsync(HttpMethod.Patch, $"/v1/rooms/{room}", "{}"), HttpStatusCode.UnprocessableEntity, "invalid_fields", "title");
        using var left = await mina.TryAsync(HttpMethod.Delete, $"/v1/rooms/{room}/members/{mina.Id}");
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        await Problems.AssertAsync(await mina.TryAsync(HttpMethod.Get, $"/v1/rooms/{room}"), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Every_operation_answers_strangers_members_owners_and_admins_as_it_should()
    {
        var (owner, member, stranger, newcomer) = (await PersonAsync(), await PersonAsync(), await PersonAsync(), await PersonAsync());
        var admin = await _host.AdminAsync();
        var room = (await ChatClient.GroupAsync(owner, member)).Id();
        (HttpMethod Method, string Path, string? Body, bool OwnersOnly)[] operations =
        [
            (HttpMethod.Get, $"/v1/rooms/{room}", null, false),
            (HttpMethod.Get, $"/v1/rooms/{room}/messages", null, false),
            (HttpMethod.Post, $"/v1/rooms/{room}/messages", """{"client_id":"c","text":"hi"}""", false),
            (HttpMethod.Put, $"/v1/rooms/{room}/read", """{"seq":0}""", false),
            (HttpMethod.Post, $"/v1/rooms/{room}/typing", null, false),
            (HttpMethod.Patch, $"/v1/rooms/{room}", """{"title":"t"}""", true),
            (HttpMethod.Put, $"/v1/rooms/{room}/members/{newcomer.Id}", """{"role":"member"}""", true),
            (HttpMethod.Delete, $"/v1/rooms/{room}/members/{newcomer.Id}", null, true),
        ];
        foreach (var (method, path, body, ownersOnly) in operations)
        {
            using var anonymous = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
            await Problems.AssertAsync(await _host.Client().SendAsync(anonymous, TestContext.Current.CancellationToken), HttpStatusCode.Unauthorized, "unauthenticated");
            await Problems.AssertAsync(await stranger.TryAsync(method, path, body), HttpStatusCode.NotFound, "not_found");
            await Problems.AssertAsync(await admin.TryAsync(method, path, body), HttpStatusCode.NotFound, "not_found");
            using var byMember = await member.TryAsync(method, path, body);
            Assert.Equal(ownersOnly ? HttpStatusCode.Forbidden : HttpStatusCode.OK, byMember.IsSuccessStatusCode ? HttpStatusCode.OK : byMember.StatusCode);
            using var byOwner = await owner.TryAsync(method, path, body);
            Assert.True(byOwner.IsSuccessStatusCode, $"{method} {path} answered {(int)byOwner.StatusCode} to the owner");
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("007")]
    [InlineData("99999999999999999999")]
    public async Task An_id_that_is_none_names_no_room(string id)
    {
        var mina = await PersonAsync();
        await Problems.AssertAsync(await mina.TryAsync(HttpMethod.Get, $"/v1/rooms/{id}"), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await mina.TryPostAsync($"/v1/rooms/{id}/messages", """{"client_id":"a","text":"x"}"""), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await mina.TryAsync(HttpMethod.Put, $"/v1/rooms/{id}/read", """{"seq":1}"""), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Reading_is_refused_without_a_seq_or_below_zero()
    {
        var (mina, jun) = (await PersonAsync(), await PersonAsync());
        var room = (await ChatClient.DirectAsync(mina, jun)).Id();
        foreach (var body in new[] { "{}", """{"seq":-1}""", """{"seq":"1"}""", """{"seq":1.5}""", """{"seq":99999999999999999999}""" })
        {
            await Problems.AssertAsync(await mina.TryAsync(HttpMethod.Put, $"/v1/rooms/{room}/read", body), HttpStatusCode.UnprocessableEntity, "invalid_fields", "seq");
        }
    }

    [Fact]
    public async Task A_block_shows_in_every_answer()
    {
        var (mina, jun, sora) = (await PersonAsync(), await PersonAsync(), await PersonAsync());
        var direct = (await ChatClient.DirectAsync(mina, jun)).Id();
        var group = (await ChatClient.GroupAsync(mina, jun, sora)).Id();
        _ = await jun.SayAsync(group, "비밀");
        _ = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/blocks/{jun.Id}", null);
        await Problems.AssertAsync(await jun.TryPostAsync($"/v1/rooms/{direct}/messages", """{"client_id":"b","text":"x"}"""), HttpStatusCode.Forbidden, "blocked");
        await Problems.AssertAsync(await jun.TryPostAsync("/v1/rooms", $$"""{"kind":"group","user_ids":["{{mina.Id}}"]}"""), HttpStatusCode.Forbidden, "blocked");
        foreach (var path in new[] { $"/v1/rooms/{group}", "/v1/rooms", $"/v1/rooms/{group}/messages", "/v1/sync?since=" })
        {
            using var answer = await mina.TryAsync(HttpMethod.Get, path);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain("비밀", text, StringComparison.Ordinal);
        }

        var stub = (await MadangHost.GetAsync(mina.Http, $"/v1/rooms/{group}/messages"))["items"]![0]!.AsObject();
        Assert.Equal(["room_id", "seq", "hidden", "created_at"], stub.Select(field => field.Key));
        Assert.Equal("비밀", (string)(await MadangHost.GetAsync(sora.Http, $"/v1/rooms/{group}"))["last_message"]!["text"]!);
    }

    private Task<Person> PersonAsync() => _host.PersonAsync($"chat-{Interlocked.Increment(ref _people)}");
}
