using System.Net.Sockets;
using System.Text;

namespace Madang.Bench.Sites.Hostile;

/// <summary>One way to hurt a crawler; it has a host of its own.</summary>
/// <param name="Target">Where it waits. The first page of the host leads to it, and to <c>/after</c>, a good page.</param>
/// <param name="Answer">Answers requests for the target and for all below it (<c>/trap/…</c>).</param>
internal sealed record HostileCase(string Name, string Target, Action<SiteHost, SiteRequest, Reply> Answer)
{
    /// <summary>Whether the host's good pages can be had all the same.</summary>
    public bool KeepsItsPages { get; init; } = true;

    public string? Robots { get; init; }

    /// <summary>A case that is told on the wire, byte by byte.</summary>
    public static HostileCase OnTheWire(string name, Func<Socket, CancellationToken, Task> speak) =>
        new(name, "/trap", (_, _, reply) => reply.Takeover = speak);

    /// <summary>A case that sends one thing and ends the connection.</summary>
    public static HostileCase Saying(string name, string head, ReadOnlyMemory<byte> body = default) =>
        OnTheWire(name, async (socket, cancelled) =>
        {
            await SayAsync(socket, head, cancelled);
            await SayAsync(socket, body, cancelled);
            socket.Shutdown(SocketShutdown.Send);
        });

    /// <summary>A case whose harm is in the body.</summary>
    public static HostileCase Page(string name, Action<Reply> write) => new(name, "/trap", (_, _, reply) => write(reply));

    public static Task SayAsync(Socket socket, string text, CancellationToken cancelled) => SayAsync(socket, Encoding.Latin1.GetBytes(text), cancelled);

    public static async Task SayAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancelled)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancelled)..];
        }
    }
}
