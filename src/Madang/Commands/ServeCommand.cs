using System.CommandLine;
using System.Security.Cryptography;
using Madang.Edge;
using Madang.Settings;
using Madang.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Madang.Commands;

/// <summary><c>madang [serve]</c>: reads the settings, starts the server and stays until it is told to stop.</summary>
internal static class ServeCommand
{
    public static void AddTo(RootCommand root)
    {
        var serve = new Command("serve", "Start the server (the default verb).");
        foreach (var command in new Command[] { root, serve })
        {
            command.Add(Flags.Urls);
            command.SetAction((parsed, cancellationToken) => RunAsync(Flags.Settings(parsed), cancellationToken));
        }

        root.Add(Flags.Data);
        root.Add(serve);
    }

    private static async Task<int> RunAsync(SettingsReading reading, CancellationToken cancellationToken)
    {
        if (!Flags.Report(reading))
        {
            return Cli.Usage;
        }

        var settings = ServerSettings.From(reading);
        if (Listening.SocketFault(settings) is { } fault)
        {
            throw new CliException($"{SettingsTable.Data}: {fault}", Cli.Usage);
        }

        if (Listening.AddressFault(settings) is { } taken)
        {
            throw new CliException(taken);
        }

        if (settings.IsOpenToEavesdroppers)
        {
            Say.Alarm("Madang listens on a public address without TLS: passwords and messages cross the network readable. "
                + "Set Madang:Tls:Certificate and Madang:Tls:Key, or put a TLS proxy in front and name it in Madang:TrustedProxies.");
        }

        try
        {
            await using var app = await StartAsync(settings, reading.Effective(), cancellationToken);
            await Greeting.PrintAsync(app, settings, cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return Cli.Done;
        }
        catch (OptionsValidationException faults)
        {
            throw new CliException(string.Join(Environment.NewLine, faults.Failures), Cli.Usage);
        }
        catch (CryptographicException unreadable)
        {
            throw new CliException($"{SettingsTable.TlsCertificate}: {unreadable.Message}", Cli.Usage);
        }
    }

    /// <summary>Builds and starts the server; the tests' door as well.</summary>
    internal static async Task<WebApplication> StartAsync(ServerSettings settings, IEnumerable<KeyValuePair<string, string?>> configuration, CancellationToken cancellationToken)
    {
        OwnFolder.Prepare(settings.Data);
        var app = MadangServer.Build(settings, configuration);
        try
        {
            _ = app.Services.GetService<FolderLock>();
            await app.Services.OpenStorageAsync(cancellationToken);
            // The folder is ours from here on, so that the socket of a killed process can be cleared away.
            File.Delete(settings.Socket);
            await app.StartAsync(cancellationToken);
            OwnFolder.Restrict(settings.Socket);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    internal static IReadOnlyCollection<string> Addresses(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Where(address => !address.Contains("unix:", StringComparison.Ordinal))];
}
