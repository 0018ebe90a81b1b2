using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Text;
using Madang.Outbound;
using Madang.Outbound.Names;

namespace Madang.Tests.Unit.Crawler.Outbound;

/// <summary>Names as the test says; each look-up is counted.</summary>
internal sealed class TableOfNames(params (string Name, string[] Addresses)[] rows) : IDnsSource
{
    private readonly ConcurrentDictionary<string, int> _asked = new();

    public int Asked(string name) => _asked.GetValueOrDefault(name);

    public Task<DnsAnswer> LookUpAsync(string name, CancellationToken cancellation)
    {
        _asked.AddOrUpdate(name, 1, (_, count) => count + 1);
        var row = rows.FirstOrDefault(row => row.Name == name);
        return Task.FromResult(row.Name is null
            ? new DnsAnswer(DnsVerdict.NoSuchHost, [], TimeSpan.FromMinutes(1))
            : new DnsAnswer(DnsVerdict.Found, [.. row.Addresses.Select(IPAddress.Parse)], TimeSpan.FromMinutes(5)));
    }
}

internal sealed class NoMeters : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}

internal static class Clients
{
    /// <summary>A client that may go to this machine; names come from the table.</summary>
    public static OutboundClient Local(IDnsSource? names = null, TimeProvider? time = null, string allow = "127.0.0.0/8", RemoteCertificateValidationCallback? trust = null, int maxConnections = 100) =>
        new(new OutboundOptions { Allow = allow, MaxConnections = maxConnections }, time ?? TimeProvider.System, new NoMeters(), names ?? new TableOfNames(), trust);

    public static string Text(this OutboundResponse response) => Encoding.UTF8.GetString(response.Body.Span);
}
