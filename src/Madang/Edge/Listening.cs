using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Madang.Api;
using Madang.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Madang.Edge;

/// <summary>What Kestrel binds, and what it bears.</summary>
internal static class Listening
{
    /// <summary>Bodies larger than this are refused unless an endpoint says otherwise (uploads will).</summary>
    public const int MaxBodyBytes = 256 * 1024;

    public const int MaxHeaderBytes = 32 * 1024;
    public const int MaxHeaders = 64;
    public static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(10);

    // sun_path of a Unix socket, with its closing NUL (unix(7)).
    private const int MaxSocketPath = 107;

    public static void Configure(KestrelServerOptions kestrel, ServerSettings settings, TlsCertificate? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;
        kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        // Slow bodies and slow readers alike: less than this over the grace period ends the connection.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

        foreach (var url in settings.Urls)
        {
            foreach (var address in url.Addresses)
            {
                Listen(kestrel, address, url.Port, listen =>
                {
                    if (url.IsTls)
                    {
                        listen.UseHttps(new TlsHandshakeCallbackOptions
                        {
                            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate!.Current }),
                            HandshakeTimeout = HeaderTimeout,
                        });
                    }
                });
            }
        }

        kestrel.ListenUnixSocket(settings.Socket, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            // Who may open the socket is decided by the folder's and the file's mode; whoever could, is the operator.
            listen.Use(next => connection =>
            {
                connection.Features.Set(Caller.Operator);
                connection.Features.Set(OperatorConnection.Value);
                return next(connection);
            });
        });
    }

    /// <summary>Makes room for the socket: a file that a killed process left behind refuses the bind.</summary>
    public static string? SocketFault(ServerSettings settings) =>
        Encoding.UTF8.GetByteCount(settings.Socket) > MaxSocketPath
            ? $"the path is too long for a Unix socket in it ({MaxSocketPath - "/madang.sock".Length} bytes at most)."
            : null;

    /// <summary>The first address that cannot be bound, in a sentence; Kestrel would answer with a page of stack trace in the log.</summary>
    public static string? AddressFault(ServerSettings settings)
    {
        foreach (var url in settings.Urls.Where(url => url.Port != 0))
        {
            foreach (var address in url.Addresses)
            {
                try
                {
                    using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                    probe.Bind(new IPEndPoint(address, url.Port));
                }
                catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied or SocketError.AddressNotAvailable)
                {
                    // Every other trouble (no IPv6 here) is for Kestrel, which may know a way.
                    return $"cannot listen on {url.Scheme}://{new IPEndPoint(address, url.Port)}: {taken.Message.ToLowerInvariant()}.";
                }
                catch (SocketException)
                {
                    continue;
                }
            }
        }

        return null;
    }

    private static void Listen(KestrelServerOptions kestrel, IPAddress address, int port, Action<ListenOptions> configure)
    {
        if (address.Equals(IPAddress.IPv6Any))
        {
            // Falls back to IPv4 where the system has no IPv6.
            kestrel.ListenAnyIP(port, configure);
        }
        else
        {
            kestrel.Listen(address, port, configure);
        }
    }
}

/// <summary>Marks a connection that came over <c>madang.sock</c>.</summary>
internal sealed class OperatorConnection
{
    public static readonly OperatorConnection Value = new();

    public static bool Is(HttpContext context) => context.Features.Get<OperatorConnection>() is not null;
}
