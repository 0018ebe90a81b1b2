using System.Text;
using System.Text.Json;
using Madang.Api;
using Madang.Chat.Endpoints;
using Madang.Realtime;

namespace Madang.Tests.Conformance.Chat;

/// <summary>The frames of chat: the same verbs and codes as over HTTP. The engine does not matter here.</summary>
public sealed class SocketVerbTests
{
    [Fact]
    public async Task A_sent_frame_answers_with_the_message_and_again_with_the_same()
    {
        await using var community = await Community.OpenAsync(TestDatabase.SqliteAsync);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        var send = new SendVerb(community.Messages);
        var frame = $$"""{"op":"send","id":1,"room_id":"{{room.Id}}","client_id":"k","text":"안녕","attachments":[],"unknown":true}""";
        var first = await AnswerAsync(send, people[0], frame);
        Assert.StartsWith($$$"""{"message":{"id":""", first, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"안녕\"", first, StringComparison.Ordinal);
        Assert.Equal(first, await AnswerAsync(send, people[0], frame));
        Assert.Equal("idempotency_conflict", (await RunAsync(send, people[0], frame.Replace("안녕", "잘 가", StringComparison.Ordinal))).Error?.Code);
    }

    [Fact]
    public async Task A_read_frame_answers_with_the_mark()
    {
        await using var community = await Community.OpenAsync(TestDatabase.SqliteAsync);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        _ = await community.PostAsync(people[1], room.Id, "hi");
        var answer = await AnswerAsync(new ReadVerb(community.Marks), people[0], $$"""{"op":"read","id":2,"room_id":"{{room.Id}}","seq":5}""");
        Assert.Equal($$$"""{"read":{"room_id":"{{{room.Id}}}","read_seq":1,"unread":0}}""", answer);
    }

    [Fact]
    public async Task A_typing_frame_has_nothing_to_answer_with()
    {
        await using var community = await Community.OpenAsync(TestDatabase.SqliteAsync);
        var people = await community.PeopleAsync(3);
        var room = await community.DirectAsync(people[0], people[1]);
        var log = new SignalLog();
        var verb = new TypingVerb(community.Typing(log));
        Assert.Null(Community.Ok(await RunAsync(verb, people[0], $$"""{"op":"typing","room_id":"{{room.Id}}"}""")));
        Assert.Single(log.Sent);
        Assert.Equal("not_found", (await RunAsync(verb, people[2], $$"""{"op":"typing","room_id":"{{room.Id}}"}""")).Error?.Code);
    }

    [Theory]
    [InlineData("""{"op":"send","client_id":"k","text":"x"}""", "invalid_fields", "room_id")]
    [InlineData("""{"op":"send","room_id":7,"client_id":"k","text":"x"}""", "invalid_fields", "room_id")]
    [InlineData("""{"op":"send","room_id":"-7","client_id":"k","text":"x"}""", "invalid_fields", "room_id")]
    [InlineData("""{"op":"send","room_id":"ROOM","client_id":"k","text":7}""", "invalid_fields", "text")]
    [InlineData("""{"op":"send","room_id":"ROOM","client_id":"k","text":"\ud800"}""", "invalid_fields", "text")]
    [InlineData("""{"op":"send","room_id":"ROOM","client_id":"k","text":"\u0000"}""", "invalid_fields", "text")]
    [InlineData("""{"op":"send","room_id":"ROOM","text":"x"}""", "invalid_fields", "client_id")]
    [InlineData("""{"op":"send","room_id":"ROOM","client_id":"k","text":"x","reply_to":1}""", "invalid_fields", "reply_to")]
    [InlineData("""{"op":"send","room_id":"ROOM","client_id":"k","text":"x","attachments":[1]}""", "invalid_fields", "attachments")]
    [InlineData("""{"op":"send","room_id":"1","client_id":"k","text":"x"}""", "not_found", null)]
    [InlineData("""{"op":"read","room_id":"ROOM"}""", "invalid_fields", "seq")]
    [InlineData("""{"op":"read","room_id":"ROOM","seq":-1}""", "invalid_fields", "seq")]
    [InlineData("""{"op":"read","room_id":"ROOM","seq":"1"}""", "invalid_fields", "seq")]
    [InlineData("""{"op":"read","room_id":"1","seq":1}""", "not_found", null)]
    public async Task A_faulty_frame_is_refused_as_over_http(string frame, string code, string? field)
    {
        await using var community = await Community.OpenAsync(TestDatabase.SqliteAsync);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        ISocketVerb verb = frame.Contains("\"send\"", StringComparison.Ordinal) ? new SendVerb(community.Messages) : new ReadVerb(community.Marks);
        var refused = await RunAsync(verb, people[0], frame.Replace("ROOM", room.Id.ToString(), StringComparison.Ordinal));
        Assert.Equal((code, field), (refused.Error?.Code, refused.Error?.Fields is [var first, ..] ? first.Field : null));
    }

    private static async Task<Result<Action<Utf8JsonWriter>?>> RunAsync(ISocketVerb verb, UserId user, string frame)
    {
        using var json = JsonDocument.Parse(frame);
        return await verb.RunAsync(Community.Caller(user), json.RootElement, Community.Token);
    }

    private static async Task<string> AnswerAsync(ISocketVerb verb, UserId user, string frame)
    {
        var write = Community.Ok(await RunAsync(verb, user, frame))!;
        using var bytes = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
