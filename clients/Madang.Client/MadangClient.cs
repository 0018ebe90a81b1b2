using Madang.Client.Resources;

namespace Madang.Client;

/// <summary>The Madang API. Safe to use from several threads; one instance per identity.</summary>
/// <example><code>
/// using var madang = new MadangClient(new() { BaseAddress = new("https://chat.example.org") });
/// await madang.Accounts.SignInAsync("hana", password);
/// await foreach (var room in madang.Rooms.List()) Console.WriteLine(room.Title);
/// </code></example>
public sealed class MadangClient : IDisposable
{
    private readonly Http _http;

    public MadangClient(MadangClientOptions options)
    {
        (Options, _http) = (options, new Http(options));
        (Accounts, Relations, Rooms, Sync, Admin, Crawls, Webhooks) = (new(_http), new(_http), new(_http), new(_http), new(_http), new(_http), new(_http));
        (Inbox, Notifications, Deliveries, Templates) = (new(_http), new(_http), new(_http), new(_http));
        (Posts, Drafts, Feed, Lists, Sources, Moderation) = (new(_http), new(_http), new(_http), new(_http), new(_http), new(_http));
    }

    /// <summary>Who asks. <see cref="Resources.Accounts.SignInAsync"/> sets it.</summary>
    public string? Token
    {
        get => _http.Token;
        set => _http.Token = value;
    }

    public Accounts Accounts { get; }

    public Relations Relations { get; }

    public Rooms Rooms { get; }

    public Sync Sync { get; }

    public Admin Admin { get; }

    public Crawls Crawls { get; }

    public Webhooks Webhooks { get; }

    public Inbox Inbox { get; }

    public Notifications Notifications { get; }

    public Deliveries Deliveries { get; }

    public Templates Templates { get; }

    public Posts Posts { get; }

    public Drafts Drafts { get; }

    public Feed Feed { get; }

    public Lists Lists { get; }

    public Sources Sources { get; }

    public Moderation Moderation { get; }

    internal MadangClientOptions Options { get; }

    /// <summary>A realtime inbox of this identity; call <see cref="MadangRealtime.Start"/>. Each has a connection of its own.</summary>
    public MadangRealtime Realtime(MadangRealtimeOptions? options = null) => new(this, options ?? new());

    public void Dispose() => _http.Dispose();
}
