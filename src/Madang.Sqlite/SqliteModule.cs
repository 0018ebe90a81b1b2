using Madang.Accounts;
using Madang.Accounts.Credentials;
using Madang.Chat;
using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Crawler.Previews;
using Madang.Crawler.Searching;
using Madang.Feeds.Graph;
using Madang.Feeds.Moderation;
using Madang.Feeds.Outward;
using Madang.Feeds.Posts;
using Madang.Feeds.Ranking;
using Madang.Feeds.Searching;
using Madang.Feeds.Sources;
using Madang.Feeds.Telling;
using Madang.Feeds.Timelines;
using Madang.Feeds.Timelines.Keeping;
using Madang.Jobs;
using Madang.Jobs.Scheduling;
using Madang.Notifications;
using Madang.Notifications.Addresses;
using Madang.Notifications.Audiences;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Notifications.Digests;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Planning;
using Madang.Notifications.Preferences;
using Madang.Notifications.Templates;
using Madang.Notifications.Tracking;
using Madang.Realtime;
using Madang.Sqlite.Accounts;
using Madang.Sqlite.Chat;
using Madang.Sqlite.Crawler;
using Madang.Sqlite.Feeds;
using Madang.Sqlite.Jobs;
using Madang.Sqlite.Notifications;
using Madang.Sqlite.Realtime;
using Madang.Sqlite.Storage;
using Madang.Sqlite.Webhooks;
using Madang.Storage;
using Madang.Storage.Migrating;
using Madang.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Sqlite;

/// <summary>The door of this adapter: the database in <c>folder</c> and one store per port.</summary>
public static class SqliteModule
{
    public static IHostApplicationBuilder AddSqlite(this IHostApplicationBuilder builder, string folder)
    {
        var services = builder.Services;
        _ = builder.AddStorage();
        _ = services.AddOptions<SqliteOptions>().BindConfiguration("Madang:Sqlite").ValidateOnStart();
        _ = services.AddSingleton<IValidateOptions<SqliteOptions>, SqliteOptionsValidator>();
        _ = services.AddSingleton(new SqliteFolder(folder));
        _ = services.AddSingleton<SqliteDatabase>();
        _ = services.AddSingleton<Database>(provider => provider.GetRequiredService<SqliteDatabase>());
        _ = services.AddSingleton<INodeStore, SqliteNodeStore>();
        _ = services.AddSingleton<IJobStore, SqliteJobStore>();
        _ = services.AddSingleton<IJobArchive, SqliteJobArchive>();
        _ = services.AddSingleton<IScheduleStore, SqliteScheduleStore>();
        _ = services.AddSingleton<IUserStore, SqliteUserStore>();
        _ = services.AddSingleton<ICredentialStore, SqliteCredentialStore>();
        _ = services.AddSingleton<IInviteStore, SqliteInviteStore>();
        _ = services.AddSingleton<ISetupStore, SqliteSetupStore>();
        _ = services.AddSingleton<IRelationStore, SqliteRelationStore>();
        _ = services.AddSingleton<SqliteRoomMemory>();
        _ = services.AddSingleton<IEndpointStore, SqliteEndpointStore>();
        _ = services.AddSingleton<IDeliveryStore, SqliteDeliveryStore>();
        _ = services.AddSingleton<IDeliveryQueue, SqliteDeliveryQueue>();
        _ = services.AddSingleton<IDeliveryLog, SqliteDeliveryLog>();
        _ = services.AddSingleton<ICategoryStore, SqliteCategoryStore>();
        _ = services.AddSingleton<ITemplateStore, SqliteTemplateStore>();
        _ = services.AddSingleton<ITrackingStore, SqliteTrackingStore>();
        _ = services.AddSingleton<IPreferenceStore, SqlitePreferenceStore>();
        _ = services.AddSingleton<IPersonStore, SqlitePersonStore>();
        _ = services.AddSingleton<IAddressStore, SqliteAddressStore>();
        _ = services.AddSingleton<IPendingAddressStore, SqlitePendingAddressStore>();
        _ = services.AddSingleton<ISuppressionStore, SqliteSuppressionStore>();
        _ = services.AddSingleton<IDigestStore, SqliteDigestStore>();
        _ = services.AddSingleton<IRoomStore, SqliteRoomStore>();
        _ = services.AddSingleton<IMemberStore, SqliteMemberStore>();
        _ = services.AddSingleton<IMessageStore, SqliteMessageStore>();
        _ = services.AddSingleton<IInboxStore, SqliteInboxStore>();
        _ = services.AddSingleton<INotificationStore, SqliteNotificationStore>();
        _ = services.AddSingleton<IInboxNotificationStore, SqliteInboxNotificationStore>();
        _ = services.AddSingleton<SqliteAudienceStore>();
        _ = services.AddSingleton<IAudienceStore>(provider => provider.GetRequiredService<SqliteAudienceStore>());
        _ = services.AddSingleton<IAudiencePeople>(provider => provider.GetRequiredService<SqliteAudienceStore>());
        _ = services.AddSingleton<IGraphStore, SqliteGraphStore>();
        _ = services.AddSingleton<IPostStore, SqlitePostStore>();
        _ = services.AddSingleton<IPostFactRows, SqlitePostFactRows>();
        _ = services.AddSingleton<IPostFacts, FactsInMemory>();
        _ = services.AddSingleton<IPostCountStore, SqliteCountStore>();
        _ = services.AddSingleton<IPeopleListStore, SqlitePeopleListStore>();
        _ = services.AddSingleton<ITagFollowStore, SqliteTagFollowStore>();
        _ = services.AddSingleton<IModerationStore, SqliteModerationStore>();
        _ = services.AddSingleton<ITimelineStore, SqliteTimelineStore>();
        _ = services.AddSingleton<ITimelineKeepStore, SqliteTimelineKeepStore>();
        _ = services.AddSingleton<IClosenessStore, SqliteClosenessStore>();
        _ = services.AddSingleton<IFeedTokenStore, SqliteFeedTokenStore>();
        _ = services.AddSingleton<IPostSearchStore, SqlitePostSearchStore>();
        _ = services.AddSingleton<ITellingStore, SqliteTellingStore>();
        _ = services.AddSingleton<ISubscriptionStore, SqliteSubscriptionStore>();
        _ = services.AddSingleton<IDraftStore, SqliteDraftStore>();
        _ = services.AddSingleton<IPostActionStore, SqliteActionStore>();
        _ = services.AddSingleton<IPostLogStore, SqlitePostLogStore>();
        _ = services.AddSingleton<SqliteSourceStore>();
        _ = services.AddSingleton<ISourceStore>(provider => provider.GetRequiredService<SqliteSourceStore>());
        _ = services.AddSingleton<ISourceItemStore>(provider => provider.GetRequiredService<SqliteSourceStore>());
        _ = services.AddSingleton<ICrawlStore, SqliteCrawlStore>();
        _ = services.AddSingleton<IPreviewStore, SqlitePreviewStore>();
        _ = services.AddSingleton<SqliteFrontierStores>();
        _ = services.AddSingleton<IFrontierStores>(provider => provider.GetRequiredService<SqliteFrontierStores>());
        _ = services.AddSingleton<IPageSearchStores>(provider => provider.GetRequiredService<SqliteFrontierStores>());
        return builder;
    }

    /// <summary>The stores of crawls alone, each in its folder, without a data folder and its database: what <c>madang crawl --out</c> works with.</summary>
    public static IServiceCollection AddSqliteCrawls(this IServiceCollection services)
    {
        _ = services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Fatal>(provider => FatalExit.With(provider.GetRequiredService<ILoggerFactory>().CreateLogger("Madang.Storage")));
        services.TryAddSingleton<Migrator>();
        services.TryAddSingleton<StorageMetrics>();
        _ = services.AddOptions<SqliteOptions>();
        _ = services.AddSingleton<SqliteFrontierStores>();
        _ = services.AddSingleton<IFrontierStores>(provider => provider.GetRequiredService<SqliteFrontierStores>());
        _ = services.AddSingleton<IPageSearchStores>(provider => provider.GetRequiredService<SqliteFrontierStores>());
        return services;
    }
}
