using Madang.Storage.Migrating;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Storage;

/// <summary>What both engines need. Each adapter calls <see cref="AddStorage"/> itself; the host opens the storage before it starts anything else.</summary>
public static class StorageModule
{
    public static IHostApplicationBuilder AddStorage(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        _ = services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Fatal>(provider => FatalExit.With(provider.GetRequiredService<ILoggerFactory>().CreateLogger("Madang.Storage")));
        services.TryAddSingleton<Migrator>();
        services.TryAddSingleton<StorageMetrics>();
        services.TryAddSingleton<NodeLease>();
        services.TryAddSingleton(provider => provider.GetRequiredService<NodeLease>().Ids);
        _ = services.AddHostedService(provider => provider.GetRequiredService<NodeLease>());
        return builder;
    }

    /// <summary>Opens the database, brings its schema up to date and leases the node id: after this, and before the host starts, everything may be resolved.</summary>
    /// <exception cref="FolderTakenException">Another process owns the data folder.</exception>
    /// <exception cref="SchemaException">The schema is newer than this program, or was changed.</exception>
    public static async Task OpenStorageAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        await services.GetRequiredService<Database>().OpenAsync(cancellationToken);
        await services.GetRequiredService<NodeLease>().TakeAsync(cancellationToken);
    }
}
