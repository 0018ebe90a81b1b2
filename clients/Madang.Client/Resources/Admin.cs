namespace Madang.Client.Resources;

/// <summary>Needs the role admin.</summary>
public sealed class Admin
{
    private readonly Http _http;

    internal Admin(Http http) => _http = http;

    public Paged<Invite> Invites() => new(_http, "/v1/admin/invites", ClientJson.Default.PageInvite);

    public Task<Invite> CreateInviteAsync(int? maxUses = null, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, "/v1/admin/invites", new NewInvite(maxUses, expiresAt), ClientJson.Default.NewInvite, ClientJson.Default.Invite, cancellationToken);

    public Task DeleteInviteAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/admin/invites/{Uri.EscapeDataString(id)}", cancellationToken);

    public Paged<ApiKey> ApiKeys() => new(_http, "/v1/admin/api-keys", ClientJson.Default.PageApiKey);

    /// <param name="role">user, moderator or admin.</param>
    public Task<ApiKey> CreateApiKeyAsync(string name, string role, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, "/v1/admin/api-keys", new NewApiKey(name, role, expiresAt), ClientJson.Default.NewApiKey, ClientJson.Default.ApiKey, cancellationToken);

    public Task DeleteApiKeyAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{Uri.EscapeDataString(id)}", cancellationToken);

    /// <summary>Code: last_admin.</summary>
    public Task<User> UpdateUserAsync(string id, UserChange change, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Patch, $"/v1/admin/users/{Uri.EscapeDataString(id)}", change, ClientJson.Default.UserChange, ClientJson.Default.User, cancellationToken);

    /// <summary>Sets a password and ends all sessions of that person.</summary>
    public Task SetPasswordAsync(string id, string password, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Put, $"/v1/admin/users/{Uri.EscapeDataString(id)}/password", new PasswordSet(password), ClientJson.Default.PasswordSet, cancellationToken);

    public Task SignOutUserAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/admin/users/{Uri.EscapeDataString(id)}/sessions", cancellationToken);

    public async Task<IReadOnlyList<Queue>> QueuesAsync(CancellationToken cancellationToken = default) =>
        (await _http.GetAsync("/v1/admin/queues", ClientJson.Default.PageQueue, cancellationToken)).Items;

    /// <summary>Lets the dead jobs of a queue run again, at most 10,000 a call.</summary>
    public Task<Replayed> ReplayQueueAsync(string queue, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"/v1/admin/queues/{Uri.EscapeDataString(queue)}/replay", ClientJson.Default.Replayed, cancellationToken);

    /// <param name="state">waiting, running, done, dead or canceled; all without.</param>
    public Paged<Job> Jobs(string? queue = null, string? state = null) => new(_http, "/v1/admin/jobs", ClientJson.Default.PageJob, ("queue", queue), ("state", state));

    public Task<Job> FindJobAsync(string id, CancellationToken cancellationToken = default) => _http.GetAsync(JobPath(id), ClientJson.Default.Job, cancellationToken);

    /// <summary>Code: job_finished.</summary>
    public Task<Job> CancelJobAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, JobPath(id), ClientJson.Default.Job, cancellationToken);

    /// <summary>Codes: job_alive, job_duplicate.</summary>
    public Task<Job> ReplayJobAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"{JobPath(id)}/replay", ClientJson.Default.Job, cancellationToken);

    private static string JobPath(string id) => $"/v1/admin/jobs/{Uri.EscapeDataString(id)}";
}
