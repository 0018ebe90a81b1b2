using System.Text.Json;
using Madang.Crawler.Urls;
using Madang.Outbound;
using Madang.Outbound.Addresses;
using Madang.Settings;

namespace Madang.Commands.Crawling;

/// <summary>What a tool was pointed at: a URL, fetched through the one door out, or a file.</summary>
internal sealed class ToolSource(string name, string[]? allow, SettingsReading settings)
{
    private const int MaxFile = 64 * 1024 * 1024;

    /// <summary>The URL, or null for a file.</summary>
    public Url? Url { get; } = Crawler.Urls.Url.TryParse(name, null, out var url) && url.Kind is UrlScheme.Http or UrlScheme.Https ? url : null;

    /// <param name="fetch">The URL that is fetched in place of <see cref="Url"/>.</param>
    public async Task<Fetched> ReadAsync(string? fetch, CancellationToken cancellation)
    {
        if (Url is not null)
        {
            return await FetchAsync(fetch ?? Url.ToString(), cancellation);
        }

        var file = new FileInfo(name);
        return !file.Exists ? throw new CliException($"{name}: no such file, and no http or https URL.")
            : file.Length > MaxFile ? throw new CliException($"{name}: larger than {MaxFile} bytes.")
            : new Fetched(200, await File.ReadAllBytesAsync(name, cancellation), null, null, []);
    }

    /// <summary>Writes one answer for a person or a program that asked once.</summary>
    public static void Print(Action<Utf8JsonWriter> answer)
    {
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output, JsonLines.Writing with { Indented = true }))
        {
            answer(writer);
        }

        output.WriteByte((byte)'\n');
    }

    private async Task<Fetched> FetchAsync(string url, CancellationToken cancellation)
    {
        var more = string.Join(',', allow ?? []);
        if (!AddressPolicy.TryParse(more, out _))
        {
            throw new CliException($"--allow {more}: no network; 10.0.0.0/8 would be one.", Cli.Usage);
        }

        if (!Flags.Report(settings))
        {
            throw new CliException("nothing was fetched.", Cli.Usage);
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Effective());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddOutbound().Services.PostConfigure<OutboundOptions>(options => options.Allow = string.Join(',', new[] { options.Allow, more }.Where(list => list.Length > 0)));
        using var host = builder.Build();
        var client = host.Services.GetRequiredService<OutboundClient>();
        using var response = await client.SendAsync(new OutboundRequest { Url = url, MaxRedirects = 5, Headers = [new("User-Agent", "Madang")] }, cancellation);
        return response.Fault is { } fault
            ? throw new CliException($"{url}: {fault}: {response.Detail}")
            : new Fetched(response.Status, response.Body.ToArray(), response.Url, response.ContentType, response.HeaderValues("x-robots-tag"));
    }

    /// <param name="Url">Where it was found in the end.</param>
    internal sealed record Fetched(int Status, byte[] Body, string? Url, string? ContentType, IReadOnlyList<string> RobotsTags);
}
