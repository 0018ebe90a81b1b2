namespace Madang.Client.Resources;

/// <summary>The own in-app inbox, and what of it goes where.</summary>
public sealed class Inbox
{
    private const string Items = "/v1/me/notifications";
    private const string AddressPath = "/v1/me/addresses";

    private readonly Http _http;

    internal Inbox(Http http) => _http = http;

    /// <summary>Newest first.</summary>
    public Paged<InboxItem> List(bool unread = false) => new(_http, Items, ClientJson.Default.PageInboxItem, ("unread", unread ? "true" : null));

    public Task<Badge> BadgeAsync(CancellationToken cancellationToken = default) => _http.GetAsync($"{Items}/badge", ClientJson.Default.Badge, cancellationToken);

    /// <summary>Marks everything up to an item as read.</summary>
    public Task<Badge> ReadUpToAsync(string id, CancellationToken cancellationToken = default) => ReadAsync(new ReadItems(UpTo: id), cancellationToken);

    /// <param name="ids">At most 100.</param>
    public Task<Badge> ReadAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default) => ReadAsync(new ReadItems(Ids: ids), cancellationToken);

    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, $"{Items}/{Uri.EscapeDataString(id)}", cancellationToken);

    public Task<Preferences> PreferencesAsync(CancellationToken cancellationToken = default) =>
        _http.GetAsync("/v1/me/preferences", ClientJson.Default.Preferences, cancellationToken);

    public Task<Preferences> ChangePreferencesAsync(PreferenceChange change, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, "/v1/me/preferences", change, ClientJson.Default.PreferenceChange, ClientJson.Default.Preferences, cancellationToken);

    public Task<Addresses> AddressesAsync(CancellationToken cancellationToken = default) => _http.GetAsync(AddressPath, ClientJson.Default.Addresses, cancellationToken);

    /// <summary>Sends a code there.</summary>
    /// <param name="kind">email or phone.</param>
    public Task<PendingAddress> BeginAddressAsync(string kind, string value, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Put, PathOf(kind), new AddressValue(value), ClientJson.Default.AddressValue, ClientJson.Default.PendingAddress, cancellationToken);

    /// <summary>Tells the code; the address replaces the one before.</summary>
    public Task<PersonalAddress> VerifyAddressAsync(string kind, string code, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, $"{PathOf(kind)}/verification", new VerificationCode(code), ClientJson.Default.VerificationCode, ClientJson.Default.PersonalAddress, cancellationToken);

    /// <summary>Also what waits for its code.</summary>
    public Task DeleteAddressAsync(string kind, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, PathOf(kind), cancellationToken);

    /// <summary>What a browser subscribes with. Code: push_not_configured.</summary>
    public Task<WebPushKey> WebPushKeyAsync(CancellationToken cancellationToken = default) => _http.GetAsync("/v1/push/webpush-key", ClientJson.Default.WebPushKey, cancellationToken);

    /// <param name="device">The id of a device; this session's without.</param>
    public Task<PushAddress> PutPushAsync(NewPushAddress push, string device = "current", CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Put, $"/v1/me/devices/{Uri.EscapeDataString(device)}/push", push, ClientJson.Default.NewPushAddress, ClientJson.Default.PushAddress, cancellationToken);

    public Task DeletePushAsync(string device = "current", CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/me/devices/{Uri.EscapeDataString(device)}/push", cancellationToken);

    /// <summary>Those that you are in or may join.</summary>
    public Paged<Topic> Topics() => new(_http, "/v1/me/topics", ClientJson.Default.PageTopic);

    public Task<Topic> JoinTopicAsync(string name, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, $"/v1/me/topics/{Uri.EscapeDataString(name)}", ClientJson.Default.Topic, cancellationToken);

    public Task<Topic> LeaveTopicAsync(string name, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/me/topics/{Uri.EscapeDataString(name)}", ClientJson.Default.Topic, cancellationToken);

    private static string PathOf(string kind) => $"{AddressPath}/{Uri.EscapeDataString(kind)}";

    private Task<Badge> ReadAsync(ReadItems body, CancellationToken cancellationToken) =>
        _http.SendAsync(HttpMethod.Put, $"{Items}/read", body, ClientJson.Default.ReadItems, ClientJson.Default.Badge, cancellationToken);
}
