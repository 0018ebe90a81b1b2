using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Madang.Edge;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Settings;
using Madang.Web;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Madang.Commands;

/// <summary><c>madang doctor</c>: looks at everything that the server stands on and says what to do about what is wrong.</summary>
internal static class DoctorCommand
{
    private enum Verdict
    {
        Ok,
        Warning,
        Fault,
    }

    public static void AddTo(RootCommand root)
    {
        var json = Flags.Json();
        var doctor = new Command("doctor", "Check this machine and the data folder: exit code 1 when something is wrong.") { json };
        doctor.SetAction(async (parsed, cancellationToken) =>
        {
            var findings = await ExamineAsync(Flags.Settings(parsed), cancellationToken);
            if (parsed.GetValue(json))
            {
                Answers.Json(findings);
            }
            else
            {
                Answers.Table(["", "WHAT", "FOUND"], findings.Select(finding => new[] { Word(finding.Verdict), finding.What, finding.Found }));
            }

            return findings.Any(finding => finding.Verdict == Verdict.Fault) ? Cli.Failed : Cli.Done;
        });
        root.Add(doctor);
    }

    private static async Task<IReadOnlyList<Finding>> ExamineAsync(SettingsReading reading, CancellationToken cancellationToken)
    {
        List<Finding> findings =
        [
            new(Verdict.Ok, "madang", $"{typeof(DoctorCommand).Assembly.GetName().Version?.ToString(3)} on {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}"),
            .. reading.Faults.Select(fault => new Finding(Verdict.Fault, "setting", fault.ToString())),
            .. reading.Warnings.Select(warning => new Finding(Verdict.Warning, "setting", warning)),
            .. Folder(reading.DataFolder),
            await ServerAsync(reading, cancellationToken),
            await NodeAsync(cancellationToken),
            WebApp.FindFolder() is { } app ? new(Verdict.Ok, "web app", app) : new(Verdict.Warning, "web app", "not built; install Node 20 or newer and build again"),
        ];
        if (reading.Faults.Count == 0)
        {
            var settings = ServerSettings.From(reading);
            findings.Add(await DatabaseAsync(settings, cancellationToken));
            findings.Add(Tls(settings));
            if (Listening.SocketFault(settings) is { } fault)
            {
                findings.Add(new Finding(Verdict.Fault, "data folder", fault));
            }

            findings.AddRange(await ProvidersAsync(settings, reading, cancellationToken));
        }

        return findings;
    }

    private static IEnumerable<Finding> Folder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield return new(Verdict.Ok, "data folder", $"{folder} is not there yet; the first start makes it");
            yield break;
        }

        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(folder);
            var others = mode & (UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
            yield return others == 0
                ? new(Verdict.Ok, "data folder", $"{folder}, for its owner alone")
                : new(Verdict.Fault, "data folder", $"{folder} is open to other users: chmod 700 {folder}");
        }

        var free = new DriveInfo(folder).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{free / (1024.0 * 1024 * 1024):0.0} GiB free");
        yield return free < 1L << 30 ? new(Verdict.Warning, "disk", text + "; writes end with 507 when it is full") : new(Verdict.Ok, "disk", text);
    }

    private static async Task<Finding> ServerAsync(SettingsReading reading, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(reading.DataFolder, "madang.sock")))
        {
            return new(Verdict.Ok, "server", "not running on this folder");
        }

        try
        {
            using var server = new Operator(reading);
            await server.ReadyAsync(cancellationToken);
            return new(Verdict.Ok, "server", "running, and its database takes writes");
        }
        catch (CliException fault)
        {
            return new(Verdict.Warning, "server", fault.Message);
        }
    }

    private static async Task<Finding> DatabaseAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Postgres is null)
        {
            var file = new FileInfo(Path.Combine(settings.Data, "madang.db"));
            return new(Verdict.Ok, "database", file.Exists
                ? string.Create(CultureInfo.InvariantCulture, $"SQLite, {file.Length / (1024.0 * 1024):0.0} MiB in {file.FullName}")
                : $"SQLite in {file.FullName}, not there yet");
        }

        try
        {
            await using var connection = new NpgsqlConnection(settings.Postgres);
            await connection.OpenAsync(cancellationToken);
            return connection.PostgreSqlVersion.Major >= 15
                ? new(Verdict.Ok, "database", $"PostgreSQL {connection.PostgreSqlVersion} at {connection.Host}")
                : new(Verdict.Fault, "database", $"PostgreSQL {connection.PostgreSqlVersion} is too old: 15 or newer is needed");
        }
        catch (Exception fault) when (fault is NpgsqlException or ArgumentException or TimeoutException)
        {
            return new(Verdict.Fault, "database", $"PostgreSQL cannot be reached: {fault.Message}");
        }
    }

    private static async Task<IReadOnlyList<Finding>> ProvidersAsync(ServerSettings settings, SettingsReading reading, CancellationToken cancellationToken)
    {
        // Providers make the keys that they lack: not in the data folder, which may not be there yet, and belongs to who runs the server.
        var folder = Directory.CreateTempSubdirectory("madang-doctor-").FullName;
        try
        {
            foreach (var key in NotificationsModule.KeyFiles.Select(name => Path.Combine(settings.Data, name)).Where(File.Exists))
            {
                File.Copy(key, Path.Combine(folder, Path.GetFileName(key)));
            }

            // Put together and never started: the providers are built from their settings as the server would.
            await using var app = MadangServer.Build(settings with { Data = folder }, reading.Effective());
            var checks = await NotificationsModule.CheckProvidersAsync(app.Services, cancellationToken);
            return checks.Count == 0
                ? [new(Verdict.Ok, "providers", "none configured: notifications reach the in-app inbox")]
                : [.. checks.SelectMany(Of)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [new Finding(Verdict.Fault, "providers", fault.Message)];
        }
        catch (OptionsValidationException faults)
        {
            return [.. faults.Failures.Select(fault => new Finding(Verdict.Fault, "setting", fault))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Finding> Of(ProviderCheck check)
    {
        var what = $"provider {check.Name}";
        return
        [
            .. check.Faults.Select(fault => new Finding(Verdict.Fault, what, fault)),
            .. check.Faults.Count == 0 ? [new Finding(Verdict.Ok, what, $"{check.Kind}: keys, names and connection are right")] : (Finding[])[],
            .. check.Advice.Select(advice => new Finding(Verdict.Warning, what, advice)),
        ];
    }

    private static async Task<Finding> NodeAsync(CancellationToken cancellationToken)
    {
        const string Advice = "Node 20 or newer builds the web app; the server itself needs none";
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true, RedirectStandardError = true });
            var version = (await node!.StandardOutput.ReadToEndAsync(cancellationToken)).Trim();
            await node.WaitForExitAsync(cancellationToken);
            return Version.TryParse(version.TrimStart('v'), out var parsed) && parsed.Major >= 20
                ? new(Verdict.Ok, "node", version)
                : new(Verdict.Warning, "node", $"{version} is too old: {Advice}");
        }
        catch (Win32Exception)
        {
            return new(Verdict.Warning, "node", $"not found: {Advice}");
        }
    }

    private static Finding Tls(ServerSettings settings)
    {
        if (settings.Tls is not { } files)
        {
            return settings.IsOpenToEavesdroppers
                ? new(Verdict.Fault, "tls", "none on a public address: passwords would cross the network readable")
                : new(Verdict.Ok, "tls", settings.TrustedProxies.Count > 0 ? "left to the trusted proxy" : "none; only this machine is served");
        }

        try
        {
            var expires = new TlsCertificate(files, TimeProvider.System, NullLogger<TlsCertificate>.Instance).ExpiresAt;
            var days = (expires - TimeProvider.System.GetUtcNow()).TotalDays;
            var text = string.Create(CultureInfo.InvariantCulture, $"{files.Certificate}, valid until {expires:yyyy-MM-dd}");
            return new(days < 0 ? Verdict.Fault : days < 14 ? Verdict.Warning : Verdict.Ok, "tls", text);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return new(Verdict.Fault, "tls", $"{files.Certificate}: {fault.Message}");
        }
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warning => "warn",
        _ => "FAULT",
    };

    private sealed record Finding(Verdict Verdict, string What, string Found);
}
