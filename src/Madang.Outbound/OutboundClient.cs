using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Madang.Outbound.Addresses;
using Madang.Outbound.Connecting;
using Madang.Outbound.Names;
using Madang.Outbound.Transfer;

namespace Madang.Outbound;

/// <summary>The one door out. Whatever it is asked for, it connects to checked addresses only, reads bounded bytes for a bounded time, and answers with a value.</summary>
public sealed class OutboundClient : IDisposable
{
    private readonly AddressPolicy _policy;
    private readonly OutboundOptions _options;
    private readonly TimeProvider _time;
    private readonly OutboundMetrics _metrics;
    private readonly ConnectionPlaces _places;
    private readonly Connector _connector;
    private readonly HttpMessageInvoker _wire;

    public OutboundClient(OutboundOptions options, TimeProvider time, IMeterFactory meters)
        : this(options, time, meters, new MachineNames(Servers(options, time), "/etc/hosts", time), null)
    {
    }

    /// <param name="trust">Judges certificates instead of the machine's roots; for tests.</param>
    internal OutboundClient(OutboundOptions options, TimeProvider time, IMeterFactory meters, IDnsSource source, RemoteCertificateValidationCallback? trust)
    {
        _options = options;
        _time = time;
        _places = new ConnectionPlaces(options.MaxConnections);
        Names = new DnsCache(source, time, options);
        _metrics = new OutboundMetrics(meters, Names, _places);
        _connector = new Connector(Names, _places, time);
        _policy = AddressPolicy.TryParse(options.Allow, out var policy) ? policy : throw new ArgumentException("The allow list cannot be read.", nameof(options));
        _wire = Wire(trust);
        Trust = trust;
    }

    private OutboundClient(OutboundClient parent, AddressPolicy policy)
    {
        (_options, _time, _metrics, _places, _connector, Names) = (parent._options, parent._time, parent._metrics, parent._places, parent._connector, parent.Names);
        Trust = parent.Trust;
        _policy = policy;
        _wire = Wire(parent.Trust);
    }

    /// <summary>What is known about names, shared by all who go out here.</summary>
    public DnsCache Names { get; }

    private RemoteCertificateValidationCallback? Trust { get; }

    /// <summary>
    /// A client that may reach some networks more, with connections of its own: one that was opened under a wider list is never used under a narrower one.
    /// Names and the bound on connections are shared. Dispose it when its work is over.
    /// </summary>
    public OutboundClient Allowing(AddressPolicy more) => new(this, _policy.And(more));

    /// <summary>The addresses of a host, all of them checked; a fault otherwise. From memory nearly always.</summary>
    public async ValueTask<(IPAddress[] Addresses, string? Fault)> ResolveAsync(string host, CancellationToken cancellation)
    {
        try
        {
            return (await _connector.CheckedAddressesAsync(host, _policy, cancellation), null);
        }
        catch (OutboundException fault)
        {
            return ([], fault.Fault);
        }
    }

    /// <summary>The TXT records of a name, asked anew; empty for none, null when nobody could tell.</summary>
    public Task<IReadOnlyList<string>?> TextsAsync(string name, CancellationToken cancellation) => Names.TextsAsync(name, cancellation);

    /// <summary>A plain connection to a checked address, for protocols other than HTTP. The port is the caller's business.</summary>
    public async Task<OutboundConnection> ConnectAsync(string host, int port, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var stream = await _connector.ConnectAsync(host, port, _policy, timeout, cancellation);
            return new OutboundConnection(stream, stream.Address, null, null);
        }
        catch (OutboundException fault)
        {
            return new OutboundConnection(null, null, fault.Fault, fault.Message);
        }
    }

    /// <summary>Sends it and reads the answer, as far as the request bears it. Dispose the response.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; nothing else is thrown for what the network does.</exception>
    public async Task<OutboundResponse> SendAsync(OutboundRequest request, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        var response = new OutboundResponse { Url = request.Url, StartedAt = _time.GetUtcNow() };
        var end = started + (long)(request.TotalTimeout.TotalSeconds * _time.TimestampFrequency);
        try
        {
            var hop = Hop.First(request);
            while (hop is not null)
            {
                hop = await SendAsync(request, hop, response, started, end, cancellation);
            }
        }
        catch
        {
            response.Dispose();
            throw;
        }

        response.Total = _time.GetElapsedTime(started);
        _metrics.Ended(response);
        return response;
    }

    /// <summary>Why a URL can never be asked for, whatever its host leads to; null when it can. For refusing it where it is written.</summary>
    public static string? Check(string url) => Target.TryRead(url, out _, out var fault) ? null : fault;

    public void Dispose() => _wire.Dispose();

    /// <summary>One request and its answer; the next hop when that was a redirect to follow.</summary>
    private async Task<Hop?> SendAsync(OutboundRequest request, Hop hop, OutboundResponse response, long started, long end, CancellationToken cancellation)
    {
        if (!Target.TryRead(hop.Url, out var target, out var fault))
        {
            response.Failed(fault, "The URL cannot be asked for.");
            return null;
        }

        using var exchange = new Exchange(request, end, _time, _places, cancellation);
        using var message = new OutboundMessage(exchange, target);
        if (!hop.Fill(message, request))
        {
            response.Failed(OutboundFaults.InvalidRequest, "A header cannot be sent.");
            return null;
        }

        exchange.Enter();
        try
        {
            using var answer = await _wire.SendAsync(message, exchange.Over);
            exchange.Touch();
            response.Url = hop.Url;
            response.Address = exchange.Connection?.Address;
            response.ConnectTime = exchange.Connection?.TakeConnectTime();
            ReadHead(answer, response);
            response.ToHeaders = _time.GetElapsedTime(started);
            if (request.MaxRedirects > 0 && response.IsRedirect)
            {
                return hop.Next(request, response, target);
            }

            await ReadBodyAsync(request, answer, response, exchange);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            cancellation.ThrowIfCancellationRequested();
            var (code, detail) = Faults.Of(broken, exchange);
            response.Failed(code, detail);
        }

        return null;
    }

    private static void ReadHead(HttpResponseMessage answer, OutboundResponse response)
    {
        response.Status = (int)answer.StatusCode;
        response.Version = answer.Version;
        var head = response.HeadBytes;
        head.Clear();
        head.Add("HTTP/1."u8);
        head.Add(answer.Version.Minor == 0 && answer.Version.Major == 1 ? "0 "u8 : "1 "u8);
        Span<byte> number = stackalloc byte[12];
        response.Status.TryFormat(number, out var digits, default, CultureInfo.InvariantCulture);
        head.Add(number[..digits]);
        head.Add(" "u8);
        head.AddLatin1(answer.ReasonPhrase ?? "");
        head.Add("\r\n"u8);
        AddLines(head, answer.Headers.NonValidated);
        AddLines(head, answer.Content.Headers.NonValidated);
        head.Add("\r\n"u8);
    }

    private static void AddLines(PooledBytes head, HttpHeadersNonValidated headers)
    {
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                head.AddLatin1(name);
                head.Add(": "u8);
                head.AddLatin1(value);
                head.Add("\r\n"u8);
            }
        }
    }

    private static async Task ReadBodyAsync(OutboundRequest request, HttpResponseMessage answer, OutboundResponse response, Exchange exchange)
    {
        if (request.Accepts is { } accepts && !accepts(response))
        {
            response.IsSkipped = true;
            return;
        }

        var announced = answer.Content.Headers.ContentLength;
        if (announced > request.MaxWireBytes && !request.CutsAtLimit)
        {
            response.Failed(OutboundFaults.TooLarge, $"{announced} bytes are announced, {request.MaxWireBytes} are the limit.");
            return;
        }

        exchange.ReadsBody();
        var wire = new PooledBytes();
        response.Keep(wire, null);
        var stream = await answer.Content.ReadAsStreamAsync(exchange.Over);
        while (announced is null || wire.Length < announced)
        {
            // One byte more than the limit tells that there is more.
            var room = wire.Room(wire.Length == 0 ? BodySize.First(announced, request.MaxWireBytes) : 1);
            var left = request.MaxWireBytes + 1L - wire.Length;
            var count = await stream.ReadAsync(room.Length > left ? room[..(int)left] : room, exchange.Over);
            if (count == 0)
            {
                break;
            }

            exchange.Touch();
            wire.Added(count);
            response.WireBytes = wire.Length;
            if (wire.Length > request.MaxWireBytes)
            {
                if (!request.CutsAtLimit)
                {
                    response.Failed(OutboundFaults.TooLarge, $"More than {request.MaxWireBytes} bytes.");
                    return;
                }

                wire.Cut(request.MaxWireBytes);
                response.IsCut = true;
                break;
            }
        }

        Decode(request, response, wire);
    }

    private static void Decode(OutboundRequest request, OutboundResponse response, PooledBytes wire)
    {
        var encodings = response.HeaderValues("content-encoding");
        if (encodings.Count > 0)
        {
            var limits = new DecodeLimits(request.MaxBytes, request.MaxRatio, request.CutsAtLimit);
            var (decoded, fault, isCut) = BodyDecoder.Decode(wire.Memory, encodings.Count == 1 ? encodings[0] : string.Join(',', encodings), limits, response.IsCut);
            if (fault is not null)
            {
                response.Failed(fault, $"{wire.Length} bytes of {encodings[0]}.");
                return;
            }

            response.IsCut |= isCut;
            response.Keep(wire, decoded);
        }
        else if (wire.Length > request.MaxBytes)
        {
            if (!request.CutsAtLimit)
            {
                response.Failed(OutboundFaults.TooLarge, $"More than {request.MaxBytes} bytes.");
                return;
            }

            wire.Cut(request.MaxBytes);
            response.IsCut = true;
        }
    }

    private HttpMessageInvoker Wire(RemoteCertificateValidationCallback? trust) => new(new SocketsHttpHandler
    {
        // A proxy from the environment would connect in our stead, unchecked.
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = TimeSpan.FromSeconds(30), // name, connection and TLS; the first two have the request's own time before
        MaxConnectionsPerServer = _options.MaxConnectionsPerHost,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(_options.IdleSeconds),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10), // then the name is looked up again
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 64 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = trust,
            // Without it a certificate could make us fetch "missing" ones from an address that it names, unchecked.
            CertificateChainPolicy = trust is null ? new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck } : null,
        },
    });

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var timeout = context.InitialRequestMessage is OutboundMessage message ? message.Exchange.Request.ConnectTimeout : TimeSpan.FromSeconds(5);
        return await _connector.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, _policy, timeout, cancellation);
    }

    private static StubResolver? Servers(OutboundOptions options, TimeProvider time)
    {
        var servers = NameServersAttribute.TryParse(options.NameServers, out var named) && named.Count > 0 ? named : MachineNames.ReadServers("/etc/resolv.conf");
        return servers.Count == 0 ? null : new StubResolver(servers, time);
    }
}

/// <summary>A connection to a checked address, or the fault that came instead.</summary>
/// <param name="Fault">One of <see cref="OutboundFaults"/>; null when there is a stream.</param>
public sealed record OutboundConnection(Stream? Stream, IPAddress? Address, string? Fault, string? Detail) : IDisposable
{
    public void Dispose() => Stream?.Dispose();
}
