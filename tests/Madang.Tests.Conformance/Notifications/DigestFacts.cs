using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Notifications.Digests;
using Madang.Notifications.Planning;
using Madang.Storage;
using Madang.Tests.Conformance.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>Digests: each item once in one of them, whatever is repeated, crashes or meets.</summary>
public abstract class DigestFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_within_the_window_goes_out_as_one_and_what_comes_after_opens_another()
    {
        await using var world = await WorldAsync();
        var mina = await PersonAsync(world, "mina");
        await AddAsync(world, mina, 1);
        world.Database.Time.Advance(TimeSpan.FromMinutes(9));
        await AddAsync(world, mina, 2);
        Assert.Equal(0, (await TurnAsync(world)).Ended);
        world.Database.Time.Advance(TimeSpan.FromMinutes(1));
        var turn = await TurnAsync(world);
        Assert.Equal((1, null), (turn.Ended, turn.Next));
        await AddAsync(world, mina, 3);

        var first = await OfAsync(world, 1, mina);
        Assert.Equal((DigestState.Sent, 2), (first.State, first.Items));
        Assert.Equal([1, 2], (await Book(world).ItemsAsync(first.Id, DeliveryChannel.Email, Token)).Select(id => id.Value));
        var delivery = Assert.Single(await SentAsync(world, first));
        Assert.Equal((first.Id, "mail", DeliveryState.Waiting), (delivery.DigestId, delivery.Provider, delivery.State));
        Assert.Equal(DigestState.Open, (await OfAsync(world, 3, mina)).State);
    }

    [Fact]
    public async Task Gathering_and_closing_again_change_nothing()
    {
        await using var world = await WorldAsync();
        var mina = await PersonAsync(world, "mina");
        await AddAsync(world, mina, 1);
        await AddAsync(world, mina, 1);
        Assert.Equal(1, (await OfAsync(world, 1, mina)).Items);
        world.Database.Time.Advance(s_window);
        Assert.Equal(1, (await TurnAsync(world)).Ended);
        await AddAsync(world, mina, 1);
        world.Database.Time.Advance(s_window);
        Assert.Equal(0, (await TurnAsync(world)).Ended);
        Assert.Single(await SentAsync(world, await OfAsync(world, 1, mina)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_repeated_or_breaks_in_whatever_order_each_item_goes_out_once(int seed)
    {
        await using var world = await WorldAsync();
        var random = new Random(seed);
        var people = new List<UserId>();
        for (var i = 0; i < 3; i++)
        {
            people.Add(await PersonAsync(world, $"person-{i}"));
        }

        for (var step = 0; step < 120; step++)
        {
            var breaks = random.Next(3) == 0;
            switch (random.Next(4))
            {
                case 0:
                    await AttemptAsync(world, breaks, tx => Do(() => world.Database.Store<DigestTurns>().Run(tx)));
                    break;
                case 1:
                    world.Database.Time.Advance(TimeSpan.FromMinutes(random.Next(8)));
                    break;
                default:
                    var (user, item) = (people[random.Next(people.Count)], random.Next(1, 40));
                    await AttemptAsync(world, breaks, tx => Do(() => Book(world).Add(tx, new(item), user, Entry(tx))));
                    break;
            }
        }

        // Every step once more, unbroken: whoever planned and was never sure plans again.
        foreach (var user in people)
        {
            for (var item = 1; item < 40; item++)
            {
                await AddAsync(world, user, item);
            }
        }

        world.Database.Time.Advance(s_window);
        while ((await TurnAsync(world)).Ended > 0)
        {
        }

        foreach (var user in people)
        {
            var digests = new HashSet<long>();
            for (var item = 1; item < 40; item++)
            {
                var digest = await OfAsync(world, item, user);
                Assert.Equal(DigestState.Sent, digest.State);
                digests.Add(digest.Id);
            }

            var items = new List<long>();
            foreach (var digest in digests)
            {
                var sent = Assert.Single(await world.Database.Store<Deliveries>().OfAsync(new(digest), user, default, 10, Token));
                items.AddRange((await Book(world).ItemsAsync(sent.Delivery.DigestId, DeliveryChannel.Email, Token)).Select(id => id.Value));
            }

            Assert.Equal(Enumerable.Range(1, 39).Select(item => (long)item), items.Order());
        }
    }

    [Fact]
    public async Task Two_who_gather_or_close_at_the_same_time_open_one_and_send_it_once()
    {
        await using var world = await WorldAsync();
        var mina = await PersonAsync(world, "mina");
        await Task.WhenAll(Enumerable.Range(1, 20).Select(item => AddAsync(world, mina, item)));
        var digest = await OfAsync(world, 1, mina);
        Assert.Equal(20, digest.Items);
        Assert.Equal(20, (await Book(world).ItemsAsync(digest.Id, DeliveryChannel.Email, Token)).Count);
        world.Database.Time.Advance(s_window);
        var turns = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TurnAsync(world)));
        Assert.Equal(1, turns.Sum(turn => turn.Ended));
        Assert.Single(await SentAsync(world, digest));
    }

    [Fact]
    public async Task The_closing_wakes_by_its_timer_for_what_was_open_before_it_began_and_for_what_opens_after()
    {
        await using var world = await WorldAsync();
        var (mina, jun) = (await PersonAsync(world, "mina"), await PersonAsync(world, "jun"));
        await AddAsync(world, mina, 1);
        var timers = world.Database.Time.Timers;
        await using var service = new Closing(world.Database.Store<DigestClosing>());
        await UntilAsync(() => Task.FromResult(world.Database.Time.Timers > timers));
        world.Database.Time.Advance(s_window);
        await UntilAsync(async () => (await OfAsync(world, 1, mina)).State == DigestState.Sent);
        await AddAsync(world, jun, 2);
        await UntilAsync(async () =>
        {
            world.Database.Time.Advance(TimeSpan.FromMinutes(1));
            return (await OfAsync(world, 2, jun)).State == DigestState.Sent;
        });
    }

    [Fact]
    public async Task A_full_digest_closes_at_once()
    {
        await using var world = await WorldAsync(maxItems: 3);
        var mina = await PersonAsync(world, "mina");
        for (var item = 1; item <= 3; item++)
        {
            Assert.Equal(0, (await TurnAsync(world)).Ended);
            await AddAsync(world, mina, item);
        }

        Assert.Equal(1, (await TurnAsync(world)).Ended);
    }

    [Fact]
    public async Task A_canceled_item_is_taken_out_and_an_empty_digest_is_not_sent()
    {
        await using var world = await WorldAsync();
        var (mina, jun) = (await PersonAsync(world, "mina"), await PersonAsync(world, "jun"));
        await AddAsync(world, mina, 1);
        await AddAsync(world, jun, 1);
        await AddAsync(world, jun, 2);
        var (empty, rest) = (await OfAsync(world, 1, mina), await OfAsync(world, 2, jun));
        Assert.Equal(1, await world.WriteAsync(tx => Book(world).Remove(tx, new(1), 1)));
        Assert.Equal(1, await world.WriteAsync(tx => Book(world).Remove(tx, new(1))));
        Assert.Equal(0, await world.WriteAsync(tx => Book(world).Remove(tx, new(1))));
        world.Database.Time.Advance(s_window);
        await TurnAsync(world);
        Assert.Empty(await SentAsync(world, empty));
        Assert.Single(await SentAsync(world, rest));
        Assert.Equal([2], (await Book(world).ItemsAsync(rest.Id, DeliveryChannel.Email, Token)).Select(id => id.Value));
    }

    [Fact]
    public async Task It_waits_for_a_limit_and_goes_on_gathering()
    {
        await using var world = await WorldAsync();
        var mina = await PersonAsync(world, "mina");
        var book = world.Database.Store<CategoryBook>();
        await book.PutAsync(book.Find("news")! with { PerHour = 1 }, Token);
        await AddAsync(world, mina, 1);
        world.Database.Time.Advance(s_window);
        await TurnAsync(world);
        await AddAsync(world, mina, 2);
        world.Database.Time.Advance(s_window);
        Assert.Equal(1, (await TurnAsync(world)).Ended);
        Assert.Equal(DigestState.Open, (await OfAsync(world, 2, mina)).State);
        await AddAsync(world, mina, 3);
        world.Database.Time.Advance(TimeSpan.FromMinutes(65));
        await TurnAsync(world);
        var later = await OfAsync(world, 2, mina);
        Assert.Equal((DigestState.Sent, 2), (later.State, later.Items));
    }

    [Fact]
    public async Task Old_digests_go_with_their_items_and_open_ones_stay()
    {
        await using var world = await WorldAsync();
        var mina = await PersonAsync(world, "mina");
        for (var item = 1; item <= 5; item++)
        {
            await AddAsync(world, mina, item);
        }

        world.Database.Time.Advance(s_window);
        await TurnAsync(world);
        world.Database.Time.Advance(TimeSpan.FromDays(31));
        await AddAsync(world, mina, 6);
        var retention = world.Database.Services.GetServices<Madang.Jobs.IRetention>().Single(one => one.Name == "digests");
        var pruned = 0;
        for (var last = 2; last == 2; pruned += last)
        {
            last = await world.WriteAsync(tx => retention.Prune(tx, tx.Now, 2));
        }

        Assert.Equal(6, pruned);
        Assert.Null(await Book(world).OfAsync(new(1), mina, Token));
        Assert.NotNull(await Book(world).OfAsync(new(6), mina, Token));
    }

    /// <summary>Waits on what another task does, at most ten seconds.</summary>
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        while (!await holds())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private sealed class Closing : IAsyncDisposable
    {
        private readonly DigestClosing _service;

        public Closing(DigestClosing service)
        {
            _service = service;
            _ = service.StartAsync(Token);
        }

        public async ValueTask DisposeAsync() => await _service.StopAsync(CancellationToken.None);
    }

    private static DigestBook Book(AccountsWorld world) => world.Database.Store<DigestBook>();

    private static DigestEntry Entry(WriteTx tx) => new("news", "", ChannelSet.Of([DeliveryChannel.Email]), tx.Now + s_window);

    private static Task<bool> AddAsync(AccountsWorld world, UserId user, long item) => world.WriteAsync(tx => Do(() => Book(world).Add(tx, new(item), user, Entry(tx))));

    private static Task<DigestTurnResult> TurnAsync(AccountsWorld world) => world.WriteAsync(world.Database.Store<DigestTurns>().Run);

    private static async Task<Digest> OfAsync(AccountsWorld world, long item, UserId user) => (await Book(world).OfAsync(new(item), user, Token))!;

    private static async Task<IReadOnlyList<Delivery>> SentAsync(AccountsWorld world, Digest digest) =>
        [.. (await world.Database.Store<Deliveries>().OfAsync(digest.Notification, digest.User, default, 10, Token)).Select(view => view.Delivery)];

    /// <summary>The step, or the step that breaks after all it wrote.</summary>
    private static async Task AttemptAsync(AccountsWorld world, bool breaks, Func<WriteTx, bool> step)
    {
        if (!breaks)
        {
            await world.WriteAsync(step);
            return;
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => world.WriteAsync<bool>(tx =>
        {
            step(tx);
            throw new InvalidOperationException("Broken on purpose.");
        }));
    }

    private static bool Do(Action work)
    {
        work();
        return true;
    }

    private static async Task<UserId> PersonAsync(AccountsWorld world, string name)
    {
        var user = await world.AddAsync(name);
        await world.WriteAsync(tx => world.Database.Store<AddressBook>().Set(tx, user.Id, AddressKind.Email, $"{name}@example.org"));
        return user.Id;
    }

    private async Task<AccountsWorld> WorldAsync(int maxItems = 100)
    {
        var world = new AccountsWorld(await fresh(builder =>
        {
            AccountsWorld.Configure(builder);
            builder.Services.AddSingleton<IDeliveryRoutes>(new FixedRoutes());
            builder.Services.AddSingleton<DigestClosing>();
            builder.Services.Configure<NotificationsOptions>(options => options.DigestMaxItems = maxItems);
        }));
        await world.Database.Store<CategoryBook>().PutAsync(
            new Category
            {
                Name = "news",
                Titles = new Dictionary<string, string> { ["en"] = "News" },
                Channels = [DeliveryChannel.Email],
                DigestWindow = s_window,
            },
            Token);
        return world;
    }

    /// <summary>One provider of mail and nothing else.</summary>
    private sealed class FixedRoutes : IDeliveryRoutes
    {
        public string? For(DeliveryChannel channel, string addressKind, string scope) => channel == DeliveryChannel.Email ? "mail" : null;
    }
}

public sealed class SqliteDigests() : DigestFacts(TestDatabase.SqliteAsync);

public sealed class PostgresDigests() : DigestFacts(TestDatabase.PostgresAsync);
