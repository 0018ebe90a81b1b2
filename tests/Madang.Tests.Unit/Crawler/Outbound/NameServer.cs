using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Madang.Tests.Unit.Crawler.Outbound;

/// <summary>A name server on a local port, UDP and TCP, that answers as the test says.</summary>
internal sealed class NameServer : IDisposable
{
    private readonly Func<Query, byte[]?> _answer;
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp;
    private readonly SemaphoreSlim _asked = new(0);
    private int _queries;
    private int _tcpQueries;

    public NameServer(Func<Query, byte[]?> answer)
    {
        _answer = answer;
        // The same number must be free for both.
        while (true)
        {
            _tcp = new TcpListener(IPAddress.Loopback, 0);
            _tcp.Start();
            try
            {
                _udp.Bind(_tcp.LocalEndpoint);
                break;
            }
            catch (SocketException)
            {
                _tcp.Stop();
            }
        }

        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public IPEndPoint End => (IPEndPoint)_tcp.LocalEndpoint;

    public int Queries => Volatile.Read(ref _queries);

    public int TcpQueries => Volatile.Read(ref _tcpQueries);

    /// <summary>Until so many more queries came.</summary>
    public async Task Until(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _asked.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public static byte[] Name(string name) => [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    public void Dispose()
    {
        _udp.Dispose();
        _tcp.Stop();
        _asked.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        try
        {
            var buffer = new byte[4096];
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                var query = new Query(buffer[..received.ReceivedBytes], isTcp: false, packet => _udp.SendTo(packet, received.RemoteEndPoint));
                Interlocked.Increment(ref _queries);
                _asked.Release();
                if (_answer(query) is { } answer)
                {
                    query.Send(answer);
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var head = new byte[2];
                await stream.ReadExactlyAsync(head);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
                await stream.ReadExactlyAsync(message);
                Interlocked.Increment(ref _tcpQueries);
                if (_answer(new Query(message, isTcp: true, _ => { })) is { } answer)
                {
                    await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer]);
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    /// <summary>A question, and the means to answer it.</summary>
    internal sealed class Query
    {
        private readonly byte[] _message;
        private readonly Action<byte[]> _send;
        private readonly int _end;

        public Query(byte[] message, bool isTcp, Action<byte[]> send)
        {
            (_message, IsTcp, _send) = (message, isTcp, send);
            var labels = new List<string>();
            var at = 12;
            while (message[at] != 0)
            {
                labels.Add(Encoding.ASCII.GetString(message, at + 1, message[at]));
                at += message[at] + 1;
            }

            Asked = string.Join('.', labels);
            Type = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at + 1));
            _end = at + 5;
        }

        public string Asked { get; }

        public ushort Type { get; }

        public bool IsTcp { get; }

        public void Send(byte[] packet) => _send(packet);

        public byte[] A(string address, int ttl) => Record(Asked, 1, ttl, IPAddress.Parse(address).GetAddressBytes());

        public byte[] Aaaa(string address, int ttl) => Record(Asked, 28, ttl, IPAddress.Parse(address).GetAddressBytes());

        public byte[] Soa(string zone, int ttl, int minimum) => Record(zone, 6, ttl, [0, 0, .. Number(1), .. Number(2), .. Number(3), .. Number(4), .. Number(minimum)]);

        public byte[] Record(string owner, int type, int ttl, byte[] content) =>
            [.. owner == Asked ? (byte[])[0xC0, 12] : Name(owner), 0, (byte)type, 0, 1, .. Number(ttl), (byte)(content.Length >> 8), (byte)content.Length, .. content];

        public byte[] Answer(byte[] records, int answers, int authorities = 0, int code = 0, bool isCut = false) =>
            [_message[0], _message[1], (byte)(0x81 | (isCut ? 2 : 0)), (byte)(0x80 | code), 0, 1, 0, (byte)answers, 0, (byte)authorities, 0, 0, .. _message[12.._end], .. records];

        private static byte[] Number(int number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
    }
}
