using Madang.Feeds.Posts.Endpoints;
using Madang.Jobs;
using Madang.Storage;
using Madang.Storage.Hinting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Posts;

/// <summary>Posts, comments, shares and what people do with them.</summary>
internal static class PostsModule
{
    public static IServiceCollection AddPosts(this IServiceCollection services)
    {
        services.AddSingleton<PostContents>();
        services.AddSingleton(provider => new PostCounters(
            provider.GetRequiredService<IPostCountStore>(), provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetService<INodeHints>()));
        services.AddSingleton<PostSights>();
        services.AddSingleton<PostPages>();
        services.AddSingleton<PostReading>();
        services.AddSingleton<Posts>();
        services.AddSingleton<DeedCounting>();
        services.AddHostedService(provider => provider.GetRequiredService<DeedCounting>());
        services.AddSingleton<IRetention, PostKeyRetention>();
        return services;
    }

    public static void MapPosts(this IEndpointRouteBuilder routes) => PostEndpoints.Map(routes);
}
