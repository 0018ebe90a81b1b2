using System.Globalization;
using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Sqlite;
using Madang.Storage;
using Madang.Tests.Conformance.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>The file of one crawl: who holds it, and what a kill leaves.</summary>
public sealed class CrawlFileTests : IDisposable
{
    private static readonly CrawlId Id = new(7);
    private readonly string _folder = Directory.CreateTempSubdirectory("madang-crawl-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_has_one_frontier_and_one_process()
    {
        await using var own = Build();
        await using var frontier = await Stores(own).OpenAsync(Id, _folder, "a", Token);
        var here = await Assert.ThrowsAsync<FolderTakenException>(() => Stores(own).OpenAsync(Id, _folder, "b", Token));
        Assert.Contains(_folder, here.Message, StringComparison.Ordinal);
        await using var other = Build();
        var there = await Assert.ThrowsAsync<FolderTakenException>(() => Stores(other).OpenPagesAsync(Id, _folder, Token));
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), there.Message, StringComparison.Ordinal);
        _ = await Assert.ThrowsAsync<FolderTakenException>(() => Stores(own).DeleteAsync(Id, _folder, 10, Token));
        await using (await Stores(own).OpenPagesAsync(Id, _folder, Token))
        {
            await frontier.DisposeAsync();
            // A reader still has it open.
            _ = await Assert.ThrowsAsync<FolderTakenException>(() => Stores(other).OpenPagesAsync(Id, _folder, Token));
        }

        await using var now = await Stores(other).OpenAsync(Id, _folder, "b", Token);
    }

    [Fact]
    public async Task A_copy_of_a_running_crawl_is_what_a_kill_would_leave()
    {
        await using var own = Build();
        await using var frontier = await Stores(own).OpenAsync(Id, _folder, "a", Token);
        var key = (await frontier.StartAsync(Token)).Key;
        var batch = new CrawlBatch();
        batch.Hosts.AddRange([new(1, "https://one.example", "one.example", null), new(2, "https://two.example", "two.example", null)]);
        batch.Urls.AddRange([Url(1, 1), Url(1, 2), Url(2, 1)]);
        _ = await frontier.CommitAsync(batch, Token);
        Assert.Equal([1], (await frontier.LeaseAsync(1, null, 0, Token)).Select(leased => leased.Host.Id));
        var copy = Directory.CreateDirectory(Path.Combine(_folder, "copy")).FullName;
        foreach (var file in Directory.EnumerateFiles(_folder, "crawl.db*"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        await using var again = await Stores(own).OpenAsync(Id, copy, "b", Token);
        var start = await again.StartAsync(Token);
        Assert.False(start.WasClean);
        Assert.Equal(key, start.Key);
        var leased = await again.LeaseAsync(9, null, 0, Token);
        Assert.Equal([(1L, true), (2L, false)], leased.Select(host => (host.Host.Id, host.WasAbandoned)).Order());
        Assert.Equal([1, 2], (await again.QueueAsync(1, 9, Token)).Select(url => url.Key.Hash));
        await again.DisposeAsync();
        await using var clean = await Stores(own).OpenAsync(Id, copy, "c", Token);
        Assert.True((await clean.StartAsync(Token)).WasClean);
        Assert.All(await clean.LeaseAsync(9, null, 0, Token), host => Assert.False(host.WasAbandoned));
    }

    [Fact]
    public async Task A_killed_crawl_has_every_batch_that_was_acknowledged_and_each_of_them_whole()
    {
        using var child = new ChildProcess(["--child-crawl", _folder]);
        await child.UntilAsync("ack", times: 50);
        child.Kill();
        Assert.NotEqual(0, await child.EndAsync());
        await AssertWholeAsync(_folder, child);
    }

    [Fact]
    public async Task A_full_disk_refuses_batches_and_takes_them_when_there_is_space()
    {
        using var disk = await FaultyDisk.CreateAsync();
        using var child = new ChildProcess(["--child-crawl", disk.Folder], disk.Variables);
        await child.UntilAsync("ack", times: 20);
        disk.Set(DiskFault.Full);
        await child.UntilAsync("full", times: 3);
        disk.Set(DiskFault.None);
        await child.UntilAsync("ack", times: 20);
        child.Kill();
        Assert.NotEqual(0, await child.EndAsync());
        await AssertWholeAsync(disk.Folder, child);
    }

    [Theory]
    [InlineData(nameof(DiskFault.Sync))]
    [InlineData(nameof(DiskFault.Write))]
    public async Task A_broken_disk_ends_the_process_and_loses_nothing_acknowledged(string fault)
    {
        using var disk = await FaultyDisk.CreateAsync();
        using var child = new ChildProcess(["--child-crawl", disk.Folder], disk.Variables);
        await child.UntilAsync("ack", times: 20);
        disk.Set(Enum.Parse<DiskFault>(fault));
        Assert.Equal(FatalExit.Code, await child.EndAsync());
        await AssertWholeAsync(disk.Folder, child);
    }

    /// <summary>Every batch that was acknowledged is there, one more at most, and each of them whole.</summary>
    private static async Task AssertWholeAsync(string folder, ChildProcess child)
    {
        await using var own = Build();
        await using var frontier = await Stores(own).OpenAsync(Id, folder, "b", Token);
        var start = await frontier.StartAsync(Token);
        Assert.False(start.WasClean);
        await using var pages = await Stores(own).OpenPagesAsync(Id, folder, Token);
        var batches = start.Counts["batches"];
        Assert.InRange(batches, child.Numbers("ack").Max(), child.Numbers("ack").Max() + 1);
        Assert.Equal(batches * CrawlingChild.UrlsPerBatch, start.Counts["state.waiting"] + start.Counts["state.done"]);
        Assert.Equal(batches * CrawlingChild.PagesPerBatch, start.Counts["state.done"]);
        var host = (await pages.HostAsync(1, Token))!;
        Assert.Equal((start.Counts["state.waiting"], start.Counts["state.done"], batches), (host.Waiting, host.Fetched, host.NextAt));
        Assert.Equal(start.Counts["state.waiting"], (await frontier.QueueAsync(1, 1_000_000, Token)).Count);
        Assert.Equal(start.Counts["state.done"], (await frontier.FingerprintsAsync(0, 1_000_000, Token)).Count);
        Assert.Equal(batches * 100, start.WarcLengths["one.warc.gz"]);
    }

    internal static ServiceProvider Build() => new ServiceCollection().AddLogging().AddSqliteCrawls().BuildServiceProvider();

    internal static IFrontierStores Stores(IServiceProvider services) => services.GetRequiredService<IFrontierStores>();

    internal static NewUrl Url(long host, long hash) => new(new UrlKey(host, hash), $"/{hash}", UrlState.Waiting, RefusalReason.None, 8, 0, default, 0);
}

/// <summary>The process that <see cref="CrawlFileTests"/> kills: commits batch after batch, and says <c>ack N</c> after each.</summary>
internal static class CrawlingChild
{
    public const int UrlsPerBatch = 40;
    public const int PagesPerBatch = 30;

    public static async Task<int> RunAsync(string folder)
    {
        await using var services = CrawlFileTests.Build();
        await using var frontier = await CrawlFileTests.Stores(services).OpenAsync(new CrawlId(7), folder, "a", CancellationToken.None);
        _ = await frontier.StartAsync(CancellationToken.None);
        var batch = new CrawlBatch();
        batch.Hosts.Add(new NewHost(1, "https://one.example", "one.example", null));
        for (long number = 1, url = 0, page = 0; ; number++)
        {
            batch.Urls.AddRange(Enumerable.Range(0, UrlsPerBatch).Select(_ => CrawlFileTests.Url(1, ++url)));
            batch.Pages.AddRange(Enumerable.Range(0, PagesPerBatch).Select(_ => new PageRow { Key = new UrlKey(1, ++page), Status = 200, FetchedAt = number, Next = UrlState.Done, Links = new byte[500] }));
            batch.Clocks.Add(new HostClock(1, number, null, 0, 0, null, null, null));
            batch.Counts["batches"] = 1;
            batch.WarcLengths["one.warc.gz"] = number * 100;
            while (!await TryCommitAsync(frontier, batch))
            {
                Console.Out.WriteLine($"full {number}");
            }

            batch.Clear();
            Console.Out.WriteLine($"ack {number}");
        }
    }

    private static async Task<bool> TryCommitAsync(IFrontierStore frontier, CrawlBatch batch)
    {
        try
        {
            _ = await frontier.CommitAsync(batch, CancellationToken.None);
            return true;
        }
        catch (StorageFullException)
        {
            return false;
        }
    }
}
