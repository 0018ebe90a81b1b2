using Madang.Api;
using Madang.Jobs.Endpoints;
using Madang.Jobs.Running;
using Madang.Jobs.Scheduling;
using Madang.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Madang.Jobs;

/// <summary>The door of the durable queue. Workers, schedules and retentions are registered by the modules that have them.</summary>
public static class JobsModule
{
    public static IHostApplicationBuilder AddJobs(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<JobsOptions>().BindConfiguration("Madang:Jobs").ValidateOnStart();
        services.AddSingleton<IValidateOptions<JobsOptions>, JobsOptionsValidator>();
        services.AddSingleton(provider => new JobQueue(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IJobStore>(), provider.GetRequiredService<IJobArchive>(),
            provider.GetRequiredService<Snowflake>()));
        services.AddSingleton<JobMetrics>();
        services.AddSingleton<Schedules>();
        services.AddSingleton<JobTurn>();
        services.AddSingleton<IJobWorker, RetentionWorker>();
        services.AddSingleton(RetentionWorker.Schedule);
        services.AddSingleton<IRetention, JobRetention>();
        services.AddSingleton<JobRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<JobRunner>());
        services.AddHostedService<JobCounts>();
        return builder;
    }

    public static IEndpointRouteBuilder MapJobs(this IEndpointRouteBuilder routes)
    {
        routes.Late(QueueEndpoints.Map, "/v1/admin/queues");
        routes.Late(JobEndpoints.Map, "/v1/admin/jobs");
        return routes;
    }
}
