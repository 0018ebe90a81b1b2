using System.Globalization;

namespace Madang.Client.Resources;

/// <summary>Sending, and what became of it: for servers, moderators and admins. Categories, audiences and other people's addresses need the role admin.</summary>
public sealed class Notifications
{
    private readonly Http _http;

    internal Notifications(Http http) => _http = http;

    /// <summary>Returns when it is on the disk. Codes: category_not_found, template_not_found, template_variable_missing, idempotency_conflict, and invalid_fields.</summary>
    public Task<AcceptedNotification> SendAsync(NewNotification notification, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, "/v1/notifications", notification, ClientJson.Default.NewNotification, ClientJson.Default.AcceptedNotification, cancellationToken);

    /// <param name="notifications">At most 1,000.</param>
    /// <returns>One result for each, in order.</returns>
    public async Task<IReadOnlyList<BulkResult>> SendAsync(IReadOnlyList<NewNotification> notifications, CancellationToken cancellationToken = default) => (await _http.SendAsync(
        HttpMethod.Post, "/v1/notifications/bulk", new BulkNotifications(notifications), ClientJson.Default.BulkNotifications, ClientJson.Default.BulkResults, cancellationToken)).Items;

    /// <summary>Newest first.</summary>
    /// <param name="state">accepted, planning, planned, canceled or expired.</param>
    public Paged<Notification> List(string? category = null, string? state = null, string? userId = null, DateTimeOffset? since = null) => new(
        _http, "/v1/notifications", ClientJson.Default.PageNotification,
        ("category", category), ("state", state), ("user_id", userId), ("since", since?.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>With every decision and attempt about one person.</summary>
    public Task<NotificationExplanation> ExplainAsync(string id, string? userId = null, CancellationToken cancellationToken = default) =>
        _http.GetAsync($"/v1/notifications/{Uri.EscapeDataString(id)}", ClientJson.Default.NotificationExplanation, cancellationToken, ("user_id", userId));

    /// <summary>Nobody else gets it.</summary>
    public Task<Notification> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"/v1/notifications/{Uri.EscapeDataString(id)}/cancel", ClientJson.Default.Notification, cancellationToken);

    public Paged<Category> Categories() => new(_http, "/v1/admin/categories", ClientJson.Default.PageCategory);

    public Task<Category> FindCategoryAsync(string name, CancellationToken cancellationToken = default) =>
        _http.GetAsync(CategoryPath(name), ClientJson.Default.Category, cancellationToken);

    public Task<Category> PutCategoryAsync(string name, CategoryRules rules, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, CategoryPath(name), rules, ClientJson.Default.CategoryRules, ClientJson.Default.Category, cancellationToken);

    /// <summary>A built-in one stands again as it was made.</summary>
    public Task DeleteCategoryAsync(string name, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, CategoryPath(name), cancellationToken);

    public Task<Audience> CreateAudienceAsync(NewAudience audience, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/admin/audiences", audience, ClientJson.Default.NewAudience, ClientJson.Default.Audience, cancellationToken);

    public Paged<Audience> Audiences() => new(_http, "/v1/admin/audiences", ClientJson.Default.PageAudience);

    public Task<Audience> FindAudienceAsync(string name, CancellationToken cancellationToken = default) =>
        _http.GetAsync(AudiencePath(name), ClientJson.Default.Audience, cancellationToken);

    public Task<Audience> ChangeAudienceAsync(string name, AudienceChange change, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Patch, AudiencePath(name), change, ClientJson.Default.AudienceChange, ClientJson.Default.Audience, cancellationToken);

    public Task DeleteAudienceAsync(string name, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, AudiencePath(name), cancellationToken);

    /// <summary>How many accounts an audience has now, or everybody without one.</summary>
    public Task<Reach> ReachAsync(string? audience = null, CancellationToken cancellationToken = default) =>
        _http.GetAsync("/v1/notifications/reach", ClientJson.Default.Reach, cancellationToken, ("audience", audience));

    /// <summary>The people of a topic.</summary>
    public Paged<AudienceMember> Members(string name) => new(_http, $"{AudiencePath(name)}/members", ClientJson.Default.PageAudienceMember);

    /// <summary>At most 10,000 of each.</summary>
    public Task<AudienceMoved> MoveMembersAsync(string name, IReadOnlyList<string>? add = null, IReadOnlyList<string>? remove = null, CancellationToken cancellationToken = default) =>
        _http.SendAsync(
            HttpMethod.Post, $"{AudiencePath(name)}/members", new AudienceMove(add, remove), ClientJson.Default.AudienceMove, ClientJson.Default.AudienceMoved, cancellationToken);

    /// <summary>Addresses that nothing is sent to, newest first.</summary>
    /// <param name="value">Asks about one.</param>
    public Paged<Suppression> Suppressions(string? value = null) => new(_http, "/v1/admin/suppressions", ClientJson.Default.PageSuppression, ("value", value));

    /// <param name="kind">email or phone.</param>
    public Task SuppressAsync(string kind, string value, string? reason = null, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/admin/suppressions", new NewSuppression(kind, value, reason), ClientJson.Default.NewSuppression, cancellationToken);

    public Task UnsuppressAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/admin/suppressions/{Uri.EscapeDataString(id)}", cancellationToken);

    public Task<Preferences> PreferencesOfAsync(string userId, CancellationToken cancellationToken = default) =>
        _http.GetAsync($"{UserPath(userId)}/preferences", ClientJson.Default.Preferences, cancellationToken);

    public Task<Addresses> AddressesOfAsync(string userId, CancellationToken cancellationToken = default) =>
        _http.GetAsync($"{UserPath(userId)}/addresses", ClientJson.Default.Addresses, cancellationToken);

    /// <summary>As verified.</summary>
    public Task<PersonalAddress> PutAddressOfAsync(string userId, string kind, string value, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Put, $"{UserPath(userId)}/addresses/{Uri.EscapeDataString(kind)}", new AddressValue(value), ClientJson.Default.AddressValue, ClientJson.Default.PersonalAddress,
        cancellationToken);

    public Task DeleteAddressOfAsync(string userId, string kind, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"{UserPath(userId)}/addresses/{Uri.EscapeDataString(kind)}", cancellationToken);

    private static string CategoryPath(string name) => $"/v1/admin/categories/{Uri.EscapeDataString(name)}";

    private static string AudiencePath(string name) => $"/v1/admin/audiences/{Uri.EscapeDataString(name)}";

    private static string UserPath(string id) => $"/v1/admin/users/{Uri.EscapeDataString(id)}";
}
