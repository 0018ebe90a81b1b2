using System.Net.Sockets;
using System.Security.Authentication;

namespace Madang.Outbound.Connecting;

/// <summary>From what the HTTP stack throws to the code that it stands for.</summary>
internal static class Faults
{
    public static (string Fault, string Detail) Of(Exception broken, Exchange exchange)
    {
        if (exchange.Fault is { } late)
        {
            return (late, "It took too long.");
        }

        for (var inner = broken; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case OutboundException known:
                    return (known.Fault, known.Message);
                case AuthenticationException:
                    return (OutboundFaults.TlsFailed, inner.Message);
                case TimeoutException:
                    return (OutboundFaults.ConnectTimeout, "The connection was not ready in time.");
            }
        }

        return broken switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (OutboundFaults.TlsFailed, broken.Message),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => (OutboundFaults.ConnectFailed, broken.Message),
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => (OutboundFaults.TooLarge, "The headers are too large."),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError } => (OutboundFaults.ProtocolError, broken.Message),
            HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => (OutboundFaults.Reset, broken.Message),
            HttpIOException => (OutboundFaults.ProtocolError, broken.Message),
            InvalidOperationException => (OutboundFaults.InvalidRequest, broken.Message),
            _ when Has<SocketException>(broken) || broken is HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => (OutboundFaults.Reset, broken.Message),
            HttpRequestException => (OutboundFaults.Reset, broken.Message),
            _ => (OutboundFaults.Reset, broken.Message),
        };
    }

    private static bool Has<T>(Exception? fault) where T : Exception
    {
        while (fault is not null and not T)
        {
            fault = fault.InnerException;
        }

        return fault is not null;
    }
}
