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

    /// <summary>Whether they are connected to this node. A look into a table: cheap enough to ask for each of many.</summary>
    bool IsHere(UserId user);
}
