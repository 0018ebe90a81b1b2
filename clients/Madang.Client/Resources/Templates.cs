using System.Globalization;
using System.Text.Json;

namespace Madang.Client.Resources;

/// <summary>The words of notifications, and how they did. Needs the role admin.</summary>
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

    /// <summary>Sends it to oneself.</summary>
    /// <returns>The id of the notification.</returns>
    public async Task<string> TestAsync(string name, IReadOnlyList<string> channels, string? locale = null, JsonElement? data = null, CancellationToken cancellationToken = default) =>
        (await _http.SendAsync(
            HttpMethod.Post, $"{PathOf(name)}/test", new TemplateTest(channels, locale, data), ClientJson.Default.TemplateTest, ClientJson.Default.TemplateTested, cancellationToken)).Id;

    public Paged<Campaign> Campaigns(DateTimeOffset? since = null, DateTimeOffset? until = null) => new(
        _http, "/v1/campaigns", ClientJson.Default.PageCampaign,
        ("since", since?.ToString("O", CultureInfo.InvariantCulture)), ("until", until?.ToString("O", CultureInfo.InvariantCulture)));

    private static string PathOf(string name) => $"/v1/templates/{Uri.EscapeDataString(name)}";
}
