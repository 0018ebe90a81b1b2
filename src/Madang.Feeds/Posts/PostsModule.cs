using Madang.Api;
using Madang.Crawler.Previews;
using Madang.Feeds.Posts.Endpoints;
using Madang.Jobs;
using Madang.Storage;
using Madang.Storage.Hinting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Posts;

/// <summary>Posts, comments, shares and what people do with them.</summary>
internal static class PostsModule
{
    public static IServiceCollection AddPosts(this IServiceCollection services)
    {
        services.AddSingleton<PostContents>();
        services.AddSingleton(provider => new PostCounters(
            provider.GetRequiredService<IPostCountStore>(), provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetService<INodeHints>(), provider.GetRequiredService<IOptions<FeedsOptions>>()));
        services.AddSingleton<PostSights>();
        services.AddSingleton<PostPages>();
        services.AddSingleton<PostReading>();
        services.AddSingleton<Posts>();
        // Lazy: whoever listens may itself need posts.
        services.AddSingleton(provider => new PostActions(
            provider.GetRequiredService<IPostActionStore>(), provider.GetRequiredService<PostSights>(), provider.GetRequiredService<Database>(),
            provider.GetRequiredService<Snowflake>(), new(() => [.. provider.GetServices<IPostEvents>()])));
        services.AddSingleton<Drafts>();
        services.AddSingleton<IJobWorker, ScheduledPosts>();
        services.AddSingleton<IPostLogReader, PostWebhooks>();
        services.AddSingleton<ILocalPages, PostPreviews>();
        services.AddSingleton<DeedCounting>();
        services.AddHostedService(provider => provider.GetRequiredService<DeedCounting>());
        services.AddSingleton<IRetention, PostKeyRetention>();
        services.AddSingleton<IRetention, PostLogRetention>();
        services.AddSingleton(provider => new PostLogPump(
            provider.GetServices<IPostLogReader>(), provider.GetRequiredService<IPostLogStore>(), provider.GetRequiredService<Database>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetService<INodeHints>(), provider.GetRequiredService<ILogger<PostLogPump>>()));
        services.AddHostedService(provider => provider.GetRequiredService<PostLogPump>());
        return services;
    }

    public static void MapPosts(this IEndpointRouteBuilder routes)
    {
        routes.Late(
            late =>
            {
                var posts = late.MapGroup("/v1/posts").RequireAuthorization(Policies.Person).WithTags("feeds");
                PostEndpoints.Map(posts);
                ThreadEndpoints.Map(posts);
                ActionEndpoints.Map(posts);
            },
            "/v1/posts");
        routes.Late(late => PersonEndpoints.Map(late.MapGroup("/v1").RequireAuthorization(Policies.Person).WithTags("feeds")), "/v1/users", "/v1/me/bookmarks");
        routes.Late(late => DraftEndpoints.Map(late.MapGroup("/v1/me/drafts").RequireAuthorization(Policies.Person).WithTags("feeds")), "/v1/me/drafts");
    }
}
