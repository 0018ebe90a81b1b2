using System.Text.Json;
using System.Text.Json.Nodes;
using Madang.Client.Realtime;

namespace Madang.Tests.Unit.Client;

/// <summary>The C# client against the vectors that the TypeScript client runs, too. (Seen to fail: with the ack after 2 s, or duplicates let through.)</summary>
public sealed class VectorTests
{
    public static TheoryData<string, string> Scripts() => Named([.. Vectors.Scripts()], "scripts");

    public static TheoryData<string, string> Streams() => Named(["sse.json"], "streams");

    public static TheoryData<string, string> ServerFrames() => Named(["frames.json"], "server");

    [Theory]
    [MemberData(nameof(Scripts))]
    public void The_client_does_what_the_script_says(string file, string name)
    {
        // Continuations run at once on this thread, as the format of the scripts demands.
        SynchronizationContext.SetSynchronizationContext(null);
        using var run = new ScriptRun(Find(file, "scripts", name));
        run.Run();
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_is_cut_into_its_events(string file, string name)
    {
        var stream = Find(file, "streams", name);
        var parser = new SseParser();
        var events = stream.GetProperty("chunks").EnumerateArray().SelectMany(chunk => parser.Push(chunk.GetString())).ToList();
        Assert.Equal(
            stream.GetProperty("events").EnumerateArray().Select(wanted => (
                wanted.GetProperty("event").GetString(), wanted.GetProperty("data").GetString(), wanted.TryGetProperty("id", out var id) ? id.GetString() : null)),
            events.Select(said => ((string?)said.Event, (string?)said.Data, said.Id)));
        Assert.Equal(stream.TryGetProperty("retry_ms", out var retry) ? TimeSpan.FromMilliseconds(retry.GetInt64()) : null, parser.Retry);
    }

    [Theory]
    [MemberData(nameof(ServerFrames))]
    public void A_frame_of_the_server_is_read_ignored_or_refused(string file, string name)
    {
        var vector = Find(file, "server", name);
        var frame = ServerFrame.Parse(vector.GetProperty("text").GetString()!, out var isValid);
        var result = !isValid ? "invalid" : frame is null ? "ignored" : "ok";
        Assert.Equal(vector.GetProperty("result").GetString(), result);
        if (frame is not null)
        {
            var wanted = JsonNode.Parse(vector.GetProperty("frame").GetRawText())!.AsObject();

            // What the client has no use for, it does not keep.
            wanted.Remove("read");
            wanted.Remove("since");
            Assert.True(Vectors.Matches(JsonSerializer.SerializeToElement(wanted), JsonSerializer.SerializeToElement(Seen(frame))), $"{name}: {Seen(frame)}");
        }
    }

    [Fact]
    public void The_frames_of_this_client_are_among_the_valid_ones()
    {
        var valid = Vectors.Read("frames.json").GetProperty("client").EnumerateArray().Where(vector => vector.GetProperty("valid").GetBoolean())
            .ToDictionary(vector => vector.GetProperty("name").GetString()!, vector => vector.GetProperty("frame"));
        (string Name, string Text)[] ours =
        [
            ("hello with a token", ClientFrame.Hello("mds_abc", null)), ("hello that resumes", ClientFrame.Hello("mds_abc", "v1.c9")), ("hello by cookie", ClientFrame.Hello(null, null)),
            ("send", ClientFrame.Send(1, "100", new("m-1", "안녕"))), ("read", ClientFrame.Read(2, "100", 7)), ("typing", ClientFrame.Typing("100")),
            ("active", ClientFrame.Active(false)), ("ack", ClientFrame.Ack("v1.c9")), ("ping", ClientFrame.Ping), ("pong", ClientFrame.Pong),
        ];
        Assert.All(ours, frame => Assert.True(JsonElement.DeepEquals(valid[frame.Name], JsonDocument.Parse(frame.Text).RootElement), $"{frame.Name}: {frame.Text}"));
        Assert.Contains("안녕", ours[3].Text, StringComparison.Ordinal); // not escaped
    }

    private static JsonObject Seen(ServerFrame frame) => frame switch
    {
        ServerFrame.Ready ready => new() { ["op"] = "ready", ["user_id"] = ready.UserId, ["cursor"] = ready.Cursor, ["heartbeat_ms"] = (long)ready.Heartbeat.TotalMilliseconds },
        ServerFrame.Ok { Message: { } message } ok => new()
        {
            ["op"] = "ok",
            ["id"] = ok.Id,
            ["message"] = JsonSerializer.SerializeToNode(message, new JsonSerializerOptions(Madang.Client.ClientJson.Default.Options) { Converters = { new Times() } }),
        },
        ServerFrame.Ok ok => new() { ["op"] = "ok", ["id"] = ok.Id },
        ServerFrame.Refused refused => Error(refused),
        ServerFrame.Arrived { Entry: var entry } => new()
        {
            ["op"] = "entry",
            ["cursor"] = entry.Cursor,
            ["type"] = entry.Type,
            ["at"] = Times.Text(entry.At),
            ["data"] = JsonNode.Parse(entry.Data.GetRawText()),
        },
        ServerFrame.Signalled { Signal: var signal } => new() { ["op"] = "signal", ["type"] = signal.Type, ["data"] = JsonNode.Parse(signal.Data.GetRawText()) },
        ServerFrame.Resync => new() { ["op"] = "resync" },
        ServerFrame.Reset { Cursor: { } cursor } => new() { ["op"] = "reset", ["cursor"] = cursor },
        ServerFrame.Reset => new() { ["op"] = "reset" },
        ServerFrame.Reconnect reconnect => new() { ["op"] = "reconnect", ["after_ms"] = (long)reconnect.After.TotalMilliseconds },
        ServerFrame.Ping => new() { ["op"] = "ping" },
        _ => new() { ["op"] = "pong" },
    };

    private static JsonObject Error(ServerFrame.Refused refused)
    {
        var error = new JsonObject { ["op"] = "error", ["code"] = refused.Reason.Code, ["message"] = refused.Reason.Message };
        if (refused.Id is { } id)
        {
            error["id"] = id;
        }

        if (refused.Reason.RetryAfter is { } wait)
        {
            error["retry_after_ms"] = (long)wait.TotalMilliseconds;
        }

        error["errors"] = new JsonArray([.. refused.Reason.Errors.Select(fault => new JsonObject { ["field"] = fault.Field, ["code"] = fault.Code, ["detail"] = fault.Detail })]);
        return error;
    }

    private static TheoryData<string, string> Named(string[] files, string list)
    {
        var data = new TheoryData<string, string>();
        foreach (var file in files)
        {
            foreach (var vector in Vectors.Read(file).GetProperty(list).EnumerateArray())
            {
                data.Add(file, vector.GetProperty("name").GetString()!);
            }
        }

        return data;
    }

    private static JsonElement Find(string file, string list, string name) =>
        Vectors.Read(file).GetProperty(list).EnumerateArray().Single(vector => vector.GetProperty("name").GetString() == name);

    private sealed class Times : System.Text.Json.Serialization.JsonConverter<DateTimeOffset>
    {
        public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));
    }
}
