using System.Text.Json;

namespace Madang.Client.Resources;

/// <summary>The words of notifications, and how they did. Read by senders, written by admins.</summary>
public sealed class Templates
{
    private readonly Http _http;

    internal Templates(Http http) => _http = http;

    public Paged<TemplateSummary> List() => new(_http, "/v1/templates", ClientJson.Default.PageTemplateSummary);

    /// <param name="version">The newest without.</param>
    public Task<Template> FindAsync(string name, int? version = null, CancellationToken cancellationToken = default) =>
        _http.GetAsync(PathOf(name), ClientJson.Default.Template, cancellationToken, ("version", Http.Text(version)));

    /// <summary>Newest first.</summary>
    public Paged<TemplateSummary> Versions(string name) => new(_http, $"{PathOf(name)}/versions", ClientJson.Default.PageTemplateSummary);

    /// <summary>A new version; what was accepted before keeps its own. Codes: template_limit, and invalid_fields.</summary>
    public Task<Template> PutAsync(string name, TemplateBody body, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, PathOf(name), body, ClientJson.Default.TemplateBody, ClientJson.Default.Template, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, PathOf(name), cancellationToken);

    /// <summary>What somebody would get. Codes: template_variable_missing, template_failed.</summary>
    public Task<TemplatePreview> PreviewAsync(string name, TemplatePreviewRequest request, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, $"{PathOf(name)}/preview", request, ClientJson.Default.TemplatePreviewRequest, ClientJson.Default.TemplatePreview, cancellationToken);

    /// <summary>Sends it to oneself, or to one person or address.</summary>
    /// <param name="channels">Those of its category without.</param>
    public Task<AcceptedNotification> TestAsync(
        string name, Recipients? to = null, IReadOnlyList<string>? channels = null, JsonElement? data = null, CancellationToken cancellationToken = default) => _http.SendAsync(
            HttpMethod.Post, $"{PathOf(name)}/test", new TemplateTest(to, null, channels, data), ClientJson.Default.TemplateTest, ClientJson.Default.AcceptedNotification,
            cancellationToken);

    /// <param name="days">How far back: 30 without.</param>
    public Task<Funnel> FunnelAsync(string campaign, int? days = null, string? channel = null, CancellationToken cancellationToken = default) =>
        _http.GetAsync("/v1/funnels", ClientJson.Default.Funnel, cancellationToken, ("campaign", campaign), ("days", Http.Text(days)), ("channel", channel));

    /// <summary>Somebody did what a notification was for; each name counts once.</summary>
    public Task ConvertedAsync(string notificationId, string name, string? userId = null, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/conversions", new Conversion(notificationId, name, userId), ClientJson.Default.Conversion, cancellationToken);

    private static string PathOf(string name) => $"/v1/templates/{Uri.EscapeDataString(name)}";
}
