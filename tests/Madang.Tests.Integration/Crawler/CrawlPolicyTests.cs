using System.Text;
using System.Text.Json;
using Madang.Crawler;
using Madang.Crawler.Admission;
using Madang.Crawler.Exports;
using Madang.Crawler.Frontier;
using Madang.Crawler.Noise;
using Madang.Crawler.Urls;
using Madang.Outbound;
using Madang.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Integration.Crawler;

/// <summary>Policies that somebody else registers.</summary>
public sealed class CrawlPolicyTests : IDisposable
{
    private readonly string _folder = MadangHost.NewFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Policies_of_ones_own_are_asked_for_each_url_and_each_page()
    {
        await using var site = await SmallSite.StartAsync(new Dictionary<string, string>
        {
            ["/"] = SmallSite.Page("첫 장", "마당", "/tree", "/shop/1"),
            ["/tree"] = SmallSite.Page("나무", "그늘"),
            ["/shop/1"] = SmallSite.Page("가게", "물건"),
        });
        using var host = Host();
        await using (var crawl = await FolderCrawl.StartAsync(
            host.Services, _folder, new CrawlSettings { Seeds = [site.Address + "/"], DelayMs = 0, Allow = ["127.0.0.0/8"] }, TestContext.Current.CancellationToken))
        {
            Assert.True(await crawl.Completion);
            Assert.Equal(1, (await crawl.ProgressAsync(TestContext.Current.CancellationToken)).RefusedBy["policy"]);
        }

        Assert.DoesNotContain("/shop/1", site.Asked);
        using var pages = new MemoryStream();
        await FolderExport.WriteAsync(host.Services, _folder, ExportFormat.Jsonl, pages, TestContext.Current.CancellationToken);
        var lines = Encoding.UTF8.GetString(pages.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.Equal(33, line.GetProperty("noise").GetInt32()));
    }

    private static IHost Host()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(TimeProvider.System).AddSqliteCrawls();
        builder.Services.AddSingleton<IUrlPolicy, NoShops>().AddSingleton<INoisePolicy, Third>();
        builder.AddOutbound();
        return builder.Build();
    }

    private sealed class NoShops : IUrlPolicy
    {
        public RefusalReason Check(Url url, int depth) => url.Path.StartsWith("/shop/"u8) ? RefusalReason.Policy : RefusalReason.None;
    }

    private sealed class Third : INoisePolicy
    {
        public NoiseVerdict Judge(in PageFacts facts) => new(33, NoiseReasons.None);
    }
}
