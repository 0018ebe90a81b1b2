using System.Net;

namespace Madang.Bench.Sites;

/// <summary>One origin of the generated internet.</summary>
/// <param name="Index">Its number, as in <see cref="IWeb.Hosts"/>.</param>
/// <param name="Name">The host in its URLs: the address itself, or a name that the crawler is told to resolve to it.</param>
/// <param name="Address">Any 127.1.x.y: Linux answers on all of them without being set up.</param>
internal sealed record SiteHost(int Index, string Name, IPAddress Address, int Port)
{
    /// <summary>Neighbours in one address block: 127.1.0.1 to 127.1.0.250, 127.1.1.1 and so on.</summary>
    public static SiteHost OnItsOwnAddress(int index, int port)
    {
        var address = new IPAddress([127, 1, (byte)(index / 250), (byte)(1 + index % 250)]);
        return new SiteHost(index, address.ToString(), address, port);
    }

    /// <summary>Without a slash at the end.</summary>
    public string Origin { get; } = $"http://{Name}:{Port}";
}
