namespace Madang.Webhooks;

/// <summary>The events there are. A type is stable; its data may gain fields.</summary>
public static class EventTypes
{
    public const string CrawlStarted = "crawl.started";
    public const string CrawlFinished = "crawl.finished";

    /// <summary>Pages seen for the first time, some in one event.</summary>
    public const string PageNew = "crawl.page.new";

    /// <summary>Pages whose content changed, some in one event.</summary>
    public const string PageChanged = "crawl.page.changed";

    /// <summary>Pages that are no longer there, some in one event.</summary>
    public const string PageGone = "crawl.page.gone";

    /// <summary>What became of messages, some in one event: <c>{"items":[{"notification_id","delivery_id"?,"user_id"?,"campaign"?,"machine","detail"?,"at"}]}</c>.</summary>
    public const string NotificationSent = "notification.sent";
    public const string NotificationDelivered = "notification.delivered";
    public const string NotificationOpened = "notification.opened";
    public const string NotificationClicked = "notification.clicked";
    public const string NotificationConverted = "notification.converted";
    public const string NotificationFailed = "notification.failed";
    public const string NotificationUnsubscribed = "notification.unsubscribed";

    /// <summary>A public post, share or comment: <c>{"post_id","author_id","text","tags","mentions","link"?,"share_of"?,"root_id"?,"parent_id"?,"created_at","edited_at"?}</c>.</summary>
    public const string PostCreated = "post.created";
    public const string PostUpdated = "post.updated";

    /// <summary>Deleted, or no longer public: <c>{"post_id","author_id"}</c>.</summary>
    public const string PostDeleted = "post.deleted";

    /// <summary>Sent by hand, to one endpoint alone.</summary>
    public const string Test = "webhook.test";
}
