using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Madang.Bench.Sites.Hostile;

/// <summary>Ways to write the address of a door inside the private network.</summary>
internal static class PrivateDoors
{
    /// <summary>A name that a public name server gives for 127.0.0.1.</summary>
    public const string Name = "inside.test";

    /// <summary>A name that leads to an allowed address the first time it is asked for and inside afterwards (DNS rebinding).</summary>
    public const string Turning = "turning.test";

    /// <summary>A name with two addresses, one of them inside.</summary>
    public const string Both = "both.test";

    public static IReadOnlyList<string> Of(int port) =>
    [
        $"http://127.0.0.1:{port}/", $"http://localhost:{port}/", $"http://LOCALHOST.:{port}/", $"http://127.1:{port}/", $"http://127.0.1:{port}/", $"http://2130706433:{port}/",
        $"http://0x7f000001:{port}/", $"http://0x7f.0.0.1:{port}/", $"http://0177.0.0.1:{port}/", $"http://017700000001:{port}/", $"http://0.0.0.0:{port}/", $"http://0:{port}/",
        $"http://127.2.3.4:{port}/", $"http://[::1]:{port}/", $"http://[::]:{port}/", $"http://[::ffff:127.0.0.1]:{port}/", $"http://[::ffff:7f00:1]:{port}/",
        $"http://[::127.0.0.1]:{port}/", $"http://[64:ff9b::7f00:1]:{port}/", $"http://[2002:7f00:1::]:{port}/", $"http://%31%32%37.0.0.1:{port}/",
        $"http://１２７.0.0.1:{port}/", $"http://127。0。0。1:{port}/", $"http://127.1.0.1@127.0.0.1:{port}/", $"http:\\\\127.0.0.1:{port}\\", $"http:///127.0.0.1:{port}/",
        $"http://127.0.0.1:{port}#@127.1.0.1/", $"http://{Name}:{port}/", $"http://{Turning}:{port}/", $"http://{Both}:{port}/", $"http://{Own()}:{port}/", $"https://127.0.0.1:{port}/",
    ];

    /// <param name="allowed">An address that the crawler may reach.</param>
    public static SiteNames Names(IPAddress allowed)
    {
        var asked = 0;
        return new SiteNames(name => name switch
        {
            Name => [IPAddress.Loopback],
            Turning => [Interlocked.Increment(ref asked) <= 1 ? allowed : IPAddress.Loopback],
            Both => [allowed, IPAddress.Loopback],
            _ => [],
        });
    }

    /// <summary>The address of this machine on its network, which the canary answers too.</summary>
    private static IPAddress Own() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;
}
