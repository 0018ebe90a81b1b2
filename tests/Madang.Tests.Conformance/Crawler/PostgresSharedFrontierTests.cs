using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Jobs;
using Madang.Postgres;
using Madang.Postgres.Crawler;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>Several nodes on one crawl. Their leases run by the server's clock, so a dead node is made by its row.</summary>
public sealed class PostgresSharedFrontierTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_lease_at_once_share_neither_a_host_nor_a_domain()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        IFrontierStore[] nodes = [await books.OpenAsync("a"), await books.OpenAsync("b"), await books.OpenAsync("c")];
        for (var host = 1; host <= 90; host++)
        {
            books.Host(host, $"d{host % 20}.example").Url(host, 1);
        }

        await books.CommitAsync();
        var held = await Task.WhenAll(nodes.Select(async node =>
        {
            var mine = new List<HostRow>();
            while (await node.LeaseAsync(4, null, books.Now, Token) is { Count: > 0 } some)
            {
                mine.AddRange(some.Select(leased => leased.Host));
            }

            return mine;
        }));
        // One that came too early for a domain of which all other hosts were taken finds the rest now.
        foreach (var (node, mine) in nodes.Zip(held))
        {
            mine.AddRange((await node.LeaseAsync(90, null, books.Now, Token)).Select(leased => leased.Host));
        }

        var all = held.SelectMany((mine, node) => mine.Select(host => (Node: node, host.Id, host.Domain))).ToList();
        Assert.Equal(Enumerable.Range(1, 90).Select(host => (long)host), all.Select(host => host.Id).Order());
        Assert.All(all.GroupBy(host => host.Domain), domain => Assert.Single(domain.Select(host => host.Node).Distinct()));
    }

    [Fact]
    public async Task A_domain_goes_to_another_node_once_its_last_host_is_released()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        var (a, b) = (await books.OpenAsync("a"), await books.OpenAsync("b"));
        await books.Host(1, "x.example").Host(2, "x.example").Host(3, "x.example").Url(1, 1).Url(2, 1).CommitAsync();
        Assert.Equal([1, 2], await LeaseAsync(a));
        await books.Url(3, 1).CommitAsync(a);
        Assert.Empty(await LeaseAsync(b));
        books.Batch.Released.Add(1);
        await books.CommitAsync(a);
        Assert.Empty(await LeaseAsync(b));
        books.Batch.Released.AddRange([1, 2]);
        books.Batch.Gates["d:x.example"] = 123;
        await books.CommitAsync(a);
        var leased = await b.LeaseAsync(9, null, books.Now, Token);
        Assert.Equal([1, 2, 3], leased.Select(host => host.Host.Id).Order());
        Assert.All(leased, host => Assert.Equal((123, false), (host.DomainGate, host.WasAbandoned)));
        Assert.Empty(await LeaseAsync(a));
    }

    [Fact]
    public async Task A_heartbeat_tells_what_each_node_of_a_region_would_hold_if_they_shared()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        var a = await books.OpenAsync("a");
        for (var host = 1; host <= 7; host++)
        {
            _ = books.Host(host).Url(host, 1);
        }

        await books.CommitAsync();
        Assert.Equal(5, (await a.LeaseAsync(5, null, books.Now, Token)).Count);
        Assert.Equal(new Heartbeat(true, null), await a.RenewAsync(books.Now, books.Now + 15_000, Token));

        // Two that nobody holds count too.
        var b = await books.OpenAsync("b");
        Assert.Equal(new Heartbeat(true, 4), await a.RenewAsync(books.Now, books.Now + 15_000, Token));
        Assert.Equal(new Heartbeat(true, 4), await b.RenewAsync(books.Now, books.Now + 15_000, Token));

        // A node of another region has hosts of its own, a dead one has none.
        Assert.NotEmpty(await b.LeaseAsync(9, "asia", books.Now, Token));
        Assert.Equal(new Heartbeat(true, null), await a.RenewAsync(books.Now, books.Now + 15_000, Token));
        await ExpireAsync(test, "b");
        Assert.Equal(new Heartbeat(true, null), await a.RenewAsync(books.Now, books.Now + 15_000, Token));
    }

    [Fact]
    public async Task A_dead_nodes_hosts_go_to_others_who_are_warned()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        var (a, b) = (await books.OpenAsync("a"), await books.OpenAsync("b"));
        await books.Host(1).Host(2).Url(1, 1).Url(2, 1).CommitAsync();
        Assert.Equal([1, 2], await LeaseAsync(a));
        Assert.Empty(await LeaseAsync(b));
        await ExpireAsync(test, "a");
        var leased = await b.LeaseAsync(9, null, books.Now, Token);
        Assert.Equal([1, 2], leased.Select(host => host.Host.Id).Order());
        Assert.All(leased, host => Assert.True(host.WasAbandoned));
        // By the server's clock, which is not the test's.
        Assert.All(leased, host => Assert.InRange(host.Host.NextAt, TimeProvider.System.GetUtcNow().AddMinutes(-5).ToUnixTimeMilliseconds(), TimeProvider.System.GetUtcNow().AddMinutes(5).ToUnixTimeMilliseconds()));
        Assert.False((await a.RenewAsync(books.Now, books.Now + 15_000, Token)).IsHeld);
        Assert.True((await a.RenewAsync(books.Now, books.Now + 15_000, Token)).IsHeld);
        Assert.Empty(await LeaseAsync(a));
        books.Batch.Released.AddRange([1, 2]);
        await books.CommitAsync(b);
        Assert.All(await a.LeaseAsync(9, null, books.Now, Token), host => Assert.False(host.WasAbandoned));
    }

    [Fact]
    public async Task A_start_after_a_death_is_told_so()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        _ = await books.OpenAsync("a");
        await using (var b = await books.Stores.OpenAsync(new CrawlId(7), books.Folder, "b", Token))
        {
            Assert.True((await b.StartAsync(Token)).WasClean);
        }

        books.Batch.Counts["pages"] = 5;
        await books.CommitAsync();
        await ExpireAsync(test, "a");
        await using var c = await books.Stores.OpenAsync(new CrawlId(7), books.Folder, "c", Token);
        var start = await c.StartAsync(Token);
        Assert.False(start.WasClean);
        // What the dead had counted is kept, and counted once.
        Assert.Equal(5, start.Counts["pages"]);
        await using var d = await books.Stores.OpenAsync(new CrawlId(7), books.Folder, "d", Token);
        start = await d.StartAsync(Token);
        Assert.True(start.WasClean);
        Assert.Equal(5, start.Counts["pages"]);
    }

    [Fact]
    public async Task A_node_that_lost_a_host_commits_everything_but_that_host()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        var (a, b) = (await books.OpenAsync("a"), await books.OpenAsync("b"));
        await books.Host(1).Host(2).Url(1, 1).Url(1, 2).Url(2, 1).CommitAsync();
        Assert.Equal([1, 2], await LeaseAsync(a));
        await ExpireAsync(test, "a");
        Assert.Equal([1], (await b.LeaseAsync(1, null, books.Now, Token)).Select(host => host.Host.Id));
        Assert.False((await a.RenewAsync(books.Now, books.Now + 15_000, Token)).IsHeld);
        Assert.Equal([2], await LeaseAsync(a));
        books.Page(Books.Visit(1, 1)).Page(Books.Visit(2, 1)).Url(1, 3).Url(2, 3);
        books.Batch.Moves.Add(new(Books.Key(1, 2), UrlState.Gone, RefusalReason.NotFound, -1, 0, -1));
        books.Batch.Clocks.Add(new(1, 5, "errors", 1, 1, null, null, null));
        books.Batch.Clocks.Add(new(2, 6, null, 1, 0, null, null, null));
        books.Batch.Counts["pages"] = 2;
        books.Batch.Released.Add(1);
        var outcome = await books.CommitAsync(a);
        Assert.Equal(2, outcome.Added);
        Assert.Equal([1], outcome.Lost);
        _ = books.Use(b);
        Assert.Equal([1, 2, 3], await books.QueueAsync(1));
        Assert.Equal([3], await books.QueueAsync(2));
        var lost = await books.HostAsync(1);
        Assert.Equal((3, 0, 0, null), (lost.Waiting, lost.Fetched, lost.Errors, lost.Block));
        Assert.Equal((1, 1, 6L), ((await books.HostAsync(2)).Waiting, (await books.HostAsync(2)).Fetched, (await books.HostAsync(2)).NextAt));
        // Still held by b, whatever a said.
        Assert.Empty(await LeaseAsync(a));
    }

    [Fact]
    public async Task Nodes_take_hosts_of_their_region_first_and_leave_those_of_a_living_one_alone()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        var (seoul, busan, paris) = (await books.OpenAsync("seoul"), await books.OpenAsync("busan"), await books.OpenAsync("paris"));
        for (var host = 1; host <= 12; host++)
        {
            books.Host(host, region: (host % 4) switch { 0 => "kr", 1 => "eu", 2 => "us", _ => null }).Url(host, 1);
            books.Batch.Clocks.Add(new(host, host, null, 0, 0, null, null, null));
        }

        await books.CommitAsync();
        // Everybody says where it is before anybody takes what is not its own.
        Assert.Empty(await seoul.LeaseAsync(0, "kr", books.Now, Token));
        Assert.Empty(await busan.LeaseAsync(0, "kr", books.Now, Token));
        Assert.Equal([1, 5, 9], (await LeaseAsync(paris, "eu", 3)).Order());
        Assert.Equal([4, 8], (await LeaseAsync(seoul, "kr", 2)).Order());
        var rest = await LeaseAsync(busan, "kr", 12);
        Assert.Equal(12, rest[0]);
        // Nobody living wants those of us, or those of nowhere.
        Assert.Equal([2, 3, 6, 7, 10, 11, 12], rest.Order());
        Assert.Empty(await LeaseAsync(paris, "eu", 12));
        await ExpireAsync(test, "seoul");
        await ExpireAsync(test, "busan");
        Assert.Equal([2, 3, 4, 6, 7, 8, 10, 11, 12], (await LeaseAsync(paris, "eu", 12)).Order());
    }

    [Fact]
    public async Task Measured_connect_times_give_a_host_its_region_unless_a_rule_does()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        var (seoul, paris) = (await books.OpenAsync("seoul"), await books.OpenAsync("paris"));
        await books.Host(1).Host(2, region: "us").Url(1, 1).Url(2, 1).CommitAsync();
        Assert.Equal([1, 2], (await LeaseAsync(seoul, "kr")).Order());
        await MeasureAsync(books, seoul, 300, 300);
        Assert.Null((await books.HostAsync(1)).Region);
        Assert.Equal([1, 2], (await LeaseAsync(paris, "eu")).Order());
        await MeasureAsync(books, paris, 20, 20);
        Assert.Equal("eu", (await books.HostAsync(1)).Region);
        Assert.Equal("us", (await books.HostAsync(2)).Region);
        Assert.Equal([2], await LeaseAsync(seoul, "kr"));
        // The mean follows slowly: one bad connection does not move a host, many do.
        Assert.Equal([1], await LeaseAsync(paris, "eu"));
        await MeasureAsync(books, paris, 400);
        Assert.Equal("eu", (await books.HostAsync(1)).Region);
        for (var n = 0; n < 6; n++)
        {
            await MeasureAsync(books, paris, 500);
        }

        Assert.Equal("kr", (await books.HostAsync(1)).Region);
    }

    [Fact]
    public async Task A_reader_of_the_log_passes_nothing_by_while_nodes_commit()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        const int Rounds = 25;
        IFrontierStore[] nodes = [await books.OpenAsync("a"), await books.OpenAsync("b"), await books.OpenAsync("c")];
        for (var host = 1; host <= 3; host++)
        {
            books.Host(host);
            for (var hash = 0; hash < Rounds * 3; hash++)
            {
                books.Url(host, hash);
            }
        }

        await books.CommitAsync();
        await using var pages = await books.PagesAsync();
        var writing = Task.WhenAll(nodes.Select(async (node, n) =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var batch = new CrawlBatch();
                batch.Pages.AddRange(Enumerable.Range(0, 3).Select(i => Books.Visit(n + 1, (round * 3) + i)));
                _ = await node.CommitAsync(batch, Token);
            }
        }));
        var seen = new List<UrlKey>();
        var after = 0L;
        while (seen.Count < 9 * Rounds)
        {
            var some = await pages.PagesAsync(new PageFilter(), after, false, 7, Token);
            seen.AddRange(some.Select(page => page.Page.Key));
            after = some.Count > 0 ? some[^1].Log : after;
            // A page that was passed by would never come: the writers are done, and so is the log.
            Assert.False(writing.IsFaulted);
        }

        await writing;
        Assert.Equal(9 * Rounds, seen.Distinct().Count());
        Assert.Empty(await pages.PagesAsync(new PageFilter(), after, false, 7, Token));
    }

    [Fact]
    public async Task One_node_at_a_time_passes_a_gate_and_the_next_one_after_the_interval()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        IFrontierStore[] nodes = [await books.OpenAsync("a"), await books.OpenAsync("b"), await books.OpenAsync("c")];
        var passed = new List<(string Gate, long Began, long Ended)>();
        await Task.WhenAll(nodes.SelectMany(node => new[] { "a:1", "a:2", "a:1" }.Select(async gate =>
        {
            for (var times = 0; times < 5; times++)
            {
                var answer = await PassAsync(node.SharedGates!, gate);
                var began = Environment.TickCount64;
                await Task.Yield();
                lock (passed)
                {
                    passed.Add((gate, began, Environment.TickCount64));
                }

                await node.SharedGates!.OpenAsync(gate, answer.Mark, 20, Token);
            }
        })));
        foreach (var gate in passed.GroupBy(one => one.Gate))
        {
            var order = gate.OrderBy(one => one.Began).ToList();
            // The ticks are whole milliseconds, some of them ten at once.
            Assert.All(order.Zip(order.Skip(1)), pair => Assert.InRange(pair.Second.Began - pair.First.Ended, 10, 60_000));
        }

        Assert.Equal(45, passed.Count);
    }

    [Fact]
    public async Task A_gate_whose_holder_died_opens_by_itself_and_no_late_word_of_it_counts()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        var (a, b) = ((await books.OpenAsync("a")).SharedGates!, (await books.OpenAsync("b")).SharedGates!);
        var dead = await a.ShutAsync("a:1", 50, Token);
        Assert.NotEqual(0, dead.Mark);
        Assert.Equal(0, (await b.ShutAsync("a:1", 60_000, Token)).Mark);
        var next = await PassAsync(b, "a:1");
        await a.OpenAsync("a:1", dead.Mark, 0, Token);
        Assert.InRange((await a.ShutAsync("a:1", 60_000, Token)).WaitMs, 1_000, 60_001);
        await b.OpenAsync("a:1", next.Mark, 0, Token);
        _ = await PassAsync(a, "a:1");
    }

    [Fact]
    public async Task A_sink_is_one_nodes_until_it_leaves_it_or_its_time_runs_out()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = new Books(test);
        _ = await books.OpenAsync();
        await using var pages = await books.PagesAsync();
        var lease = TimeSpan.FromMinutes(5);
        Assert.Equal(new SinkPlace(true, 0), await pages.TakeSinkAsync("search", "a", lease, Token));
        Assert.True(await pages.AdvanceAsync("search", "a", 5, lease, Token));
        Assert.Equal(new SinkPlace(false, 5), await pages.TakeSinkAsync("search", "b", lease, Token));
        Assert.Equal(new SinkPlace(true, 0), await pages.TakeSinkAsync("webhooks", "b", lease, Token));
        Assert.False(await pages.AdvanceAsync("search", "b", 9, lease, Token));
        await pages.LeaveSinkAsync("search", "b", Token);
        Assert.Equal(new SinkPlace(true, 5), await pages.TakeSinkAsync("search", "a", TimeSpan.Zero, Token));
        Assert.Equal(new SinkPlace(true, 5), await pages.TakeSinkAsync("search", "b", lease, Token));
        // Late by a lease: what it brought comes again from b, and its word is not taken.
        Assert.False(await pages.AdvanceAsync("search", "a", 9, lease, Token));
        await pages.LeaveSinkAsync("search", "b", Token);
        Assert.Equal(new SinkPlace(true, 5), await pages.TakeSinkAsync("search", "a", lease, Token));
    }

    [Fact]
    public async Task A_deleted_crawl_is_pruned_in_slices_and_no_other()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var kept = new Books(test, crawl: 8);
        await using var books = new Books(test);
        foreach (var one in new[] { kept, books })
        {
            await one.OpenAsync();
            await one.Host(1).Url(1, 1).Url(1, 2).Url(1, 3).CommitAsync();
            one.Batch.Gates["d:x"] = 1;
            one.Batch.Counts["pages"] = 1;
            await one.Page(Books.Visit(1, 1) with { Text = [1] }).CommitAsync();
            await one.Frontier.DisposeAsync();
        }

        var crawls = test.Store<ICrawlStore>();
        var settings = new CrawlSettings { Seeds = ["https://h1.example/"] };
        await test.WriteAsync(tx =>
        {
            crawls.Create(tx, new Crawl(new(7), null, settings, CrawlState.Stopped, null, tx.Now, null, null, new Dictionary<string, long>()));
            return crawls.Delete(tx, new(7));
        });
        var pruning = test.Services.GetServices<IRetention>().OfType<CrawlPruning>().Single();
        Assert.Equal(2, await test.WriteAsync(tx => pruning.Prune(tx, tx.Now, 2)));
        while (await test.WriteAsync(tx => pruning.Prune(tx, tx.Now, 2)) == 2)
        {
        }

        var source = test.Store<PostgresDatabase>().Source;
        await using var tables = source.CreateCommand("SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) WHERE c.column_name = 'crawl_id' AND c.table_schema = 'public'");
        var left = 0L;
        foreach (var table in await CrawlRows.AllAsync(tables, row => row.GetString(0), Token))
        {
            await using var count = source.CreateCommand($"SELECT count(*) FROM {table} WHERE crawl_id = 7");
            left += (long)(await count.ExecuteScalarAsync(Token))!;
        }

        Assert.Equal(0, left);
        Assert.Equal([2, 3], await kept.QueueAsync(1));
    }

    [Fact]
    public async Task Statements_walk_indexes_even_while_tables_are_young()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var connection = await test.Store<PostgresDatabase>().Keyed.OpenConnectionAsync(Token);
        var queue = await ExplainAsync(connection, CrawlRows.QueueSql, 7L, 1L, 64L);
        Assert.DoesNotContain("Seq Scan", queue, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", queue, StringComparison.Ordinal);
        var log = await ExplainAsync(connection, $"SELECT log FROM crawl_page WHERE crawl_id = $1 AND log > $2 AND log < {PageLog.Complete} ORDER BY log LIMIT $3", 7L, 1L, 64L);
        Assert.Contains("Index Only Scan using crawl_page_pkey", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", log, StringComparison.Ordinal);
    }

    private static async Task<GateAnswer> PassAsync(ISharedGates gates, string gate)
    {
        while (true)
        {
            var answer = await gates.ShutAsync(gate, 60_000, Token);
            if (answer.Mark != 0)
            {
                return answer;
            }

            Assert.InRange(answer.WaitMs, 1, 60_001);
            await Task.Delay((int)Math.Min(answer.WaitMs, 5), Token);
        }
    }

    private static async Task<string> ExplainAsync(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        await using var explain = new NpgsqlCommand("EXPLAIN " + sql, connection).With(parameters);
        return string.Join('\n', await CrawlRows.AllAsync(explain, row => row.GetString(0), Token));
    }

    private static Task<int> ExpireAsync(TestDatabase test, string node) =>
        test.WriteAsync(tx => PostgresTx.Of(tx).Run("UPDATE crawl_node SET until = '-infinity' WHERE node = $1", node));

    private static async Task MeasureAsync(Books books, IFrontierStore node, params int[] times)
    {
        foreach (var (index, ms) in times.Index())
        {
            books.Batch.Clocks.Add(new(index + 1, 0, null, 0, 0, null, ms, null));
            books.Batch.Released.Add(index + 1);
        }

        await books.CommitAsync(node);
    }

    private static async Task<IReadOnlyList<long>> LeaseAsync(IFrontierStore node, string? region = null, int max = 9) =>
        [.. (await node.LeaseAsync(max, region, 0, Token)).Select(leased => leased.Host.Id)];
}
