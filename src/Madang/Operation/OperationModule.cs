using Madang.Settings;
using Microsoft.Extensions.Logging.Console;

namespace Madang.Operation;

/// <summary>What an operator looks at: logs, health, metrics.</summary>
internal static class OperationModule
{
    /// <summary>Time from SIGTERM to the end: sockets are told to reconnect, requests finish, jobs give back their leases, the storage closes.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(8);

    public static void AddOperation(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<MetricsBook>();
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddHostedService<NativeTrim>();
    }

    /// <summary>One line an event on standard error: standard output is for what a command answers.</summary>
    public static void AddLog(this WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(settings.LogLevel);
        // The framework's own informations repeat every request; its warnings matter.
        builder.Logging.AddFilter("Microsoft", level => level >= (settings.LogLevel < LogLevel.Information ? settings.LogLevel : LogLevel.Warning));
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (settings.JsonLog)
        {
            builder.Logging.AddJsonConsole(json =>
            {
                json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
                json.UseUtcTimestamp = true;
                json.IncludeScopes = true;
            });
        }
        else
        {
            builder.Logging.AddSimpleConsole(text =>
            {
                text.SingleLine = true;
                text.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
                text.UseUtcTimestamp = true;
                text.ColorBehavior = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Enabled;
            });
        }
    }
}
