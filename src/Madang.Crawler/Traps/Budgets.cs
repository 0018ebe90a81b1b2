using System.Text;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Traps;

/// <summary>
/// The budgets of the hosts that this node has leased, where the selector asks them and the bookkeeper counts: templates per host, pages per registrable domain.
/// </summary>
internal sealed class Budgets(CrawlSettings settings)
{
    private const int MostReturned = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, HostTemplates> _hosts = [];
    private readonly Dictionary<string, int> _domains = new(StringComparer.Ordinal);

    // Of hosts that were released since the last batch.
    private readonly List<TemplateRow> _left = [];
    private readonly DomainBudgets _budgets = new(settings);
    private readonly HashSet<string> _returning = new(StringComparer.Ordinal);

    /// <summary>Reads what the store has kept of hosts that were just leased.</summary>
    public async Task OwnAsync(IFrontierStore store, IReadOnlyList<LeasedHost> leased, CancellationToken cancellationToken)
    {
        foreach (var (host, _, _) in leased)
        {
            var rows = host.Fetched > 0 ? await store.TemplatesAsync(host.Id, cancellationToken) : [];
            var domain = IsOwned(host.Domain) ? null : await store.DomainAsync(host.Domain, cancellationToken);
            lock (_gate)
            {
                var isNew = !_hosts.ContainsKey(host.Id);
                _hosts[host.Id] = HostTemplates.Restore(host.Id, rows);
                if (!isNew)
                {
                    // Lost, and ours again before it was forgotten.
                    continue;
                }

                if (!_domains.TryAdd(host.Domain, 1))
                {
                    _domains[host.Domain]++;
                }
                else
                {
                    _budgets.Own(host.Domain, domain);
                }
            }
        }
    }

    public void Release(HostSlot host)
    {
        lock (_gate)
        {
            if (_hosts.Remove(host.Id, out var templates))
            {
                templates.Drain(_left);
            }

            if (templates is not null && --System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_domains, host.Domain, out _) <= 0)
            {
                _ = _domains.Remove(host.Domain);
                _budgets.Release(host.Domain);
            }
        }
    }

    /// <summary>Whether a URL at the head of its queue may be fetched now.</summary>
    public RefusalReason Check(HostSlot host, string path)
    {
        Span<byte> buffer = stackalloc byte[512];
        ReadOnlySpan<byte> bytes = path.Length <= buffer.Length ? buffer[..Encoding.ASCII.GetBytes(path, buffer)] : Encoding.ASCII.GetBytes(path);
        lock (_gate)
        {
            var reason = _budgets.Check(host.Domain);
            return reason == RefusalReason.None && _hosts.TryGetValue(host.Id, out var templates) ? templates.Admit(bytes) : reason;
        }
    }

    /// <summary>A page was fetched.</summary>
    public void Fetched(HostSlot host, string path, PageRow page, bool isTargetKnown)
    {
        Span<byte> buffer = stackalloc byte[512];
        ReadOnlySpan<byte> bytes = path.Length <= buffer.Length ? buffer[..Encoding.ASCII.GetBytes(path, buffer)] : Encoding.ASCII.GetBytes(path);
        lock (_gate)
        {
            _budgets.Fetched(host.Domain);
            // What is not there, or could not be had, tells nothing of its kind.
            if (page.Status is >= 200 and < 400 && _hosts.TryGetValue(host.Id, out var templates) && Add(templates, bytes, host.Origin, page, isTargetKnown))
            {
                _ = _returning.Add(host.Domain);
            }
        }
    }

    /// <summary>A page of one domain links to another.</summary>
    public void Refer(ReadOnlySpan<byte> to, ReadOnlySpan<byte> from)
    {
        lock (_gate)
        {
            _budgets.Refer(to, from);
        }
    }

    /// <summary>What changed since the last batch.</summary>
    public void Drain(CrawlBatch batch)
    {
        lock (_gate)
        {
            _budgets.Drain(batch.Domains);
            batch.Templates.AddRange(_left);
            _left.Clear();
            foreach (var templates in _hosts.Values)
            {
                templates.Drain(batch.Templates);
            }
        }
    }

    /// <summary>Parked URLs that may come back: of which domain, for which reason, and how many. Each is answered once.</summary>
    public IReadOnlyList<(string Domain, RefusalReason Reason, int Most)> TakeReturning()
    {
        lock (_gate)
        {
            var returning = _budgets.TakeGrown().Select(grown => (grown.Domain, RefusalReason.DomainBudget, grown.Room)).ToList();
            returning.AddRange(_returning.Select(domain => (domain, RefusalReason.TemplateBudget, MostReturned)));
            _returning.Clear();
            return returning;
        }
    }

    private static bool Add(HostTemplates templates, ReadOnlySpan<byte> path, string origin, PageRow page, bool isTargetKnown)
    {
        // A redirect to the next one of its kind is a chain without end.
        var isChain = page.Status >= 300 && page.Target is { } target && target.StartsWith(origin, StringComparison.Ordinal) && HostTemplates.AreOfOneKind(path, Encoding.ASCII.GetBytes(target[origin.Length..]));
        return templates.Add(path, isChain || HostTemplates.IsRepeat(page, isTargetKnown), isChain ? 0 : page.Original.Hash);
    }

    private bool IsOwned(string domain)
    {
        lock (_gate)
        {
            return _domains.ContainsKey(domain);
        }
    }
}
