using Madang.Api;

namespace Madang.Notifications;

/// <summary>What Notifications refuses beyond <see cref="ApiErrors"/>.</summary>
public static class NotificationsErrors
{
    public static readonly Error CategoryNotFound = new("category_not_found", 422, "There is no category of this name.");

    public static readonly Error TooManyCategories = new("too_many_categories", 409, "There are as many categories as there may be.");

    public static readonly Error PushNotConfigured = new("push_not_configured", 404, "This server sends nothing to browsers.");

    public static readonly Error ChannelNotConfigured = new("channel_not_configured", 409, "This server sends nothing by this channel: no provider of it is configured.");

    public static readonly Error TemplateNotFound = new("template_not_found", 422, "There is no template of this name.");

    public static readonly Error TemplateVariableMissing = new("template_variable_missing", 422, "The template needs a variable that was not given.");

    public static readonly Error TemplateFailed = new("template_failed", 422, "The template cannot be rendered with these values.");

    public static readonly Error TemplateLimit = new("template_limit", 409, "There are as many templates as there may be; delete one first.");

    public static readonly Error VerificationFailed = new("verification_failed", 422, "The code is wrong, too old or used up.");

    public static readonly Error AddressSuppressed = new("address_suppressed", 409, "Nothing is sent to this address: it is on the suppression list.");

    public static readonly Error AudienceNotFound = new("audience_not_found", 422, "There is no topic or segment of this name.");

    public static readonly Error AudienceTaken = new("audience_taken", 409, "There is an audience of this name already.");

    public static readonly Error TooManyAudiences = new("too_many_audiences", 409, "There are as many audiences as there may be.");

    public static readonly Error TopicClosed = new("topic_closed", 403, "People do not join or leave this topic by themselves.");

    public static readonly Error Ended = new("notification_ended", 409, "Its time was over before anybody got it: there is nothing to cancel.");

    public static readonly Error DeliveryCertain = new("delivery_certain", 409, "There is no doubt about this delivery.");

    public static IReadOnlyList<Error> All { get; } =
    [
        CategoryNotFound, TooManyCategories, PushNotConfigured, ChannelNotConfigured, TemplateNotFound,
        TemplateVariableMissing, TemplateFailed, TemplateLimit, VerificationFailed,
        AddressSuppressed,
        AudienceNotFound, AudienceTaken, TooManyAudiences, TopicClosed, Ended,
        DeliveryCertain,
    ];
}
