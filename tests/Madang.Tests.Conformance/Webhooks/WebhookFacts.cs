using System.Text.Json.Nodes;
using Madang.Jobs;
using Madang.Jobs.Running;
using Madang.Outbound;
using Madang.Webhooks;
using Madang.Webhooks.Sending;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Webhooks;

/// <summary>Events on their way to real sockets, on a real database and a clock that the test moves.</summary>
public abstract class WebhookFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static readonly byte[] s_ok = RawSite.Whole("thanks"u8.ToArray());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_reaches_every_endpoint_that_wants_it_once_and_signed()
    {
        await using var test = await FreshAsync();
        await using var all = new RawSite(s_ok);
        await using var crawls = new RawSite(s_ok);
        await using var other = new RawSite(s_ok);
        var endpoint = await AddAsync(test, all.Url + "hook?x=%2F");
        await AddAsync(test, crawls.Url, "crawl.page.*");
        await AddAsync(test, other.Url, "crawl.finished");
        await PublishAsync(test, EventTypes.PageNew, """{"pages":[{"url":"https://example.org/마당"}]}""");
        await SettleAsync(test);

        Assert.Single(all.Requests);
        Assert.Single(crawls.Requests);
        Assert.Empty(other.Requests);
        var request = all.Requests.Single();
        Assert.StartsWith("POST /hook?x=%2F HTTP/1.1\r\n", request, StringComparison.Ordinal);
        var body = System.Text.Encoding.Latin1.GetBytes(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.Equal("https://example.org/마당", (string?)JsonNode.Parse(body)!["data"]!["pages"]![0]!["url"]);
        Assert.Equal(EventTypes.PageNew, (string?)JsonNode.Parse(body)!["type"]);
        Assert.Equal(endpoint.Secret.Sign(Header(request, "webhook-id"), test.Time.GetUtcNow(), body), Header(request, "webhook-signature"));

        var delivery = Assert.Single(await DeliveriesAsync(test, endpoint.Id));
        Assert.Equal((DeliveryState.Delivered, 1, 200), (delivery.State, delivery.Attempts, delivery.LastStatus));
        var attempt = Assert.Single(await test.Store<IDeliveryStore>().AttemptsAsync(delivery.Id, 10, Token));
        Assert.Equal("thanks", attempt.Excerpt);
    }

    [Fact]
    public async Task An_event_of_a_transaction_that_fails_never_happened()
    {
        await using var test = await FreshAsync();
        await using var site = new RawSite(s_ok);
        var endpoint = await AddAsync(test, site.Url);
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.WriteAsync<int>(tx =>
        {
            test.Store<WebhookEvents>().Publish(tx, "crawl.started", "{}");
            throw new InvalidOperationException();
        }));
        await SettleAsync(test);
        Assert.Empty(site.Requests);
        Assert.Empty(await DeliveriesAsync(test, endpoint.Id));
    }

    [Fact]
    public async Task What_fails_is_tried_again_with_the_same_id_until_it_arrives()
    {
        await using var test = await FreshAsync();
        var answers = 0;
        await using var site = new RawSite((_, line, _) => line.WriteAsync(
            Interlocked.Increment(ref answers) switch
            {
                1 => "HTTP/1.1 500 Broken\r\nContent-Length: 4\r\n\r\noops"u8.ToArray(),
                2 => "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
                3 => "HTTP/1.1 503 Wait\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
                _ => s_ok,
            }).AsTask());
        var endpoint = await AddAsync(test, site.Url);
        await PublishAsync(test, "crawl.finished", """{"n":1}""");
        await SettleAsync(test);
        Assert.NotNull((await test.Store<IEndpointStore>().FindAsync(endpoint.Id, Token))!.FailingSince);
        await LaterAsync(test, TimeSpan.FromMinutes(1));
        await LaterAsync(test, TimeSpan.FromMinutes(1));
        Assert.Equal(3, answers);
        await LaterAsync(test, TimeSpan.FromMinutes(119));
        Assert.Equal(3, answers);
        await LaterAsync(test, TimeSpan.FromMinutes(2));

        Assert.Equal(4, answers);
        Assert.Single(site.Requests.Select(request => Header(request, "webhook-id")).Distinct());
        Assert.Equal(4, site.Requests.Select(request => Header(request, "webhook-timestamp")).Distinct().Count());
        var delivery = Assert.Single(await DeliveriesAsync(test, endpoint.Id));
        Assert.Equal((DeliveryState.Delivered, 4), (delivery.State, delivery.Attempts));
        Assert.Equal([200, 503, 302, 500], (await test.Store<IDeliveryStore>().AttemptsAsync(delivery.Id, 10, Token)).Select(attempt => attempt.Status ?? 0));
        Assert.Null((await test.Store<IEndpointStore>().FindAsync(endpoint.Id, Token))!.FailingSince);
    }

    [Fact]
    public async Task What_fails_for_good_can_be_sent_again_alone_or_all_since_a_moment()
    {
        await using var test = await FreshAsync(options => options.MaxAttempts = 1);
        var isUp = false;
        await using var site = new RawSite((_, line, _) => line.WriteAsync(isUp ? s_ok : "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"u8.ToArray()).AsTask());
        var endpoint = await AddAsync(test, site.Url);
        await PublishAsync(test, "crawl.started", "{}");
        await SettleAsync(test);
        test.Time.Advance(TimeSpan.FromHours(1));
        var since = test.Time.GetUtcNow();
        for (var i = 0; i < 30; i++)
        {
            await PublishAsync(test, "crawl.finished", "{}");
        }

        await DrainAsync(test, endpoint.Id);
        Assert.All(await DeliveriesAsync(test, endpoint.Id), delivery => Assert.Equal(DeliveryState.Failed, delivery.State));

        isUp = true;
        var verbs = test.Store<EndpointVerbs>();
        var again = await verbs.ResendAsync(endpoint.Id, since, Token);
        Assert.Equal((30, false), again.Value);
        Assert.Equal("webhook_waiting", (await verbs.ResendAsync(endpoint.Id, (await DeliveriesAsync(test, endpoint.Id))[0].Id, Token)).Error?.Code);
        await DrainAsync(test, endpoint.Id);
        var deliveries = await DeliveriesAsync(test, endpoint.Id);
        Assert.Equal(30, deliveries.Count(delivery => delivery.State == DeliveryState.Delivered));
        var first = deliveries[^1];
        Assert.Equal(DeliveryState.Failed, first.State);
        Assert.True((await verbs.ResendAsync(endpoint.Id, first.Id, Token)).IsOk);
        await SettleAsync(test);
        Assert.Equal((DeliveryState.Delivered, 2), (await DeliveriesAsync(test, endpoint.Id))[^1] is var last ? (last.State, last.Attempts) : default);
        Assert.Equal(2, site.Requests.Count(request => Header(request, "webhook-id") == "msg_" + first.Event));
        Assert.Equal("not_found", (await verbs.ResendAsync(new EndpointId(1), first.Id, Token)).Error?.Code);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_switched_off_at_once()
    {
        await using var test = await FreshAsync();
        await using var site = new RawSite("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n");
        var endpoint = await AddAsync(test, site.Url);
        await PublishAsync(test, "crawl.started", "{}");
        await SettleAsync(test);
        await LaterAsync(test, TimeSpan.FromDays(1));
        await PublishAsync(test, "crawl.started", "{}");
        await SettleAsync(test);
        Assert.Single(site.Requests);
        Assert.Equal(DisabledReason.Gone, (await test.Store<IEndpointStore>().FindAsync(endpoint.Id, Token))!.Disabled);
        Assert.Equal(DeliveryState.Failed, Assert.Single(await DeliveriesAsync(test, endpoint.Id)).State);
        Assert.Equal("webhook_disabled", (await test.Store<EndpointVerbs>().TestAsync(endpoint.Id, Token)).Error?.Code);
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_days_is_switched_off_and_what_waits_for_it_ends()
    {
        await using var test = await FreshAsync(options => options.DisableAfterDays = 2);
        await using var site = new RawSite("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
        var endpoint = await AddAsync(test, site.Url);
        for (var hours = 0; hours < 54; hours += 6)
        {
            await PublishAsync(test, "crawl.started", "{}");
            await LaterAsync(test, TimeSpan.FromHours(6));
        }

        var after = (await test.Store<IEndpointStore>().FindAsync(endpoint.Id, Token))!;
        Assert.Equal(DisabledReason.Failing, after.Disabled);
        await LaterAsync(test, TimeSpan.FromHours(7));
        var asked = site.Requests.Count;
        await LaterAsync(test, TimeSpan.FromDays(2));
        Assert.Equal(asked, site.Requests.Count);
        Assert.DoesNotContain(await DeliveriesAsync(test, endpoint.Id), delivery => delivery.State == DeliveryState.Waiting);

        var on = await test.Store<EndpointVerbs>().ChangeAsync(endpoint.Id, new EndpointDraft(null, null, null, true), Token);
        Assert.Equal((null, null), (on.Value.Disabled, on.Value.FailingSince));
    }

    [Fact]
    public async Task A_slow_endpoint_holds_up_no_other()
    {
        await using var test = await FreshAsync();
        var taken = new SemaphoreSlim(0);
        await using var slow = new RawSite((_, _, _) => Task.FromResult(taken.Release()));
        await using var quick = new RawSite(s_ok);
        await AddAsync(test, slow.Url, "slow");
        var other = await AddAsync(test, quick.Url, "quick");
        for (var i = 0; i < 80; i++)
        {
            await PublishAsync(test, "slow", "{}");
        }

        var runner = test.Store<JobRunner>();
        await runner.TurnAsync(claims: true, Token);
        for (var i = 0; i < 4; i++)
        {
            await taken.WaitAsync(Token);
        }

        for (var i = 0; i < 10; i++)
        {
            await PublishAsync(test, "quick", "{}");
            while ((await DeliveriesAsync(test, other.Id)).Any(delivery => delivery.State != DeliveryState.Delivered))
            {
                await runner.TurnAsync(claims: true, Token);
                await runner.WokenAsync(Token);
            }
        }

        Assert.Equal(4, slow.Requests.Count);
        Assert.Equal(10, quick.Requests.Count);
    }

    [Fact]
    public async Task An_endpoint_inside_the_house_is_never_reached()
    {
        await using var test = await FreshAsync();
        await using var canary = new RawSite(s_ok);
        var endpoint = await AddAsync(test, $"http://127.0.0.2:{canary.Port}/");
        await PublishAsync(test, "crawl.started", "{}");
        await SettleAsync(test);
        Assert.Equal("address_refused", Assert.Single(await DeliveriesAsync(test, endpoint.Id)).LastFault);
        Assert.Equal(0, canary.Connections);
    }

    [Fact]
    public async Task Both_secrets_sign_while_they_overlap()
    {
        await using var test = await FreshAsync();
        await using var site = new RawSite(s_ok);
        var endpoint = await AddAsync(test, site.Url);
        var rotated = (await test.Store<EndpointVerbs>().RotateAsync(endpoint.Id, TimeSpan.FromHours(1), Token)).Value;
        Assert.NotEqual(endpoint.Secret, rotated.Secret);
        await PublishAsync(test, "crawl.started", "{}");
        await SettleAsync(test);
        await LaterAsync(test, TimeSpan.FromHours(1));
        await PublishAsync(test, "crawl.started", "{}");
        await SettleAsync(test);

        var requests = site.Requests.ToArray();
        Assert.Equal(2, Header(requests[0], "webhook-signature").Split(' ').Length);
        Assert.Single(Header(requests[1], "webhook-signature").Split(' '));
    }

    [Fact]
    public async Task The_number_of_endpoints_is_bounded_and_they_are_listed_to_the_end()
    {
        await using var test = await FreshAsync(options => options.MaxEndpoints = 5);
        var made = new List<EndpointId>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await AddAsync(test, $"https://example.org/{i}", "a.b", "c.*")).Id);
        }

        var refused = await test.Store<EndpointVerbs>().CreateAsync(new EndpointDraft("https://example.org/", null, null, null), Token);
        Assert.Equal("webhook_limit", refused.Error?.Code);
        var store = test.Store<IEndpointStore>();
        Assert.Equal(made[..3], (await store.ListAsync(null, 3, Token)).Select(endpoint => endpoint.Id));
        Assert.Equal(made[3..], (await store.ListAsync(made[2], 3, Token)).Select(endpoint => endpoint.Id));
        Assert.Equal(["a.b", "c.*"], (await store.FindAsync(made[0], Token))!.Types);
        Assert.True(await test.Store<EndpointVerbs>().DeleteAsync(made[0], Token));
        Assert.False(await test.Store<EndpointVerbs>().DeleteAsync(made[0], Token));
        Assert.Null(await store.FindAsync(made[0], Token));
    }

    [Fact]
    public async Task Deliveries_are_listed_newest_first_by_state_and_forgotten_in_time()
    {
        await using var test = await FreshAsync(options => (options.MaxAttempts, options.KeepDays) = (1, 10));
        var answers = 0;
        await using var site = new RawSite((_, line, _) => line.WriteAsync(
            Interlocked.Increment(ref answers) % 2 == 0 ? s_ok : "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"u8.ToArray()).AsTask());
        var endpoint = await AddAsync(test, site.Url);
        for (var i = 0; i < 6; i++)
        {
            await PublishAsync(test, "crawl.started", "{}");
            await SettleAsync(test);
            test.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var store = test.Store<IDeliveryStore>();
        var all = await store.ListAsync(endpoint.Id, null, null, 10, Token);
        Assert.Equal(all.OrderByDescending(delivery => delivery.Id.Value), all);
        Assert.Equal(3, (await store.ListAsync(endpoint.Id, DeliveryState.Failed, null, 10, Token)).Count);
        Assert.Equal(all.Skip(2).Take(2), await store.ListAsync(endpoint.Id, null, all[1].Id, 2, Token));

        Assert.Equal(0, await test.WriteAsync(tx => Retention(test).Prune(tx, tx.Now, 50)));
        test.Time.Advance(TimeSpan.FromDays(11));
        await PublishAsync(test, "crawl.started", "{}");
        Assert.Equal(4, await test.WriteAsync(tx => Retention(test).Prune(tx, tx.Now, 4)));
        Assert.Equal(4, await test.WriteAsync(tx => Retention(test).Prune(tx, tx.Now, 4)));
        Assert.Equal(4, await test.WriteAsync(tx => Retention(test).Prune(tx, tx.Now, 4)));
        Assert.Equal(0, await test.WriteAsync(tx => Retention(test).Prune(tx, tx.Now, 4)));
        Assert.Equal(DeliveryState.Waiting, Assert.Single(await DeliveriesAsync(test, endpoint.Id)).State);
        Assert.Empty(await store.AttemptsAsync(all[0].Id, 10, Token));
        Assert.Null(await store.FindAsync(all[0].Id, Token));
    }

    private Task<TestDatabase> FreshAsync(Action<WebhooksOptions>? configure = null) => fresh(builder =>
    {
        builder.Services.Configure<OutboundOptions>(options => options.Allow = "127.0.0.1");
        builder.Services.Configure(configure ?? (_ => { }));
    });

    private static IRetention Retention(TestDatabase test) => test.Services.GetServices<IRetention>().OfType<DeliveryRetention>().Single();

    private static async Task<WebhookEndpoint> AddAsync(TestDatabase test, string url, params string[] types)
    {
        var added = await test.Store<EndpointVerbs>().CreateAsync(new EndpointDraft(url, "of a test", types, null), Token);
        return added.IsOk ? added.Value : throw new InvalidOperationException(added.Error.Code);
    }

    private static Task PublishAsync(TestDatabase test, string type, string data) => test.WriteAsync(tx =>
    {
        test.Store<WebhookEvents>().Publish(tx, type, data);
        return 0;
    });

    private static async Task LaterAsync(TestDatabase test, TimeSpan time)
    {
        test.Time.Advance(time);
        await SettleAsync(test);
    }

    /// <summary>Until nothing waits: who found no place comes back soon.</summary>
    private static async Task DrainAsync(TestDatabase test, EndpointId endpoint)
    {
        await SettleAsync(test);
        while ((await DeliveriesAsync(test, endpoint)).Any(delivery => delivery.State == DeliveryState.Waiting))
        {
            await LaterAsync(test, TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Until nothing is due and nothing runs.</summary>
    private static async Task SettleAsync(TestDatabase test)
    {
        var runner = test.Store<JobRunner>();
        while (true)
        {
            await runner.TurnAsync(claims: true, Token);
            var jobs = await test.Store<IJobArchive>().ListAsync("webhooks", JobState.Running, null, 100, Token);
            var due = (await test.Store<IJobArchive>().ListAsync("webhooks", JobState.Waiting, null, 100, Token)).Where(job => job.RunAt <= test.Time.GetUtcNow());
            if (jobs.Count == 0 && !due.Any())
            {
                return;
            }

            if (jobs.Count > 0)
            {
                await runner.WokenAsync(Token);
            }
        }
    }

    private static async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(TestDatabase test, EndpointId endpoint) =>
        await test.Store<IDeliveryStore>().ListAsync(endpoint, null, null, 100, Token);

    private static string Header(string request, string name)
    {
        var start = request.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase) + name.Length + 4;
        return request[start..request.IndexOf('\r', start)];
    }
}

public sealed class SqliteWebhookFacts() : WebhookFacts(TestDatabase.SqliteAsync);

public sealed class PostgresWebhookFacts() : WebhookFacts(TestDatabase.PostgresAsync);
