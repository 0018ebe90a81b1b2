using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Realtime;
using Madang.Realtime.Delivery;
using Madang.Tests.Conformance.Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>A room message to a member who acknowledges nothing becomes a notification; the clock is the test's.</summary>
public abstract class UnackedFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> open)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_nobody_acknowledged_within_five_seconds_is_told_once_a_room()
    {
        await using var community = await OpenAsync();
        var test = community.Test;
        var people = await community.PeopleAsync(2);
        var (kim, lee) = (people[0], people[1]);
        var room = await community.DirectAsync(kim, lee);
        var watch = test.Store<UnackedWatch>();
        await community.PostAsync(kim, room.Id, "안녕");
        await community.PostAsync(kim, room.Id, "거기 있어?");
        await PassAsync(test, watch, TimeSpan.FromSeconds(4.9));
        Assert.Empty(await ToldAsync(test, lee));

        await PassAsync(test, watch, TimeSpan.FromSeconds(0.2));
        var told = Assert.Single(await ToldAsync(test, lee));
        Assert.Equal(("message", $"room-{room.Id}", NotificationState.Planned), (told.Category, told.CollapseKey, told.State));
        Assert.Contains("거기 있어?", told.Content, StringComparison.Ordinal);
        Assert.Contains($"/rooms/{room.Id}\"", told.Content, StringComparison.Ordinal);
        Assert.Contains("\"unread\":2", told.Data, StringComparison.Ordinal);
        Assert.Empty(await ToldAsync(test, kim));

        // Handed over once: neither time nor a restart says it again.
        await PassAsync(test, watch, TimeSpan.FromMinutes(1));
        await RestartAsync(test);
        Assert.Single(await ToldAsync(test, lee));

        await community.PostAsync(kim, room.Id, "셋");
        await PassAsync(test, watch, TimeSpan.FromSeconds(6));
        Assert.Equal(2, (await ToldAsync(test, lee)).Count);
    }

    [Fact]
    public async Task What_a_device_acknowledged_or_somebody_read_or_muted_is_not_told()
    {
        await using var community = await OpenAsync();
        var test = community.Test;
        var people = await community.PeopleAsync(3);
        var (kim, lee, park) = (people[0], people[1], people[2]);
        var room = await community.GroupAsync(kim, lee, park);
        var watch = test.Store<UnackedWatch>();
        await PassAsync(test, watch, TimeSpan.FromSeconds(6));
        await community.PostAsync(kim, room.Id, "모두에게");
        var inboxes = test.Store<IInboxStore>();
        var head = (await inboxes.ReadAsync(lee, null, 1, Token)).Head;
        await test.WriteAsync(tx =>
        {
            inboxes.Ack(tx, [new InboxAck(lee, 5, head)]);
            return true;
        });
        Assert.True((await community.Marks.MoveAsync(park, room.Id, 1, Token)).IsOk);
        await PassAsync(test, watch, TimeSpan.FromSeconds(6));
        Assert.Empty(await ToldAsync(test, lee));
        Assert.Empty(await ToldAsync(test, park));
    }

    [Fact]
    public async Task What_was_left_by_a_process_that_died_is_told_at_the_next_start_unless_it_is_old()
    {
        await using var community = await OpenAsync();
        var test = community.Test;
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        await community.PostAsync(people[0], room.Id, "어제");
        test.Time.Advance(TimeSpan.FromHours(25));
        await test.Store<UnackedWatch>().RunAsync();
        Assert.Empty(await ToldAsync(test, people[1]));

        await community.PostAsync(people[0], room.Id, "오늘");
        await RestartAsync(test);
        Assert.Contains("오늘", Assert.Single(await ToldAsync(test, people[1])).Content, StringComparison.Ordinal);
    }

    private async Task<Community> OpenAsync() =>
        await Community.OpenAsync(() => open(builder => builder.Services.AddSingleton<IDeliveryRoutes>(new OnlyPush())));

    private static async Task PassAsync(TestDatabase test, UnackedWatch watch, TimeSpan time)
    {
        test.Time.Advance(time);
        await watch.RunAsync();
    }

    /// <summary>A watch that knows nothing, as after a crash.</summary>
    private static async Task RestartAsync(TestDatabase test)
    {
        var watch = ActivatorUtilities.CreateInstance<UnackedWatch>(test.Services);
        await ActivatorUtilities.CreateInstance<UnackedStart>(test.Services, watch).WalkAsync(Token);
        await PassAsync(test, watch, TimeSpan.FromSeconds(5));
    }

    private static async Task<IReadOnlyList<Notification>> ToldAsync(TestDatabase test, UserId user) =>
        (await test.Store<INotificationStore>().ListAsync(new(null, null, user, null, null), null, 10, Token)).Notifications;

    private sealed class OnlyPush : IDeliveryRoutes
    {
        public string? For(DeliveryChannel channel, string addressKind, string scope) => channel == DeliveryChannel.Push ? "push" : null;
    }
}

public sealed class SqliteUnacked() : UnackedFacts(TestDatabase.SqliteAsync);

public sealed class PostgresUnacked() : UnackedFacts(TestDatabase.PostgresAsync);
