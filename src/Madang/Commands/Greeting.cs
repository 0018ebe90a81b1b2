using Madang.Settings;
using Madang.Storage;
using Madang.Web;

namespace Madang.Commands;

/// <summary>What the first lines after the start tell: the engine, where we listen, and how to become the first admin.</summary>
internal static class Greeting
{
    public static void Print(WebApplication app, ServerSettings settings)
    {
        var addresses = ServeCommand.Addresses(app);
        Say.Line($"Madang {typeof(Greeting).Assembly.GetName().Version?.ToString(3)} · {app.Services.GetRequiredService<Database>().Engine} · data in {settings.Data}");
        foreach (var address in addresses)
        {
            Say.Line($"  listening on {address}");
        }

        if (WebApp.FindFolder() is null)
        {
            Say.Warning("the web app is not built: install Node 20 or newer and build again. The API is complete without it.");
        }
    }
}
