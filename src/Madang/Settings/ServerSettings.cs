using System.Net;

namespace Madang.Settings;

/// <summary>The host's own settings, checked.</summary>
internal sealed record ServerSettings
{
    /// <summary>Absolute path of the data folder.</summary>
    public required string Data { get; init; }

    public required IReadOnlyList<ListenUrl> Urls { get; init; }

    /// <summary>A PostgreSQL connection string; null for SQLite in the data folder.</summary>
    public required string? Postgres { get; init; }

    public required Uri? PublicUrl { get; init; }

    /// <summary>PEM files of certificate and key; null without TLS.</summary>
    public required (string Certificate, string Key)? Tls { get; init; }

    public required IReadOnlyList<IPNetwork> TrustedProxies { get; init; }

    public required bool RateLimits { get; init; }

    public required IReadOnlyList<string> Origins { get; init; }

    public required IReadOnlyList<string> Cors { get; init; }

    public required bool JsonLog { get; init; }

    public required LogLevel LogLevel { get; init; }

    public string Socket => Path.Combine(Data, "madang.sock");

    public bool ServesTls => Urls.Any(url => url.IsTls);

    /// <summary>People reach us over the network, and nothing we know of encrypts what they send.</summary>
    public bool IsOpenToEavesdroppers => TrustedProxies.Count == 0 && Urls.Any(url => url is { IsPublic: true, IsTls: false });

    /// <param name="reading">Without faults.</param>
    public static ServerSettings From(SettingsReading reading)
    {
        var database = reading[SettingsTable.Database];
        var certificate = reading[SettingsTable.TlsCertificate];
        var publicUrl = reading[SettingsTable.PublicUrl];
        return new ServerSettings
        {
            Data = reading.DataFolder,
            Urls = [.. reading[SettingsTable.Urls].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Url)],
            Postgres = database.Equals("sqlite", StringComparison.OrdinalIgnoreCase) ? null : database,
            PublicUrl = publicUrl.Length == 0 ? null : new Uri(publicUrl),
            Tls = certificate.Length == 0 ? null : (Path.GetFullPath(certificate), Path.GetFullPath(reading[SettingsTable.TlsKey])),
            TrustedProxies = [.. SettingsTable.Split(reading[SettingsTable.TrustedProxies]).Select(Network)],
            RateLimits = reading[SettingsTable.RateLimits].Equals("on", StringComparison.OrdinalIgnoreCase),
            Origins = [.. SettingsTable.Split(reading[SettingsTable.Origins]).Select(Origin)],
            Cors = [.. SettingsTable.Split(reading[SettingsTable.Cors]).Select(Origin)],
            JsonLog = reading[SettingsTable.LogFormat].Equals("json", StringComparison.OrdinalIgnoreCase),
            LogLevel = Enum.Parse<LogLevel>(reading[SettingsTable.LogLevel], ignoreCase: true),
        };
    }

    private static ListenUrl Url(string text) => ListenUrl.TryParse(text, out var url) ? url : throw new FormatException(text);

    private static string Origin(string text) => new Uri(text).GetLeftPart(UriPartial.Authority);

    private static IPNetwork Network(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
        {
            return network;
        }

        var address = IPAddress.Parse(text);
        return new IPNetwork(address, address.GetAddressBytes().Length * 8);
    }
}
