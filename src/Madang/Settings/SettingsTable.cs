using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Reflection;
using Madang.Accounts;
using Madang.Api;
using Madang.Chat;
using Madang.Crawler;
using Madang.Feeds;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Outbound;
using Madang.Postgres;
using Madang.Realtime;
using Madang.Sqlite;
using Madang.Webhooks;

namespace Madang.Settings;

/// <summary>Every setting there is. A key that is not here is warned of at start.</summary>
internal static class SettingsTable
{
    public const string Data = "Madang:Data";
    public const string Urls = "Madang:Urls";
    public const string Database = "Madang:Database";
    public const string Broker = "Madang:Broker";
    public const string PublicUrl = "Madang:PublicUrl";
    public const string TlsCertificate = "Madang:Tls:Certificate";
    public const string TlsKey = "Madang:Tls:Key";
    public const string TrustedProxies = "Madang:TrustedProxies";
    public const string RateLimits = "Madang:RateLimits";
    public const string Origins = "Madang:Origins";
    public const string Cors = "Madang:Cors";
    public const string Community = "Madang:Community";
    public const string LogFormat = "Madang:Log:Format";
    public const string LogLevel = "Madang:Log:Level";

    // How a secret is called, whoever names it.
    private static readonly string[] SecretEnds = ["Token", "Secret", "Password", "Key", "Pem", "Credentials"];

    public static IReadOnlyList<Setting> All { get; } =
    [
        new(Data, "./madang-data", "The data folder: database, secrets, madang.json, madang.sock. One process owns it.", Any) { Flag = "--data" },
        new(Urls, "http://127.0.0.1:8080", "Where to listen, separated by semicolons; port 0 takes a free one.", UrlsFault) { Flag = "--urls" },
        new(Database, "sqlite", "`sqlite` in the data folder, or a PostgreSQL connection string (`Host=…;Database=…`).", DatabaseFault),
        new(Broker, "none", "`none`. Several nodes with a broker are not available yet.", BrokerFault),
        new(PublicUrl, "", "The address people use, such as `https://chat.example.org`: the origin of our own pages behind a proxy, and the start of every link we send.", UrlFault),
        new(TlsCertificate, "", "PEM file with the certificate and its chain; read again when it changes.", FileFault),
        new(TlsKey, "", "PEM file with the private key of the certificate, not encrypted.", FileFault),
        new(TrustedProxies, "", "Addresses or networks (CIDR) whose X-Forwarded-For and X-Forwarded-Proto are believed.", NetworkFault) { IsList = true },
        new(RateLimits, "on", "`off` lifts the write limits; for load tests only.", OneOf("on", "off")),
        new(Origins, "", "Origins of other pages that may use a session cookie or open a socket, besides our own.", OriginFault) { IsList = true },
        new(Cors, "", "Origins of other pages that may call the API with a bearer token; none by default.", OriginFault) { IsList = true },
        new(LogFormat, "text", "`text` for people, `json` for log collectors; both on standard error.", OneOf("text", "json")),
        new(LogLevel, "Information", "Least severe level that is logged: Trace, Debug, Information, Warning, Error or Critical.", OneOf([.. Enum.GetNames<LogLevel>()])),
        new(Community, "Madang", "How this community calls itself.", Any),
        .. Of<SetupOptions>(SetupOptions.Section),
        .. Of<AccountsOptions>(AccountsOptions.Section),
        .. Of<WriteLimitOptions>(WriteLimitOptions.Section, nameof(WriteLimitOptions.Enabled)),
        .. Of<RealtimeOptions>(RealtimeOptions.Section),
        .. Of<ChatOptions>(ChatOptions.Section),
        .. Of<FeedsOptions>(FeedsOptions.Section),
        .. Of<NotificationsOptions>(NotificationsOptions.Section),
        new(
            $"{NotificationsOptions.Section}:Providers:{{name}}:{{key}}", "",
            "A provider of notifications under a name of your own (a–z, 0–9 and -). Every one has `Kind` and may have `Rank` (the lowest goes first), `PerSecond` (0 for no limit), "
            + "`Concurrency`, `RampSeconds` and `SlowSeconds`; the other keys are those of its kind. Faults of all of them stop the start together.", Any)
        {
            IsOpen = true,
        },
        .. Of<CrawlerOptions>(CrawlerOptions.Section),
        .. Of<JobsOptions>("Madang:Jobs"),
        .. Of<OutboundOptions>(OutboundOptions.Section),
        .. Of<WebhooksOptions>(WebhooksOptions.Section),
        .. Of<SqliteOptions>("Madang:Sqlite"),
        .. Of<PostgresOptions>("Madang:Postgres"),
    ];

    /// <summary>The row of a key as it stands in a source, also for <c>Key:0</c> of a list.</summary>
    public static Setting? Find(string key) => Open(key) ?? All.FirstOrDefault(setting =>
        key.Equals(setting.Key, StringComparison.OrdinalIgnoreCase)
        || (setting.IsList && key.StartsWith(setting.Key + ":", StringComparison.OrdinalIgnoreCase) && int.TryParse(key.AsSpan(setting.Key.Length + 1), out _)));

    /// <summary>A row of its own for a key below an open one; null for any other.</summary>
    private static Setting? Open(string key) => All.FirstOrDefault(setting => setting.IsOpen && key.StartsWith(setting.Prefix, StringComparison.OrdinalIgnoreCase)) is { } open
        ? open with { Key = key, IsOpen = false, IsSecret = SecretEnds.Any(end => key.EndsWith(end, StringComparison.OrdinalIgnoreCase)) }
        : null;

    public static IReadOnlyList<string> Split(string list) =>
        list.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The rows of a module's options: one a property, checked by its type and its validation attributes.</summary>
    private static IEnumerable<Setting> Of<TOptions>(string section, params string[] except) where TOptions : new()
    {
        var defaults = new TOptions();
        return typeof(TOptions).GetProperties()
            .Where(property => property.SetMethod is { IsPublic: true } && !except.Contains(property.Name))
            .Select(property => new Setting(
                $"{section}:{property.Name}",
                Convert.ToString(property.GetValue(defaults), CultureInfo.InvariantCulture) ?? "",
                "",
                text => OptionFault(property, text))
            {
                IsSecret = property.Name.EndsWith("Token", StringComparison.Ordinal) || property.Name.EndsWith("Secret", StringComparison.Ordinal),
                Owner = typeof(TOptions),
            });
    }

    private static string? OptionFault(PropertyInfo property, string text)
    {
        object? value;
        try
        {
            value = TypeDescriptor.GetConverter(property.PropertyType).ConvertFromInvariantString(text);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or NotSupportedException or InvalidCastException)
        {
            return $"\"{text}\" is not {Kind(property.PropertyType)}.";
        }

        return property.GetCustomAttributes<ValidationAttribute>(inherit: true)
            .Where(rule => !rule.IsValid(value))
            .Select(rule => rule.FormatErrorMessage(property.Name))
            .FirstOrDefault();
    }

    private static string Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } choice => "one of " + string.Join(", ", Enum.GetNames(choice)),
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(TimeSpan) => "a time span such as 00:00:30",
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t => $"a {t.Name}",
    };

    private static string? Any(string text) => null;

    private static Func<string, string?> OneOf(params string[] words) => text =>
        words.Contains(text, StringComparer.OrdinalIgnoreCase) ? null : $"\"{text}\" is not one of {string.Join(", ", words)}.";

    private static string? DatabaseFault(string text)
    {
        if (text.Equals("sqlite", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return ConnectionFault(text);
    }

    // A method of its own: System.Data and what it needs are loaded only where somebody has a connection string.
    private static string? ConnectionFault(string text)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            return parts.ContainsKey("Host") ? null : "write sqlite, or a PostgreSQL connection string that names a Host.";
        }
        catch (ArgumentException)
        {
            return "write sqlite, or a PostgreSQL connection string such as Host=localhost;Database=madang;Username=madang.";
        }
    }

    private static string? BrokerFault(string text) =>
        text.Equals("none", StringComparison.OrdinalIgnoreCase) ? null : "only none is available yet; several nodes with RabbitMQ are not.";

    private static string? UrlsFault(string text)
    {
        var urls = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return urls.Length == 0
            ? "names no address."
            : urls.Select(url => ListenUrl.TryParse(url, out _) ? null : $"\"{url}\" is not an address such as http://127.0.0.1:8080.").FirstOrDefault(fault => fault is not null);
    }

    private static string? UrlFault(string text) => IsOrigin(text) ? null : $"\"{text}\" is not an address such as https://chat.example.org, without a path.";

    private static string? OriginFault(string text) =>
        Split(text).Where(origin => !IsOrigin(origin)).Select(origin => $"\"{origin}\" is not an origin such as https://app.example.org.").FirstOrDefault();

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.AbsolutePath == "/" && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;

    private static string? NetworkFault(string text) => Split(text)
        .Where(network => !IPNetwork.TryParse(network, out _) && !IPAddress.TryParse(network, out _))
        .Select(network => $"\"{network}\" is neither an address nor a network such as 10.0.0.0/8.").FirstOrDefault();

    private static string? FileFault(string text) => File.Exists(text) ? null : $"the file \"{text}\" is not there.";
}
