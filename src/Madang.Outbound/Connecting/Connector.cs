using System.Net;
using System.Net.Sockets;
using Madang.Outbound.Addresses;
using Madang.Outbound.Names;

namespace Madang.Outbound.Connecting;

/// <summary>Opens connections: name → addresses → every one of them checked → a socket to one that was. Nothing is resolved a second time in between.</summary>
internal sealed class Connector(DnsCache names, ConnectionPlaces places, TimeProvider time)
{
    /// <summary>How long an address is tried alone before the next one is tried beside it (RFC 8305 §5).</summary>
    private static readonly TimeSpan s_headStart = TimeSpan.FromMilliseconds(250);

    /// <summary>Addresses of one host that are tried.</summary>
    private const int MaxTries = 4;

    /// <exception cref="OutboundException">With the fault.</exception>
    public async Task<PinnedStream> ConnectAsync(string host, int port, AddressPolicy policy, TimeSpan timeout, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var isPlaced = false;
        try
        {
            var addresses = await CheckedAddressesAsync(host, policy, either.Token);
            await EnterAsync(either.Token, cancellation);
            isPlaced = true;
            var began = time.GetTimestamp();
            var (socket, address) = await RaceAsync(addresses, port, either.Token);
            return new PinnedStream(socket, address, time.GetElapsedTime(began), places);
        }
        catch (Exception fault)
        {
            if (isPlaced)
            {
                places.GiveBack();
            }

            throw fault switch
            {
                OutboundException => fault,
                OperationCanceledException when !cancellation.IsCancellationRequested => new OutboundException(OutboundFaults.ConnectTimeout, $"{host}:{port} did not answer within {timeout.TotalSeconds:0.#} s.", fault),
                SocketException socket => new OutboundException(OutboundFaults.ConnectFailed, $"{host}:{port}: {socket.SocketErrorCode}", fault),
                _ => fault,
            };
        }
    }

    /// <summary>The addresses of a host, when each of them may be reached; one that may not refuses them all: such a name is not what it seems.</summary>
    /// <exception cref="OutboundException">no_such_host, dns_failed or address_refused.</exception>
    public async ValueTask<IPAddress[]> CheckedAddressesAsync(string host, AddressPolicy policy, CancellationToken cancellation)
    {
        if (!HostName.TryRead(host, out var literal, out var name))
        {
            throw new OutboundException(OutboundFaults.InvalidRequest, "The host is neither a name nor an address.");
        }

        IPAddress[] addresses;
        if (literal is not null)
        {
            addresses = [literal.IsIPv4MappedToIPv6 ? literal.MapToIPv4() : literal];
        }
        else
        {
            var answer = await names.ResolveAsync(name, cancellation);
            addresses = answer.Verdict switch
            {
                DnsVerdict.Found => answer.Addresses,
                DnsVerdict.NoSuchHost => throw new OutboundException(OutboundFaults.NoSuchHost, $"{name} has no address."),
                _ => throw new OutboundException(OutboundFaults.DnsFailed, $"No name server answered for {name}."),
            };
        }

        foreach (var address in addresses)
        {
            if (!policy.Allows(address))
            {
                throw new OutboundException(OutboundFaults.AddressRefused, $"{host} leads to {address}, which is not public.");
            }
        }

        return addresses;
    }

    private async Task EnterAsync(CancellationToken cancellation, CancellationToken caller)
    {
        try
        {
            await places.EnterAsync(cancellation);
        }
        catch (OperationCanceledException fault) when (!caller.IsCancellationRequested)
        {
            throw new OutboundException(OutboundFaults.NoPlace, "All connections of this process are in use.", fault);
        }
    }

    /// <summary>One address after the other, the next one beside it when it does not answer at once; the first that answers wins, the others are closed.</summary>
    private async Task<(Socket Socket, IPAddress Address)> RaceAsync(IPAddress[] addresses, int port, CancellationToken cancellation)
    {
        if (addresses.Length == 1)
        {
            return (await OpenAsync(addresses[0], port, cancellation), addresses[0]);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tries = new List<(Task<Socket> Task, IPAddress Address)>();
        Exception? last = null;
        var next = 0;
        var limit = Math.Min(addresses.Length, MaxTries);
        try
        {
            while (next < limit || tries.Count > 0)
            {
                Task? pause = null;
                if (next < limit)
                {
                    tries.Add((OpenAsync(addresses[next], port, over.Token), addresses[next]));
                    pause = ++next < limit ? Task.Delay(s_headStart, time, over.Token) : null;
                }

                var first = await Task.WhenAny(pause is null ? tries.Select(one => (Task)one.Task) : tries.Select(one => (Task)one.Task).Append(pause));
                if (tries.FindIndex(one => one.Task == first) is var at and >= 0)
                {
                    var (task, address) = tries[at];
                    tries.RemoveAt(at);
                    try
                    {
                        return (await task, address);
                    }
                    catch (SocketException fault)
                    {
                        last = fault;
                    }
                }
            }
        }
        finally
        {
            await over.CancelAsync();
            foreach (var (task, _) in tries)
            {
                _ = CloseAsync(task);
            }
        }

        throw last!;
    }

    private static async Task<Socket> OpenAsync(IPAddress address, int port, CancellationToken cancellation)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task CloseAsync(Task<Socket> loser)
    {
        try
        {
            (await loser).Dispose();
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            // It lost anyway.
        }
    }
}
