using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;

namespace Madang.Postgres.Notifications;

/// <summary>
/// How attempts are kept in the row of their delivery: a JSON array a line, <c>[number, at, provider, class, code, latency]</c>, and where there is one of them
/// <c>looked up, detail, next at</c>. Times are Unix milliseconds. An attempt told twice, by a runner that did not hear of its commit, is read once.
/// </summary>
internal static class AttemptLines
{
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(DeliveryAttempt attempt)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var line = new Utf8JsonWriter(buffer, s_plain))
        {
            line.WriteStartArray();
            line.WriteNumberValue(attempt.Number);
            line.WriteNumberValue(attempt.At.ToUnixTimeMilliseconds());
            line.WriteStringValue(attempt.Provider);
            line.WriteNumberValue((int)attempt.Class);
            line.WriteStringValue(attempt.Code);
            line.WriteNumberValue((int)attempt.Latency.TotalMilliseconds);
            if (attempt.IsLookUp || attempt.Detail is not null || attempt.NextAt is not null)
            {
                line.WriteBooleanValue(attempt.IsLookUp);
                line.WriteStringValue(attempt.Detail);
                if (attempt.NextAt is { } next)
                {
                    line.WriteNumberValue(next.ToUnixTimeMilliseconds());
                }
            }

            line.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>By number, as they were first told.</summary>
    public static IReadOnlyList<DeliveryAttempt> Read(string lines) =>
        [.. lines.Split('\n').Select(ReadOne).DistinctBy(attempt => attempt.Number).OrderBy(attempt => attempt.Number)];

    private static DeliveryAttempt ReadOne(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        var values = parsed.RootElement;
        var rest = values.GetArrayLength();
        return new()
        {
            Number = values[0].GetInt64(),
            At = DateTimeOffset.FromUnixTimeMilliseconds(values[1].GetInt64()),
            Provider = values[2].GetString()!,
            Class = (AnswerClass)values[3].GetInt32(),
            Code = values[4].GetString()!,
            Latency = TimeSpan.FromMilliseconds(values[5].GetInt32()),
            IsLookUp = rest > 6 && values[6].GetBoolean(),
            Detail = rest > 7 ? values[7].GetString() : null,
            NextAt = rest > 8 ? DateTimeOffset.FromUnixTimeMilliseconds(values[8].GetInt64()) : null,
        };
    }
}
