using Madang.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Graph;

/// <summary>Who stands how to whom: epochs, graphs, lists and followed tags.</summary>
internal static class GraphModule
{
    public static IServiceCollection AddGraph(this IServiceCollection services)
    {
        services.AddSingleton<Epochs>();
        services.AddSingleton<IAccountEvents>(provider => provider.GetRequiredService<Epochs>());
        services.AddSingleton<Graphs>();
        return services;
    }
}
