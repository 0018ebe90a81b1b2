using System.Text.Json;
using Madang.Api;

namespace Madang.Realtime;

/// <summary>A verb of the socket that another module answers: <c>{"op":"send","id":1,…}</c>.</summary>
public interface ISocketVerb
{
    /// <summary>The <c>op</c> it answers.</summary>
    string Op { get; }

    /// <summary>Whether a frame counts as a write of the person (<see cref="WriteLimits"/>).</summary>
    bool IsWrite => true;

    /// <summary>Whether a frame must carry an <c>id</c> and is answered with <c>ok</c>. A verb without an id is answered only when it is refused.</summary>
    bool IsAnswered => true;

    /// <summary>
    /// Runs the frame for a person. The answer's fields are written into the <c>ok</c> frame by the returned action, null when there is nothing to answer with.
    /// Verbs of one connection may overlap; they are started in the order they came. The frame may be read until the task completes, not later; its
    /// strings hold no lone surrogates.
    /// </summary>
    ValueTask<Result<Action<Utf8JsonWriter>?>> RunAsync(Caller caller, JsonElement frame, CancellationToken cancellationToken);
}
