using Madang.Accounts;
using Madang.Settings;
using Madang.Storage;
using Madang.Web;

namespace Madang.Commands;

/// <summary>What the first lines after the start tell: the engine, where we listen, and how to become the first admin.</summary>
internal static class Greeting
{
    public static async Task PrintAsync(WebApplication app, ServerSettings settings, CancellationToken cancellationToken)
    {
        var addresses = ServeCommand.Addresses(app);
        Say.Line($"Madang {typeof(Greeting).Assembly.GetName().Version?.ToString(3)} · {app.Services.GetRequiredService<Database>().Engine} · data in {settings.Data}");
        foreach (var address in addresses)
        {
            Say.Line($"  listening on {address}");
        }

        if (await app.Services.GetRequiredService<Setup>().IssueLinkAsync(cancellationToken) is { } link)
        {
            var start = settings.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? Reachable(addresses.FirstOrDefault() ?? "");
            Say.Line($"  make the first admin here, within {Setup.LinkLife.TotalMinutes:0} minutes: {start}/setup#token={link.Token}");
        }

        if (WebApp.FindFolder() is null)
        {
            Say.Warning("the web app is not built: install Node 20 or newer and build again. The API is complete without it.");
        }
    }

    // "Every address" is where we listen, not where a browser can go.
    private static string Reachable(string address) =>
        address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
}
