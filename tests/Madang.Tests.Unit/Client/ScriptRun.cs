using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Madang.Client;
using Madang.Client.Realtime;
using Madang.Client.Resources;

namespace Madang.Tests.Unit.Client;

/// <summary>Runs one script of docs/realtime/vectors against a fresh client: the test plays the server, the clock and the application.</summary>
internal sealed class ScriptRun : IDisposable
{
    private readonly JsonElement _script;
    private readonly List<JsonObject> _outputs = [];
    private readonly FakeTime _time = new();
    private readonly OpenRequests _http;
    private readonly MadangClient _client;
    private readonly MadangRealtime _realtime;
    private ISocketEvents? _socket;

    public ScriptRun(JsonElement script)
    {
        _script = script;
        _http = new OpenRequests(_outputs.Add);
        _client = new MadangClient(new()
        {
            BaseAddress = new("http://server.test"),
            Token = "token-1",
            Handler = _http,
            Time = _time,
            Random = new Draws(script.TryGetProperty("random", out var draws) ? [.. draws.EnumerateArray().Select(draw => draw.GetDouble())] : [0.5]),
        });
        _realtime = _client.Realtime(new()
        {
            Cursor = script.TryGetProperty("cursor", out var cursor) ? cursor.GetString() : null,
            Lines = [LineKind.Socket],
            OpenSocket = (_, events) => Open(events),
        });
        _realtime.Told += told => _outputs.Add(Output(told));
    }

    public void Run()
    {
        _realtime.Start();
        var number = 0;
        foreach (var step in _script.GetProperty("steps").EnumerateArray())
        {
            number++;
            var (verb, value) = step.EnumerateObject().Single() is var only ? (only.Name, only.Value) : default;
            if (verb == "expect")
            {
                Compare(value, number);
            }
            else
            {
                Act(verb, value);
            }
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private void Act(string verb, JsonElement value)
    {
        switch (verb)
        {
            case "open":
                _socket!.Opened();
                break;
            case "fail":
                _socket!.Closed(1006);
                break;
            case "frame":
                _socket!.Received(value.GetRawText());
                break;
            case "text":
                _socket!.Received(value.GetString()!);
                break;
            case "close":
                _socket!.Closed(value.GetInt32());
                break;
            case "advance_ms":
                _time.Advance(TimeSpan.FromMilliseconds(value.GetInt64()));
                break;
            case "answer":
                _http.Answer(value);
                break;
            case "call":
                Call(value);
                break;
            default:
                throw new InvalidOperationException($"unknown step {verb}");
        }
    }

    private void Call(JsonElement call)
    {
        var room = call.TryGetProperty("room_id", out var id) ? id.GetString()! : "";
        switch (call.GetProperty("verb").GetString())
        {
            case "send":
                // The end of it is told as acked or refused; the task says the same.
                _ = _realtime.SendAsync(room, new NewMessage(call.GetProperty("client_id").GetString()!, call.GetProperty("text").GetString()!));
                break;
            case "track":
                _realtime.Track(room, call.GetProperty("seq").GetInt64());
                break;
            case "read":
                _realtime.Read(room, call.GetProperty("seq").GetInt64());
                break;
            case "typing":
                _realtime.Typing(room);
                break;
            case "stop":
                _realtime.Stop();
                break;
            default:
                throw new InvalidOperationException($"unknown call {call}");
        }
    }

    private void Compare(JsonElement expected, int step)
    {
        var watch = _script.GetProperty("watch").EnumerateArray().Select(kind => kind.GetString()!).ToHashSet();
        var watched = _outputs.Where(output => watch.Contains(output.Single().Key)).Select(output => JsonSerializer.SerializeToElement<JsonNode>(output)).ToList();
        _outputs.Clear();
        var wanted = expected.EnumerateArray().ToList();
        Assert.True(
            wanted.Count == watched.Count && wanted.Zip(watched).All(pair => Vectors.Matches(pair.First, pair.Second)),
            $"step {step} of \"{_script.GetProperty("name")}\" expects {expected}, got [{string.Join(", ", watched)}]");
    }

    private Line Open(ISocketEvents events)
    {
        _socket = events;
        _outputs.Add(new JsonObject { ["connect"] = true });
        return new Line(_outputs.Add);
    }

    private static JsonObject Output(RealtimeEvent told) => told switch
    {
        RealtimeEvent.EntryArrived { Entry: var entry } => new()
        {
            ["entry"] = new JsonObject { ["cursor"] = entry.Cursor, ["type"] = entry.Type, ["data"] = JsonNode.Parse(entry.Data.GetRawText()) },
        },
        RealtimeEvent.Signalled { Signal: var signal } => new() { ["signal"] = new JsonObject { ["type"] = signal.Type, ["data"] = JsonNode.Parse(signal.Data.GetRawText()) } },
        RealtimeEvent.Reset reset => new() { ["reset"] = new JsonObject { ["cursor"] = reset.Cursor } },
        RealtimeEvent.Refilled refilled => new()
        {
            ["refilled"] = new JsonObject { ["room_id"] = refilled.RoomId, ["seqs"] = new JsonArray([.. refilled.Messages.Select(message => JsonValue.Create(message.Seq))]) },
        },
        RealtimeEvent.Acked { Message: var message } => new() { ["acked"] = new JsonObject { ["client_id"] = message.ClientId, ["seq"] = message.Seq } },
        RealtimeEvent.Refused refused => new() { ["refused"] = new JsonObject { ["client_id"] = refused.ClientId, ["code"] = refused.Reason.Code } },
        RealtimeEvent.StateChanged { State: var state } => new() { ["state"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString()) },
        _ => throw new InvalidOperationException($"unknown event {told}"),
    };

    private sealed class Line(Action<JsonObject> tell) : ISocket
    {
        public void Send(string text) => tell(new JsonObject { ["sent"] = JsonNode.Parse(text) });

        public void Close(int code) => tell(new JsonObject { ["closed"] = code });
    }

    private sealed class Draws(double[] draws) : Random
    {
        private int _next;

        public override double NextDouble() => draws[Math.Min(_next++, draws.Length - 1)];
    }

    /// <summary>Holds every request open until the script answers it, oldest first. Answers run on at once, on the thread of the script.</summary>
    private sealed class OpenRequests(Action<JsonObject> tell) : HttpMessageHandler
    {
        private readonly Queue<TaskCompletionSource<HttpResponseMessage>> _open = new();

        public void Answer(JsonElement answer)
        {
            var request = _open.Dequeue();
            if (answer.TryGetProperty("error", out _))
            {
                request.SetException(new HttpRequestException("the line broke"));
                return;
            }

            var response = new HttpResponseMessage((HttpStatusCode)answer.GetProperty("status").GetInt32())
            {
                Content = new ByteArrayContent(answer.TryGetProperty("body", out var body) ? Encoding.UTF8.GetBytes(body.GetRawText()) : []),
            };
            if (answer.TryGetProperty("headers", out var headers))
            {
                foreach (var header in headers.EnumerateObject())
                {
                    response.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
                }
            }

            request.SetResult(response);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var query = new JsonObject();
            foreach (var pair in request.RequestUri!.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = pair.Split('=');
                query[parts[0]] = Uri.UnescapeDataString(parts[1]);
            }

            using var body = request.Content?.ReadAsStream(CancellationToken.None);
            tell(new JsonObject
            {
                ["http"] = new JsonObject
                {
                    ["method"] = request.Method.Method,
                    ["path"] = request.RequestUri.AbsolutePath,
                    ["query"] = query,
                    ["body"] = body is null ? null : JsonNode.Parse(body),
                },
            });
            var open = new TaskCompletionSource<HttpResponseMessage>();
            _open.Enqueue(open);
            return open.Task;
        }
    }
}
