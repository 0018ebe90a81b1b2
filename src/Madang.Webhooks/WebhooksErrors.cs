using Madang.Api;

namespace Madang.Webhooks;

/// <summary>The refusals of this module.</summary>
public static class WebhooksErrors
{
    public static readonly Error TooMany = new("webhook_limit", 409, "There are as many webhooks as there may be; delete one first.");
    public static readonly Error Waiting = new("webhook_waiting", 409, "This delivery is under way already.");
    public static readonly Error Disabled = new("webhook_disabled", 409, "This webhook is switched off; switch it on first.");

    public static IReadOnlyList<Error> All { get; } = [TooMany, Waiting, Disabled];
}
