using System.Text.Json;
using Madang.Api;

namespace Madang.Realtime;

/// <summary>What has no position, is never stored and is the first to be dropped: typing, receipts, presence.</summary>
/// <param name="Type">The wire name: <c>typing</c>.</param>
/// <param name="Key">Signals to one recipient with the same type and key within a second are one; the last wins.</param>
/// <param name="Data">The UTF-8 JSON object for all recipients.</param>
public sealed record Signal(string Type, string Key, ReadOnlyMemory<byte> Data);

/// <summary>Sends signals to whoever is connected.</summary>
public interface ISignals
{
    void Send(IReadOnlyList<UserId> to, Signal signal);
}

/// <summary>A verb of the socket that another module answers: <c>{"op":"send","id":1,…}</c>.</summary>
public interface ISocketVerb
{
    /// <summary>The <c>op</c> it answers.</summary>
    string Op { get; }

    /// <summary>
    /// Runs the frame for a person. The answer's fields are written into the <c>ok</c> frame by the returned action, null when there is nothing to answer with.
    /// Verbs of one connection may overlap; those of one room are started in the order they came.
    /// </summary>
    ValueTask<Result<Action<Utf8JsonWriter>?>> RunAsync(Caller caller, JsonElement frame, CancellationToken cancellationToken);
}
