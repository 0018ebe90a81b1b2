using System.Net;
using System.Net.Sockets;

namespace Madang.Outbound.Names;

/// <summary>
/// Names as this machine sees them: <c>localhost</c> (RFC 6761), /etc/hosts, then the name servers; the system's own resolver for names of one label, whose
/// meaning is local (search domains, mDNS, containers), and for everything where there is no resolv.conf.
/// </summary>
internal sealed class MachineNames(IDnsSource? servers, string hostsFile, TimeProvider time) : IDnsSource
{
    private static readonly TimeSpan s_fixed = TimeSpan.FromSeconds(60);
    private readonly Lock _gate = new();
    private Dictionary<string, IPAddress[]> _hosts = [];
    private DateTime _hostsWritten;
    private long _hostsSeen;

    public async Task<DnsAnswer> LookUpAsync(string name, CancellationToken cancellation)
    {
        if (name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal))
        {
            return new DnsAnswer(DnsVerdict.Found, [IPAddress.Loopback, IPAddress.IPv6Loopback], s_fixed);
        }

        if (Hosts().TryGetValue(name, out var addresses))
        {
            return new DnsAnswer(DnsVerdict.Found, addresses, s_fixed);
        }

        return servers is not null && name.Contains('.', StringComparison.Ordinal)
            ? await servers.LookUpAsync(name, cancellation)
            : await AskSystemAsync(name, cancellation);
    }

    public Task<IReadOnlyList<string>?> TextsAsync(string name, CancellationToken cancellation) =>
        servers is null ? Task.FromResult<IReadOnlyList<string>?>(null) : servers.TextsAsync(name, cancellation);

    /// <summary>The name servers of a resolv.conf (resolv.conf(5)): the first three.</summary>
    public static IReadOnlyList<IPEndPoint> ReadServers(string file)
    {
        try
        {
            return [.. File.ReadLines(file)
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length >= 2 && words[0] == "nameserver")
                .Select(words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, 53) : null)
                .OfType<IPEndPoint>().Take(3)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static async Task<DnsAnswer> AskSystemAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var found = await Dns.GetHostAddressesAsync(name, cancellation);
            return found.Length == 0 ? DnsAnswer.Nothing(s_fixed)
                : new DnsAnswer(DnsVerdict.Found, [.. found.OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6)], s_fixed);
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? DnsAnswer.Nothing(s_fixed) : DnsAnswer.NotAnswered;
        }
    }

    /// <summary>Read again when it changed; looked at every few seconds at most.</summary>
    private Dictionary<string, IPAddress[]> Hosts()
    {
        lock (_gate)
        {
            if (_hostsSeen != 0 && time.GetElapsedTime(_hostsSeen) < TimeSpan.FromSeconds(5))
            {
                return _hosts;
            }

            _hostsSeen = time.GetTimestamp();
            try
            {
                var written = File.GetLastWriteTimeUtc(hostsFile);
                if (written != _hostsWritten)
                {
                    _hosts = ReadHosts(hostsFile);
                    _hostsWritten = written;
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                _hosts = [];
            }

            return _hosts;
        }
    }

    /// <summary>hosts(5): an address and its names a line, # begins a comment.</summary>
    private static Dictionary<string, IPAddress[]> ReadHosts(string file)
    {
        var hosts = new Dictionary<string, List<IPAddress>>(StringComparer.Ordinal);
        foreach (var line in File.Exists(file) ? File.ReadLines(file) : [])
        {
            var words = line.Split('#', 2)[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out var address))
            {
                continue;
            }

            foreach (var name in words.Skip(1).Select(word => word.TrimEnd('.').ToLowerInvariant()))
            {
                (hosts.TryGetValue(name, out var list) ? list : hosts[name] = []).Add(address);
            }
        }

        return hosts.ToDictionary(pair => pair.Key, pair => pair.Value.OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).ToArray(), StringComparer.Ordinal);
    }
}
