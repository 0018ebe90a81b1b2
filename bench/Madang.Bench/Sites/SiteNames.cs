using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Madang.Bench.Sites;

/// <summary>
/// A name server for the names of a generated internet (RFC 1035, A and nothing else, over UDP). Names may lead anywhere: a name that answers with a
/// private address is one of the ways into a network.
/// </summary>
internal sealed class SiteNames : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<string, IPAddress[]> _resolve;
    private readonly Task _serving;

    /// <param name="resolve">Addresses of a name without its last dot; none when there is no such name. Asked each time: answers may change.</param>
    public SiteNames(Func<string, IPAddress[]> resolve)
    {
        _resolve = resolve;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _serving = ServeAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Names of a web's hosts.</summary>
    public static SiteNames Of(IWeb web)
    {
        var names = web.Hosts.ToLookup(host => host.Name, host => host.Address, StringComparer.OrdinalIgnoreCase);
        return new SiteNames(name => [.. names[name].Take(1)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        var buffer = new byte[2048];
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var question = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                var answer = Answer(buffer.AsSpan(0, question.ReceivedBytes));
                await _socket.SendToAsync(answer, question.RemoteEndPoint, _stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopping, or whoever asked is gone.
            }
        }
    }

    private byte[] Answer(ReadOnlySpan<byte> question)
    {
        var at = 12;
        var labels = new List<string>();
        while (at < question.Length && question[at] is > 0 and < 64 and var length && at + length < question.Length)
        {
            labels.Add(Encoding.ASCII.GetString(question.Slice(at + 1, length)));
            at += 1 + length;
        }

        var end = Math.Min(question.Length, at + 5);
        var isA = end - at == 5 && BinaryPrimitives.ReadUInt16BigEndian(question[(at + 1)..]) == 1;
        var known = _resolve(string.Join('.', labels));
        var addresses = isA ? known : [];
        var answer = new byte[end + addresses.Length * 16];
        question[..end].CopyTo(answer);
        // A response, authoritative, recursion available; code 3 where there is no such name.
        answer[2] = (byte)(0x84 | question[2] & 1);
        answer[3] = (byte)(0x80 | (known.Length == 0 ? 3 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), (ushort)addresses.Length);
        answer.AsSpan(8, 4).Clear();
        for (var i = 0; i < addresses.Length; i++)
        {
            // The name again (a pointer to the question), type A, class IN, 5 s, four bytes.
            ((ReadOnlySpan<byte>)[0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4]).CopyTo(answer.AsSpan(end + i * 16));
            addresses[i].GetAddressBytes().CopyTo(answer, end + i * 16 + 12);
        }

        return answer;
    }
}
