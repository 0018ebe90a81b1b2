using System.Diagnostics.Metrics;
using Madang.Jobs;
using Madang.Jobs.Running;
using Madang.Jobs.Scheduling;
using Madang.Postgres.Jobs;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Postgres;

/// <summary>The cluster profile's durable state: every port of every module on one PostgreSQL, one store a line.</summary>
public static class PostgresModule
{
    /// <summary><c>Madang:Database</c> is a connection string of Npgsql: <c>Host=…;Username=…;Password=…;Database=madang</c>.</summary>
    public static IHostApplicationBuilder AddPostgres(this IHostApplicationBuilder builder)
    {
        var connectionString = builder.Configuration["Madang:Database"] ?? throw new InvalidOperationException("Madang:Database is not set.");
        builder.Services.AddOptions<PostgresOptions>().BindConfiguration("Madang:Postgres").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PostgresOptions>, PostgresOptionsValidator>();
        builder.Services.AddSingleton(services => new PostgresDatabase(
            connectionString,
            services.GetRequiredService<IOptions<PostgresOptions>>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<IMeterFactory>(),
            services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton<Database>(services => services.GetRequiredService<PostgresDatabase>());
        builder.Services.AddSingleton<IJobStore, PostgresJobStore>();
        builder.Services.AddSingleton<IJobArchive, PostgresJobArchive>();
        builder.Services.AddSingleton<IScheduleStore, PostgresScheduleStore>();
        builder.Services.AddSingleton<IJobHints, PostgresJobHints>();
        builder.Services.AddHostedService<JobHintPump>();
        return builder;
    }
}
