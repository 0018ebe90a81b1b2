using System.Net;
using System.Text;

namespace Madang.Bench.Sites.Hostile;

/// <summary>Good sites beside hosts that mean harm, one for each case: what the good ones promise has to be fetched as if the others were not there.</summary>
internal sealed class HostileWeb : IWeb
{
    private readonly CleanWeb _good;
    private readonly IReadOnlyList<HostileCase> _cases;
    private readonly byte[][] _targets;

    public HostileWeb(ulong seed, int pages, int hosts, int port, Func<HostileCase, bool>? choose = null)
    {
        _good = new CleanWeb(seed, pages, hosts, port);
        _cases = [.. WireCases.All.Concat(PageCases.All).Where(choose ?? (_ => true))];
        _targets = [.. _cases.Select(one => Encoding.ASCII.GetBytes(one.Target))];
        Hosts = [.. _good.Hosts, .. _cases.Select((_, i) => At(hosts + i, i, port))];
    }

    public IReadOnlyList<SiteHost> Hosts { get; }

    public IReadOnlyList<string> Seeds => [.. _good.Seeds, .. Hosts.Skip(_good.Hosts.Count).Select(host => host.Origin + "/")];

    public IReadOnlyList<HostileCase> Cases => _cases;

    /// <summary>The host of a case.</summary>
    public SiteHost HostOf(HostileCase one) => Hosts[_good.Hosts.Count + _cases.TakeWhile(other => other != one).Count()];

    public HostRules RulesOf(int host) => host < _good.Hosts.Count ? _good.RulesOf(host) : new HostRules(TimeSpan.Zero, ["/no/"]);

    public void Answer(SiteRequest request, Reply reply)
    {
        if (request.Host < _good.Hosts.Count)
        {
            _good.Answer(request, reply);
            return;
        }

        var index = request.Host - _good.Hosts.Count;
        var (one, host) = (_cases[index], Hosts[request.Host]);
        if (request.Target.StartsWith(_targets[index]))
        {
            one.Answer(host, request, reply);
        }
        else if (request.Target.SequenceEqual("/robots.txt"u8))
        {
            reply.ContentType = "text/plain";
            reply.Write((one.Robots ?? "User-agent: *\nDisallow: /no/\n").Replace("{origin}", host.Origin, StringComparison.Ordinal));
        }
        else if (request.Target.SequenceEqual("/"u8))
        {
            reply.Write("<!DOCTYPE html><title>"u8).Write(one.Name).Write("</title><p>This host means harm: "u8).Write(one.Name)
                .Write(". <a href=\""u8).Write(one.Target).Write("\">trap</a> <a href=\"/after\">after</a>"u8);
        }
        else if (request.Target.SequenceEqual("/after"u8))
        {
            reply.Write("<!DOCTYPE html><title>After "u8).Write(one.Name).Write("</title><p>Whoever reads this got past it."u8);
        }
        else
        {
            reply.NotFound();
        }
    }

    public IEnumerable<Promised> Promises()
    {
        foreach (var promise in _good.Promises())
        {
            yield return promise;
        }

        for (var i = 0; i < _cases.Count; i++)
        {
            var role = _cases[i].KeepsItsPages ? Role.Page : Role.Passage;
            yield return new Promised(_good.Hosts.Count + i, "/", role);
            yield return new Promised(_good.Hosts.Count + i, "/after", role);
        }
    }

    private static SiteHost At(int index, int place, int port)
    {
        var address = new IPAddress([127, 1, (byte)(200 + place / 250), (byte)(1 + place % 250)]);
        return new SiteHost(index, address.ToString(), address, port);
    }
}
