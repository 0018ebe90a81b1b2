using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Madang.Outbound.Names;

/// <summary>
/// Asks the machine's name servers itself, since .NET's Dns tells no TTLs (docs/adr/0007): UDP with a random id and port, TCP when the answer is cut, the next
/// server when one fails.
/// </summary>
internal sealed class StubResolver(IReadOnlyList<IPEndPoint> servers, TimeProvider time) : IDnsSource
{
    private const int Rounds = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public async Task<DnsAnswer> LookUpAsync(string name, CancellationToken cancellation)
    {
        var v4 = AskAsync(name, DnsMessage.A, cancellation);
        var v6 = Socket.OSSupportsIPv6 ? AskAsync(name, DnsMessage.Aaaa, cancellation) : Task.FromResult(DnsAnswer.Nothing(TimeSpan.MaxValue));
        return Join(await v4, await v6);
    }

    public async Task<IReadOnlyList<string>?> TextsAsync(string name, CancellationToken cancellation) =>
        await AskAsync(name, DnsMessage.Txt, static (message, asked) => DnsMessage.ReadTexts(message, asked), cancellation);

    /// <summary>Half an answer is one; two that found nothing are "no" only when both said so.</summary>
    internal static DnsAnswer Join(DnsAnswer v4, DnsAnswer v6)
    {
        if (v4.Verdict == DnsVerdict.Found || v6.Verdict == DnsVerdict.Found)
        {
            var ttl = v4.Verdict != DnsVerdict.Found ? v6.Ttl : v6.Verdict != DnsVerdict.Found ? v4.Ttl : v4.Ttl < v6.Ttl ? v4.Ttl : v6.Ttl;
            return new DnsAnswer(DnsVerdict.Found, [.. v4.Addresses, .. v6.Addresses], ttl);
        }

        return v4.Verdict == DnsVerdict.NoSuchHost && v6.Verdict == DnsVerdict.NoSuchHost
            ? DnsAnswer.Nothing(v4.Ttl < v6.Ttl ? v4.Ttl : v6.Ttl)
            : DnsAnswer.NotAnswered;
    }

    private async Task<DnsAnswer> AskAsync(string name, ushort type, CancellationToken cancellation) =>
        await AskAsync(
            name, type,
            (message, asked) => DnsMessage.Read(message, asked, type) is { Verdict: not DnsVerdict.Failed } answer ? answer : null,
            cancellation) ?? DnsAnswer.NotAnswered;

    /// <param name="read">Null for a message that tells nothing.</param>
    private async Task<T?> AskAsync<T>(string name, ushort type, Func<byte[], string, T?> read, CancellationToken cancellation) where T : class
    {
        for (var i = 0; i < Rounds * servers.Count; i++)
        {
            using var patience = new CancellationTokenSource(s_patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            try
            {
                if (await AskAsync(servers[i % servers.Count], name, type, either.Token) is { } message && read(message, name) is { } answer)
                {
                    return answer;
                }
            }
            catch (Exception fault) when (fault is SocketException or IOException || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                // This server is silent or away: the next one, or once more.
            }
        }

        return null;
    }

    private static async Task<byte[]?> AskAsync(IPEndPoint server, string name, ushort type, CancellationToken cancellation)
    {
        var buffer = new byte[DnsMessage.UdpSize];
        var id = (ushort)RandomNumberGenerator.GetInt32(65536);
        var length = DnsMessage.WriteQuery(buffer, id, name, type);

        // Connected, so that the kernel lets in packets of this server alone; the port is random each time.
        using (var udp = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp))
        {
            await udp.ConnectAsync(server, cancellation);
            await udp.SendAsync(buffer.AsMemory(0, length), cancellation);
            while (true)
            {
                var received = await udp.ReceiveAsync(buffer, cancellation);
                if (!DnsMessage.Answers(buffer.AsSpan(0, received), id, name, type))
                {
                    continue;
                }

                if (!DnsMessage.IsTruncated(buffer))
                {
                    return buffer[..received];
                }

                break;
            }
        }

        return await AskOverTcpAsync(server, id, name, type, cancellation);
    }

    /// <summary>RFC 1035 §4.2.2: two bytes of length, then the message.</summary>
    private static async Task<byte[]?> AskOverTcpAsync(IPEndPoint server, ushort id, string name, ushort type, CancellationToken cancellation)
    {
        using var tcp = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await tcp.ConnectAsync(server, cancellation);
        await using var stream = new NetworkStream(tcp, ownsSocket: false);
        var query = new byte[320];
        var length = DnsMessage.WriteQuery(query.AsSpan(2), id, name, type);
        BinaryPrimitives.WriteUInt16BigEndian(query, (ushort)length);
        await stream.WriteAsync(query.AsMemory(0, length + 2), cancellation);
        await stream.ReadExactlyAsync(query.AsMemory(0, 2), cancellation);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(query)];
        await stream.ReadExactlyAsync(message, cancellation);
        return DnsMessage.Answers(message, id, name, type) ? message : null;
    }
}
