using System.Text.Json;
using System.Text.Json.Serialization;

namespace Madang.Client.Resources;

/// <summary>How many jobs a queue has in each state.</summary>
public sealed record Queue([property: JsonPropertyName("queue")] string Name, long Waiting, long Running, long Done, long Dead, long Canceled);

/// <param name="State">waiting, running, done, dead or canceled.</param>
/// <param name="Payload">Left out of lists.</param>
public sealed record Job(
    string Id,
    string Queue,
    string State,
    string Priority,
    DateTimeOffset RunAt,
    int Attempt,
    int MaxAttempts,
    DateTimeOffset CreatedAt,
    string? Reason = null,
    bool CancelRequested = false,
    DateTimeOffset? FinishedAt = null,
    JsonElement? Payload = null);

/// <param name="Count">How many dead jobs wait again.</param>
/// <param name="More">Whether dead ones may be left: call again.</param>
public sealed record Replayed([property: JsonPropertyName("replayed")] int Count, bool More);
