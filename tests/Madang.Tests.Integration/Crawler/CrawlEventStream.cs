using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Crawler;

/// <summary>What a crawl tells over <c>…/events</c>.</summary>
internal sealed class CrawlEventStream(HttpResponseMessage answer, IAsyncEnumerator<SseItem<string>> events) : IAsyncDisposable
{
    public HttpStatusCode Status => answer.StatusCode;

    public static async Task<CrawlEventStream> OpenAsync(HttpClient client, string crawl)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var answer = await client.GetAsync($"/v1/crawls/{crawl}/events", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var parser = SseParser.Create(await answer.Content.ReadAsStreamAsync(cancellationToken));
        return new(answer, parser.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken));
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<(string Event, JsonNode Data)?> NextAsync() =>
        await events.MoveNextAsync() ? (events.Current.EventType, JsonNode.Parse(events.Current.Data)!) : null;

    public async Task<List<(string Event, JsonNode Data)>> AllAsync()
    {
        var all = new List<(string, JsonNode)>();
        while (await NextAsync() is { } told)
        {
            all.Add(told);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        answer.Dispose();
        try
        {
            await events.DisposeAsync();
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or NotSupportedException)
        {
            // The line was closed under a reader that waited.
        }
    }
}
