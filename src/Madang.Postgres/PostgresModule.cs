using Madang.Accounts;
using Madang.Accounts.Credentials;
using Madang.Chat;
using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Crawler.Previews;
using Madang.Crawler.Searching;
using Madang.Feeds.Graph;
using Madang.Feeds.Moderation;
using Madang.Feeds.Posts;
using Madang.Jobs;
using Madang.Jobs.Running;
using Madang.Jobs.Scheduling;
using Madang.Notifications;
using Madang.Notifications.Addresses;
using Madang.Notifications.Audiences;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Notifications.Delivering.Running;
using Madang.Notifications.Digests;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Planning;
using Madang.Notifications.Preferences;
using Madang.Notifications.Templates;
using Madang.Notifications.Tracking;
using Madang.Postgres.Accounts;
using Madang.Postgres.Chat;
using Madang.Postgres.Crawler;
using Madang.Postgres.Feeds;
using Madang.Postgres.Jobs;
using Madang.Postgres.Notifications;
using Madang.Postgres.Realtime;
using Madang.Postgres.Storage;
using Madang.Postgres.Webhooks;
using Madang.Realtime;
using Madang.Storage;
using Madang.Storage.Hinting;
using Madang.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Madang.Postgres;

/// <summary>The door of this adapter: the database behind <c>Madang:Database</c> and one store per port.</summary>
public static class PostgresModule
{
    /// <param name="connectionString">As Npgsql takes it: <c>Host=…;Username=…;Password=…;Database=madang</c>.</param>
    public static IHostApplicationBuilder AddPostgres(this IHostApplicationBuilder builder, string connectionString)
    {
        var services = builder.Services;
        _ = builder.AddStorage();
        _ = services.AddOptions<PostgresOptions>().BindConfiguration("Madang:Postgres").ValidateOnStart();
        _ = services.AddSingleton<IValidateOptions<PostgresOptions>, PostgresOptionsValidator>();
        _ = services.AddSingleton(new PostgresServer(connectionString));
        _ = services.AddSingleton<PostgresDatabase>();
        _ = services.AddSingleton<Database>(provider => provider.GetRequiredService<PostgresDatabase>());
        _ = services.AddSingleton<INodeStore, PostgresNodeStore>();
        _ = services.AddSingleton<IJobStore, PostgresJobStore>();
        _ = services.AddSingleton<IJobArchive, PostgresJobArchive>();
        _ = services.AddSingleton<IScheduleStore, PostgresScheduleStore>();
        _ = services.AddSingleton<INodeHints, PostgresNodeHints>();
        _ = services.AddHostedService<JobHintPump>();
        _ = services.AddSingleton<IUserStore, PostgresUserStore>();
        _ = services.AddSingleton<ICredentialStore, PostgresCredentialStore>();
        _ = services.AddSingleton<IInviteStore, PostgresInviteStore>();
        _ = services.AddSingleton<ISetupStore, PostgresSetupStore>();
        _ = services.AddSingleton<IRelationStore, PostgresRelationStore>();
        _ = services.AddSingleton<IEndpointStore, PostgresEndpointStore>();
        _ = services.AddSingleton<IDeliveryStore, PostgresDeliveryStore>();
        _ = services.AddSingleton<IDeliveryQueue, PostgresDeliveryQueue>();
        _ = services.AddHostedService<DeliveryHintPump>();
        _ = services.AddSingleton<IDeliveryLog, PostgresDeliveryLog>();
        _ = services.AddSingleton<ICategoryStore, PostgresCategoryStore>();
        _ = services.AddSingleton<ITemplateStore, PostgresTemplateStore>();
        _ = services.AddSingleton<ITrackingStore, PostgresTrackingStore>();
        _ = services.AddSingleton<IPreferenceStore, PostgresPreferenceStore>();
        _ = services.AddSingleton<IPersonStore, PostgresPersonStore>();
        _ = services.AddSingleton<IAddressStore, PostgresAddressStore>();
        _ = services.AddSingleton<IPendingAddressStore, PostgresPendingAddressStore>();
        _ = services.AddSingleton<ISuppressionStore, PostgresSuppressionStore>();
        _ = services.AddSingleton<IDigestStore, PostgresDigestStore>();
        _ = services.AddSingleton<IRoomStore, PostgresRoomStore>();
        _ = services.AddSingleton<IMemberStore, PostgresMemberStore>();
        _ = services.AddSingleton<IMessageStore, PostgresMessageStore>();
        _ = services.AddSingleton<IInboxStore, PostgresInboxStore>();
        _ = services.AddSingleton<INotificationStore, PostgresNotificationStore>();
        _ = services.AddSingleton<NotificationPartitions>();
        _ = services.AddSingleton<IRetention>(provider => provider.GetRequiredService<NotificationPartitions>());
        _ = services.AddSingleton<IInboxNotificationStore, PostgresInboxNotificationStore>();
        _ = services.AddSingleton<PostgresAudienceStore>();
        _ = services.AddSingleton<IAudienceStore>(provider => provider.GetRequiredService<PostgresAudienceStore>());
        _ = services.AddSingleton<IAudiencePeople>(provider => provider.GetRequiredService<PostgresAudienceStore>());
        _ = services.AddSingleton<IGraphStore, PostgresGraphStore>();
        _ = services.AddSingleton<IPostStore, PostgresPostStore>();
        _ = services.AddSingleton<IPostFacts, PostgresPostFacts>();
        _ = services.AddSingleton<IPostCountStore, PostgresCountStore>();
        _ = services.AddSingleton<IPeopleListStore, PostgresPeopleListStore>();
        _ = services.AddSingleton<ITagFollowStore, PostgresTagFollowStore>();
        _ = services.AddSingleton<IModerationStore, PostgresModerationStore>();
        _ = services.AddSingleton<ICrawlStore, PostgresCrawlStore>();
        _ = services.AddSingleton<IFrontierStores, PostgresFrontierStores>();
        _ = services.AddSingleton<IRetention, CrawlPruning>();
        _ = services.AddSingleton<IPreviewStore, PostgresPreviewStore>();
        _ = services.AddSingleton<IPageSearchStores, PostgresPageSearchStores>();
        return builder;
    }
}
