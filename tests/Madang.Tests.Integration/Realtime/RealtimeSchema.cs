using System.Text.Json;
using System.Text.RegularExpressions;

namespace Madang.Tests.Integration.Realtime;

/// <summary>
/// The schemas of docs/realtime, for the words of JSON Schema that they use; a word that is not known here fails, so that nothing is passed over in silence.
/// Every frame, entry and answer that a test of this folder receives is held against them.
/// </summary>
internal static class RealtimeSchema
{
    private static readonly Dictionary<string, JsonElement> Documents = new[] { "entries.schema.json", "frames.schema.json" }
        .ToDictionary(name => name, name => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(), name))).RootElement);

    public static void CheckServerFrame(string json) => Check("frames.schema.json#/$defs/server_frame", json);

    public static void CheckEntry(string json) => Check("entries.schema.json#/$defs/entry", json);

    public static void CheckAnswer(string json) => Check("entries.schema.json#/$defs/sync_answer", json);

    /// <summary>Why the value is not valid; null when it is.</summary>
    public static string? Fault(string reference, JsonElement value) => new Visit(reference[..reference.IndexOf('#')]).Follow(reference, value, "$");

    private static void Check(string reference, string json) => Assert.Null(Fault(reference, JsonDocument.Parse(json).RootElement));

    /// <summary>docs/realtime of this repository.</summary>
    public static string Folder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Madang.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("docs/realtime lies in the repository.");
        }

        return Path.Combine(folder, "docs", "realtime");
    }

    private sealed class Visit(string document)
    {
        public string? Follow(string reference, JsonElement value, string at)
        {
            var parts = reference.Split('#');
            var target = parts[0].Length == 0 ? document : parts[0];
            var schema = Documents[target];
            foreach (var step in parts[1].Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                schema = schema.GetProperty(step);
            }

            return new Visit(target).Fault(schema, value, at);
        }

        private string? Fault(JsonElement schema, JsonElement value, string at)
        {
            if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                return schema.ValueKind == JsonValueKind.True ? null : $"{at} must not be there";
            }

            foreach (var word in schema.EnumerateObject())
            {
                if (Fault(schema, word, value, at) is { } fault)
                {
                    return fault;
                }
            }

            return null;
        }

        private string? Fault(JsonElement schema, JsonProperty word, JsonElement value, string at)
        {
            var (name, rule) = (word.Name, word.Value);
            return name switch
            {
                "description" or "then" or "else" => null,
                "$ref" => Follow(rule.GetString()!, value, at),
                "type" => IsType(rule.GetString()!, value) ? null : $"{at} is no {rule}",
                "const" => JsonElement.DeepEquals(rule, value) ? null : $"{at} is not {rule}",
                "enum" => rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)) ? null : $"{at} is none of {rule}",
                "required" => value.ValueKind != JsonValueKind.Object ? null
                    : rule.EnumerateArray().Where(one => !value.TryGetProperty(one.GetString()!, out _)).Select(one => $"{at} lacks {one}").FirstOrDefault(),
                "properties" => value.ValueKind != JsonValueKind.Object ? null
                    : rule.EnumerateObject().Where(one => value.TryGetProperty(one.Name, out _))
                        .Select(one => Fault(one.Value, value.GetProperty(one.Name), $"{at}.{one.Name}")).FirstOrDefault(fault => fault is not null),
                "items" => value.ValueKind != JsonValueKind.Array ? null
                    : value.EnumerateArray().Select((one, i) => Fault(rule, one, $"{at}[{i}]")).FirstOrDefault(fault => fault is not null),
                "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.GetInt32() ? null : $"{at} holds more than {rule}",
                "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!) ? null : $"{at} does not match {rule}",
                "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= rule.GetInt32() ? null : $"{at} is shorter than {rule}",
                "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= rule.GetInt32() ? null : $"{at} is longer than {rule}",
                "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= rule.GetDecimal() ? null : $"{at} is less than {rule}",
                "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= rule.GetDecimal() ? null : $"{at} is more than {rule}",
                "allOf" => rule.EnumerateArray().Select(one => Fault(one, value, at)).FirstOrDefault(fault => fault is not null),
                "oneOf" => OneOf(rule, value, at),
                "if" => schema.TryGetProperty(Fault(rule, value, at) is null ? "then" : "else", out var branch) ? Fault(branch, value, at) : null,
                _ => throw new NotSupportedException($"This check does not know '{name}'."),
            };
        }

        private string? OneOf(JsonElement rules, JsonElement value, string at)
        {
            var faults = rules.EnumerateArray().Select(one => Fault(one, value, at)).ToList();
            return faults.Count(fault => fault is null) == 1 ? null : $"{at} is not exactly one of: {string.Join("; ", faults.Select(fault => fault ?? "fits"))}";
        }

        private static bool IsType(string type, JsonElement value) => type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            _ => throw new NotSupportedException($"This check does not know the type '{type}'."),
        };
    }
}

/// <summary>The check itself: the examples that docs/realtime calls valid and invalid.</summary>
public sealed class RealtimeSchemaTests
{
    [Fact]
    public void Every_client_frame_among_the_vectors_is_judged_as_they_say()
    {
        var vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(RealtimeSchema.Folder(), "vectors", "frames.json"))).RootElement;
        foreach (var vector in vectors.GetProperty("client").EnumerateArray())
        {
            var fault = RealtimeSchema.Fault("frames.schema.json#/$defs/client_frame", vector.GetProperty("frame"));
            Assert.True(vector.GetProperty("valid").GetBoolean() == (fault is null), $"{vector.GetProperty("name")}: {fault ?? "fits"}");
        }
    }

    [Theory]
    [InlineData("""{"op":"entry","cursor":"x","type":"message.created","at":"2026-11-22T17:14:35.123Z"}""")]
    [InlineData("""{"op":"entry","cursor":"x","type":"room.read","at":"2026-11-22T17:14:35.123Z","data":{"room_id":"1","read_seq":"7","unread":0}}""")]
    [InlineData("""{"op":"signal","cursor":"x","type":"typing","data":{"room_id":"1","user_id":"2","expires_in_ms":1}}""")]
    [InlineData("""{"op":"ready","user_id":1,"cursor":"x","heartbeat_ms":25000}""")]
    [InlineData("""{"op":"sparkle"}""")]
    public void A_frame_that_is_wrong_is_found_wrong(string frame) =>
        Assert.NotNull(RealtimeSchema.Fault("frames.schema.json#/$defs/server_frame", JsonDocument.Parse(frame).RootElement));
}
