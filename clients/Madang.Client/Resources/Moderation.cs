namespace Madang.Client.Resources;

/// <summary>Everybody reports; looking at reports and acting needs the role moderator.</summary>
public sealed class Moderation
{
    private readonly Http _http;

    internal Moderation(Http http) => _http = http;

    /// <summary>Answers one's own report that is open already.</summary>
    public Task<FiledReport> ReportAsync(NewReport report, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/reports", report, ClientJson.Default.NewReport, ClientJson.Default.FiledReport, cancellationToken);

    /// <param name="state">open (oldest first, also without) or closed (newest first).</param>
    public Paged<Report> Reports(string? state = null) => new(_http, "/v1/admin/reports", ClientJson.Default.PageReport, ("state", state));

    /// <param name="state">resolved or dismissed.</param>
    public Task<Report> CloseAsync(string id, string state, string? note = null, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Patch, $"/v1/admin/reports/{Uri.EscapeDataString(id)}", new ReportClosing(state, note), ClientJson.Default.ReportClosing, ClientJson.Default.Report, cancellationToken);

    /// <summary>Takes a post or comment out of everybody's sight but its author's.</summary>
    public Task HideAsync(string postId, string? note = null, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, PostPath(postId), new ModerationNote(note), ClientJson.Default.ModerationNote, cancellationToken);

    public Task RestoreAsync(string postId, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, PostPath(postId), cancellationToken);

    /// <summary>Shuts somebody out and takes what they wrote out of sight; moderators only by admins.</summary>
    public Task SuspendAsync(string userId, string? note = null, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, UserPath(userId), new ModerationNote(note), ClientJson.Default.ModerationNote, cancellationToken);

    public Task ReadmitAsync(string userId, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, UserPath(userId), cancellationToken);

    /// <summary>What moderators did, newest first.</summary>
    public Paged<ModerationEntry> Log() => new(_http, "/v1/admin/moderation", ClientJson.Default.PageModerationEntry);

    private static string PostPath(string id) => $"/v1/admin/posts/{Uri.EscapeDataString(id)}/hidden";

    private static string UserPath(string id) => $"/v1/admin/users/{Uri.EscapeDataString(id)}/suspension";
}
