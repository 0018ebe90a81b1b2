using Madang.Accounts;
using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Addresses;
using Madang.Notifications.Audiences;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Notifications.Digests;
using Madang.Notifications.Explaining;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Planning;
using Madang.Notifications.Tracking;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>The road from an accepted event to the in-app inbox, on a real database and a clock that the test moves.</summary>
public abstract class NotificationFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> open)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_accepted_is_planned_and_lies_in_the_inbox_with_its_reason()
    {
        await using var test = await FreshAsync();
        var (kim, lee) = (await PersonAsync(test, "kim"), await PersonAsync(test, "lee"));
        var accepted = await AcceptAsync(test, To(kim, lee));
        Assert.False(accepted.Value.Repeated);
        Assert.Equal(NotificationState.Accepted, accepted.Value.Notification.State);

        Assert.Equal(1, (await PlanAsync(test)).Notifications);
        Assert.Equal(0, (await PlanAsync(test)).Notifications);
        var after = await test.Store<INotificationStore>().FindAsync(accepted.Value.Notification.Id, Token);
        Assert.Equal((NotificationState.Planned, 2L), (after!.State, after.People));
        foreach (var person in new[] { kim, lee })
        {
            var item = Assert.Single(await test.Store<IInboxNotificationStore>().ListAsync(person, unreadOnly: true, null, 10, Token));
            Assert.Equal(accepted.Value.Notification.Id, item.Notification.Id);
            Assert.Equal(1, (await test.Store<IInboxNotificationStore>().BadgeAsync(person, Token)).Count);
        }

        var decisions = await test.Store<INotificationStore>().DecisionsAsync(after.Id, null, default, 10, Token);
        Assert.Equal([kim, lee], decisions.Select(decision => decision.User));
    }

    [Fact]
    public async Task An_event_id_is_accepted_once_and_another_body_under_it_is_refused()
    {
        await using var test = await FreshAsync();
        var kim = await PersonAsync(test, "kim");
        var first = await AcceptAsync(test, To(kim) with { EventId = "order-7" });
        test.Time.Advance(TimeSpan.FromDays(6.9));
        var again = await AcceptAsync(test, To(kim) with { EventId = "order-7" });
        Assert.True(again.Value.Repeated);
        Assert.Equal(first.Value.Notification.Id, again.Value.Notification.Id);
        Assert.Equal(first.Value.Notification.SendAt, again.Value.Notification.SendAt);
        Assert.Equal("idempotency_conflict", (await AcceptAsync(test, To(kim) with { EventId = "order-7", Data = """{"n":1}""" })).Error?.Code);
        Assert.False((await test.Store<Intake>().AcceptAsync(8, To(kim) with { EventId = "order-7" }, Token)).Value.Repeated);
    }

    [Fact]
    public async Task Of_many_with_the_same_event_id_at_once_one_is_accepted()
    {
        await using var test = await FreshAsync();
        var kim = await PersonAsync(test, "kim");
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AloneAsync(test, To(kim) with { EventId = $"e{i % 2}", CollapseKey = i == 39 ? "other" : null })));
        Assert.Equal(2, all.Count(one => one.IsOk && !one.Value.Repeated));
        Assert.Equal(2, all.Where(one => one.IsOk).Select(one => one.Value.Notification.Id).Distinct().Count());
        Assert.Equal(40, all.Count(one => one.IsOk) + all.Count(one => one.Error?.Code == "idempotency_conflict"));
    }

    [Fact]
    public async Task One_to_few_people_is_planned_in_the_write_that_accepts_it_and_nothing_is_left_for_the_planner()
    {
        await using var test = await FreshAsync();
        var kim = await PersonAsync(test, "kim");
        var first = await AloneAsync(test, To(kim) with { EventId = "order-7" });
        Assert.Equal(NotificationState.Planned, (await FindAsync(test, first)).State);
        Assert.Single(await test.Store<IInboxNotificationStore>().ListAsync(kim, unreadOnly: true, null, 10, Token));

        Assert.True((await AloneAsync(test, To(kim) with { EventId = "order-7" })).Value.Repeated);
        Assert.Equal(0, (await PlanAsync(test)).Notifications);
        Assert.Single(await test.Store<IInboxNotificationStore>().ListAsync(kim, unreadOnly: true, null, 10, Token));
    }

    [Fact]
    public async Task What_is_for_later_or_for_many_people_waits_for_the_planner()
    {
        await using var test = await FreshAsync();
        var people = new UserId[9];
        for (var i = 0; i < people.Length; i++)
        {
            people[i] = await PersonAsync(test, $"person-{i}");
        }

        var later = await AloneAsync(test, To(people[0]) with { SendAt = test.Time.GetUtcNow().AddHours(1) });
        var many = await AloneAsync(test, To(people));
        Assert.Equal((NotificationState.Accepted, NotificationState.Accepted), ((await FindAsync(test, later)).State, (await FindAsync(test, many)).State));
        Assert.Equal(people.Length, (await PlanAsync(test)).People);
    }

    [Fact]
    public async Task What_keeps_one_from_being_planned_keeps_nobody_from_being_accepted()
    {
        await using var test = await open(builder => builder.Services.AddSingleton<IDeliveryRoutes>(new NoSmsAtAll()));
        var kim = await PersonAsync(test, "kim");
        var bad = To() with { To = new() { Address = new(DeliveryChannel.Sms, "+821012345678") }, Category = "verification" };
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => AloneAsync(test, i % 5 == 0 ? bad : To(kim))));
        for (var i = 0; i < all.Length; i++)
        {
            Assert.Equal(i % 5 == 0 ? NotificationState.Accepted : NotificationState.Planned, (await FindAsync(test, all[i])).State);
        }

        Assert.Equal(16, (await test.Store<IInboxNotificationStore>().ListAsync(kim, unreadOnly: true, null, 100, Token)).Count);
    }

    [Fact]
    public async Task A_person_with_an_address_gets_a_delivery_and_what_lacks_a_provider_is_said()
    {
        await using var test = await FreshAsync();
        var kim = await PersonAsync(test, "kim");
        await test.WriteAsync(tx => test.Store<AddressBook>().Set(tx, kim, AddressKind.Email, "kim@example.org"));
        await test.WriteAsync(tx => test.Store<AddressBook>().Set(tx, kim, AddressKind.Phone, "+821012345678"));
        var accepted = await AcceptAsync(test, To(kim) with { Category = "security", Channels = [DeliveryChannel.Inbox, DeliveryChannel.Email, DeliveryChannel.Sms, DeliveryChannel.Push] });
        await PlanAsync(test);
        var told = await ExplainAsync(test, accepted.Value.Notification.Id, kim);
        var delivery = Assert.Single(told.Person!.Deliveries);
        Assert.Equal(("email", "mail", DeliveryState.Waiting), (delivery.Channel, delivery.Provider, delivery.State));
        Assert.Equal(
            ["preference inbox send", "preference email send", "preference sms send", "preference push send", "address push drop", "route sms drop"],
            told.Person.Decisions.OrderBy(one => one.Rule == "preference" ? 0 : one.Rule == "address" ? 1 : 2).ThenBy(one => one.Channel == "inbox" ? 0 : one.Channel == "email" ? 1 : one.Channel == "sms" ? 2 : 3)
                .Select(one => $"{one.Rule} {one.Channel} {one.Outcome}"));
        Assert.Equal(new TotalJson("email", DeliveryState.Waiting, 1), Assert.Single(told.Totals));
        Assert.True(told.Person.Item!.Present);
    }

    [Fact]
    public async Task An_address_outside_of_every_account_gets_one_delivery_and_no_inbox()
    {
        await using var test = await FreshAsync();
        var accepted = await AcceptAsync(test, To() with { To = new() { Address = new(DeliveryChannel.Email, "who@example.org") }, Category = "verification" });
        await PlanAsync(test);
        var told = await ExplainAsync(test, accepted.Value.Notification.Id, null);
        Assert.Equal("mail", Assert.Single(told.Person!.Deliveries).Provider);
        Assert.Equal("address_given", Assert.Single(told.Person.Decisions).Inputs.GetProperty("source").GetString());
    }

    [Fact]
    public async Task What_is_scheduled_waits_and_what_was_planned_too_late_expires()
    {
        await using var test = await FreshAsync();
        var kim = await PersonAsync(test, "kim");
        var later = await AcceptAsync(test, To(kim) with { SendAt = test.Time.GetUtcNow().AddHours(1) });
        var brief = await AcceptAsync(test, To(kim) with { TimeToLive = TimeSpan.FromSeconds(30) });
        test.Time.Advance(TimeSpan.FromMinutes(1));
        var step = await PlanAsync(test);
        Assert.Equal((1, 0), (step.Notifications, step.People));
        Assert.Equal(later.Value.Notification.SendAt, step.NextDue);
        Assert.Equal(NotificationState.Expired, (await FindAsync(test, brief)).State);
        Assert.Equal("time_to_live", Assert.Single((await ExplainAsync(test, brief.Value.Notification.Id, kim)).Person!.Decisions).Rule);
        Assert.Equal("not_planned_yet", Reason(await ExplainAsync(test, later.Value.Notification.Id, kim)));
        var never = await AcceptAsync(test, To(kim) with { SendAt = test.Time.GetUtcNow().AddMinutes(30) });
        Assert.True((await test.Store<Cancellation>().CancelAsync(never.Value.Notification.Id, _ => true, Token)).IsOk);
        test.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, (await PlanAsync(test)).People);
        Assert.Equal(NotificationState.Planned, (await FindAsync(test, later)).State);
        Assert.Equal("canceled", Reason(await ExplainAsync(test, never.Value.Notification.Id, kim)));
    }

    [Fact]
    public async Task A_broadcast_goes_in_chunks_and_reaches_each_person_once_whatever_breaks()
    {
        await using var test = await FreshAsync();
        var people = new List<UserId>();
        for (var i = 0; i < 23; i++)
        {
            people.Add(await PersonAsync(test, $"p{i}"));
        }

        var all = await AcceptAsync(test, To() with { To = new() { All = true } });
        Assert.Equal(0, (await PlanAsync(test)).Notifications);
        for (var turn = 0; (await FindAsync(test, all)).State != NotificationState.Planned; turn++)
        {
            // A crash after the decisions and before the commit leaves nothing of them.
            await Assert.ThrowsAsync<InvalidOperationException>(() => test.WriteAsync<int>(tx =>
            {
                _ = test.Store<PlanTurn>().RunWide(tx, 5);
                throw new InvalidOperationException("The power went.");
            }));
            Assert.True(turn < 6);
            await WideAsync(test, 5);
        }

        Assert.Equal(23, (await FindAsync(test, all)).People);
        Assert.Equal(people, (await test.Store<INotificationStore>().DecisionsAsync(all.Value.Notification.Id, null, default, 100, Token)).Select(one => one.User));
        Assert.Single(await test.Store<IInboxNotificationStore>().ListAsync(people[11], false, null, 10, Token));
        Assert.Equal(0, (await WideAsync(test, 5)).Notifications);
    }

    [Fact]
    public async Task A_small_audience_does_not_wait_behind_a_large_one_and_each_goes_on()
    {
        await using var test = await FreshAsync();
        for (var i = 0; i < 24; i++)
        {
            await PersonAsync(test, $"p{i}");
        }

        var first = await AcceptAsync(test, To() with { To = new() { All = true } });
        await WideAsync(test, 2);
        await WideAsync(test, 2);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        var lee = await PersonAsync(test, "lee", "ko");
        await test.Store<AudienceVerbs>().CreateAsync(new(0, "few", AudienceKind.Segment, "Few", false, new(Locales: ["ko"]), default, default), Token);
        var small = await AcceptAsync(test, To() with { To = new() { Audience = "few" } });
        for (var turn = 0; turn < 3; turn++)
        {
            await WideAsync(test, 2);
        }

        Assert.Equal(NotificationState.Planned, (await FindAsync(test, small)).State);
        Assert.Equal(lee, Assert.Single(await test.Store<INotificationStore>().DecisionsAsync(small.Value.Notification.Id, null, default, 10, Token)).User);
        Assert.Equal(NotificationState.Planning, (await FindAsync(test, first)).State);
        Assert.True((await FindAsync(test, first)).People >= 6);
    }

    [Fact]
    public async Task A_rare_segment_takes_few_steps_and_each_of_its_people_is_reached_once()
    {
        await using var test = await FreshAsync();
        var koreans = new List<UserId>();
        for (var i = 0; i < 40; i++)
        {
            var person = await PersonAsync(test, $"p{i}", i is 7 or 8 or 39 ? "ko" : "en");
            koreans.AddRange(i is 7 or 8 or 39 ? [person] : []);
        }

        await test.Store<AudienceVerbs>().CreateAsync(new(0, "korean", AudienceKind.Segment, "Koreans", false, new(Locales: ["ko"]), default, default), Token);
        var accepted = await AcceptAsync(test, To() with { To = new() { Audience = "korean" } });
        Assert.Equal(2, (await WideAsync(test, 2)).People);
        Assert.Equal(1, (await WideAsync(test, 2)).People);
        await WideAsync(test, 2);
        Assert.Equal(NotificationState.Planned, (await FindAsync(test, accepted)).State);
        Assert.Equal(koreans, (await test.Store<INotificationStore>().DecisionsAsync(accepted.Value.Notification.Id, null, default, 100, Token)).Select(one => one.User));
    }

    [Fact]
    public async Task A_canceled_broadcast_stops_at_the_next_chunk()
    {
        await using var test = await FreshAsync();
        var people = new List<UserId>();
        for (var i = 0; i < 6; i++)
        {
            people.Add(await PersonAsync(test, $"p{i}"));
            await test.WriteAsync(tx => test.Store<AddressBook>().Set(tx, people[^1], AddressKind.Email, $"p{i}@example.org"));
        }

        var all = await AcceptAsync(test, To() with { To = new() { All = true }, Category = "security", Channels = [DeliveryChannel.Email, DeliveryChannel.Inbox] });
        await WideAsync(test, 4);
        var canceled = await test.Store<Cancellation>().CancelAsync(all.Value.Notification.Id, _ => true, Token);
        Assert.Equal(NotificationState.Canceled, canceled.Value.State);
        Assert.True((await test.Store<Cancellation>().CancelAsync(all.Value.Notification.Id, _ => true, Token)).IsOk);
        Assert.Equal("not_found", (await test.Store<Cancellation>().CancelAsync(all.Value.Notification.Id, _ => false, Token)).Error?.Code);
        Assert.Equal(0, (await WideAsync(test, 4)).Notifications);
        var told = await ExplainAsync(test, all.Value.Notification.Id, people[0]);
        Assert.Equal(new TotalJson("email", DeliveryState.Canceled, 4), Assert.Single(told.Totals));
        Assert.Equal("canceled", Reason(await ExplainAsync(test, all.Value.Notification.Id, people[5])));
    }

    [Fact]
    public async Task What_is_canceled_is_told_to_nobody_though_its_deliveries_wait_still()
    {
        await using var test = await FreshAsync();
        var kim = await PersonAsync(test, "kim");
        await test.WriteAsync(tx => test.Store<AddressBook>().Set(tx, kim, AddressKind.Email, "kim@example.org"));
        var accepted = await AcceptAsync(test, To(kim) with { Category = "security", Channels = [DeliveryChannel.Email] });
        await PlanAsync(test);
        var claimed = await ClaimAsync(test);
        Assert.NotNull((await ComposeAsync(test, claimed)).Envelope);

        // As far as a cancellation came whose process died.
        await test.WriteAsync(tx => Do(() => test.Store<INotificationStore>().Put(tx, [test.Store<INotificationStore>().Lock(tx, accepted.Value.Notification.Id)! with { State = NotificationState.Canceled }])));
        Assert.Equal(Composed.Withdrawn(DeliveryState.Canceled, "canceled"), await ComposeAsync(test, claimed));

        // In doubt, it is asked about all the same.
        Assert.NotNull((await ComposeAsync(test, claimed with { IsUnanswered = true })).Envelope);
    }

    [Fact]
    public async Task A_digest_leaves_out_what_came_too_late_or_was_canceled_since()
    {
        await using var test = await FreshAsync();
        var kim = await PersonAsync(test, "kim");
        await test.WriteAsync(tx => test.Store<AddressBook>().Set(tx, kim, AddressKind.Email, "kim@example.org"));
        await test.Store<CategoryBook>().PutAsync(
            new Category { Name = "news", Titles = new Dictionary<string, string> { ["en"] = "News" }, Channels = [DeliveryChannel.Email], DigestWindow = TimeSpan.FromMinutes(10) }, Token);
        var late = To(kim) with { Category = "news", Content = new("Stale", "stale"), TimeToLive = TimeSpan.FromMinutes(1) };
        await AcceptAsync(test, late);
        await AcceptAsync(test, To(kim) with { Category = "news", Content = new("Fresh", "fresh") });
        var taken = await AcceptAsync(test, To(kim) with { Category = "news", Content = new("Taken", "taken") });
        await PlanAsync(test);
        test.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, (await test.WriteAsync(test.Store<DigestTurns>().Run)).Ended);
        Assert.True((await test.Store<Cancellation>().CancelAsync(taken.Value.Notification.Id, _ => true, Token)).IsOk);
        var mail = Assert.IsType<EmailContent>((await ComposeAsync(test, await ClaimAsync(test))).Envelope!.Content);
        Assert.Contains("Fresh", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Stale", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Taken", mail.Text, StringComparison.Ordinal);

        await AcceptAsync(test, late);
        await PlanAsync(test);
        test.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, (await test.WriteAsync(test.Store<DigestTurns>().Run)).Ended);
        Assert.Equal(Composed.Withdrawn(DeliveryState.Expired, "expired"), await ComposeAsync(test, await ClaimAsync(test)));
    }

    [Fact]
    public async Task Topics_hold_who_joined_and_segments_whom_their_rule_fits()
    {
        await using var test = await FreshAsync();
        var verbs = test.Store<AudienceVerbs>();
        var (kim, lee, park) = (await PersonAsync(test, "kim", "ko-KR"), await PersonAsync(test, "lee", "ko"), await PersonAsync(test, "park", "kok"));
        Assert.True((await verbs.CreateAsync(Topic("news", open: true), Token)).IsOk);
        Assert.Equal("audience_taken", (await verbs.CreateAsync(Topic("news", open: false), Token)).Error?.Code);
        Assert.Equal((2, 0), (await verbs.MoveAsync("news", [kim, park, new(5), kim], [lee], Token)).Value);
        Assert.True((await verbs.JoinAsync(lee, "news", joins: true, Token)).IsOk);
        Assert.True((await verbs.JoinAsync(kim, "news", joins: false, Token)).IsOk);
        await verbs.CreateAsync(Topic("closed", open: false), Token);
        Assert.Equal("topic_closed", (await verbs.JoinAsync(lee, "closed", joins: true, Token)).Error?.Code);
        Assert.Equal([("news", true)], (await verbs.TopicsAsync(lee, new(null, 10), Token)).Items.Select(one => (one.Topic.Name, one.IsIn)));
        await verbs.CreateAsync(new(0, "korean", AudienceKind.Segment, "Koreans", false, new(Locales: ["ko"]), default, default), Token);

        Assert.Equal("audience_not_found", (await AcceptAsync(test, To() with { To = new() { Audience = "nobody" } })).Error?.Code);
        Assert.Equal([lee, park], await ReachedAsync(test, "news"));
        Assert.Equal([kim, lee], await ReachedAsync(test, "korean"));

        var reach = test.Store<AudienceReach>();
        Assert.Equal([new Reach(2, false), new Reach(2, false), new Reach(3, false)], [(await reach.OfAsync("news", Token)).Value, (await reach.OfAsync("korean", Token)).Value, (await reach.OfAsync(null, Token)).Value]);
        Assert.Equal("audience_not_found", (await reach.OfAsync("nobody", Token)).Error?.Code);
        var members = (await verbs.MembersAsync("news", new(null, 1), Token)).Value;
        Assert.Equal("lee", Assert.Single(members.Items).Name);
        Assert.Equal("park", Assert.Single((await verbs.MembersAsync("news", new(lee.Value, 1), Token)).Value.Items).Name);
        Assert.NotNull(members.Next);
        Assert.Equal("not_found", (await verbs.MembersAsync("nobody", new(null, 1), Token)).Error?.Code);
        Assert.Equal("invalid_fields", (await verbs.MembersAsync("korean", new(null, 1), Token)).Error?.Code);

        Assert.True(await verbs.DeleteAsync("news", Token));
        Assert.Equal(2, await test.WriteAsync(tx => test.Store<NotificationRetention>().Prune(tx, tx.Now, 50)));
    }

    [Fact]
    public async Task A_collapse_key_replaces_and_reading_moves_forward_only()
    {
        await using var test = await FreshAsync();
        var (kim, items, verbs) = (await PersonAsync(test, "kim"), test.Store<IInboxNotificationStore>(), test.Store<ItemVerbs>());
        foreach (var key in new[] { "room-1", null, "room-1", "room-2" })
        {
            await AcceptAsync(test, To(kim) with { CollapseKey = key, Data = $$"""{"key":"{{key}}"}""" });
            await PlanAsync(test);
        }

        var list = await items.ListAsync(kim, true, null, 10, Token);
        Assert.Equal(["room-2", "room-1", null], list.Select(item => item.Notification.CollapseKey));
        var before = await items.BadgeAsync(kim, Token);
        Assert.Equal(3, before.Count);
        var many = await items.BadgesAsync([new(5), kim], Token);
        Assert.Equal((new Badge(0, 0), before), (many[new(5)], many[kim]));

        var read = (await verbs.ReadAsync(kim, new(list[1].Id, null), Token)).Value;
        Assert.Equal(1, read.Count);
        Assert.True(read.Version > before.Version);
        Assert.Equal(read, (await verbs.ReadAsync(kim, new(list[2].Id, null), Token)).Value);
        Assert.Equal(0, (await verbs.ReadAsync(kim, new(null, [list[0].Id, list[0].Id, new(9)]), Token)).Value.Count);
        Assert.Empty(await items.ListAsync(kim, true, null, 10, Token));
        Assert.True(await test.WriteAsync(tx => test.Store<IReadCheck>().IsRead(tx, list[0].Notification.Id, kim)));
        Assert.False(await test.WriteAsync(tx => test.Store<IReadCheck>().IsRead(tx, list[0].Notification.Id, new(5))));
        Assert.All(await items.ListAsync(kim, false, null, 10, Token), item => Assert.True(item.IsRead));

        // Read up to far beyond the newest: what comes next is unread all the same.
        await verbs.ReadAsync(kim, new(new(long.MaxValue), null), Token);
        await AcceptAsync(test, To(kim));
        await PlanAsync(test);
        Assert.Equal(1, (await items.BadgeAsync(kim, Token)).Count);
        Assert.True(await verbs.DeleteAsync(kim, list[0].Id, Token));
        Assert.False(await verbs.DeleteAsync(kim, list[0].Id, Token));
    }

    [Fact]
    public async Task The_door_sends_within_a_write_and_cancels_by_key()
    {
        await using var test = await FreshAsync();
        var (kim, notifier) = (await PersonAsync(test, "kim"), test.Store<Notifier>());
        await test.WriteAsync(tx => test.Store<AddressBook>().Set(tx, kim, AddressKind.Email, "kim@example.org"));
        var one = To(kim) with { Category = "security", Channels = [DeliveryChannel.Inbox, DeliveryChannel.Email], CollapseKey = "room-1" };
        var sent = await test.WriteAsync(tx => notifier.Send(tx, [one, one with { Category = "none" }]));
        Assert.Equal("category_not_found", sent[1].Error?.Code);
        Assert.Equal(NotificationState.Planned, (await test.Store<INotificationStore>().FindAsync(sent[0].Value, Token))!.State);
        Assert.Equal(1, (await notifier.BadgeAsync(kim, Token)).Count);

        Assert.Equal(1, await test.WriteAsync(tx => notifier.CancelCollapsed(tx, kim, "room-1")));
        Assert.Equal(0, (await notifier.BadgeAsync(kim, Token)).Count);
        Assert.Equal(DeliveryState.Canceled, Assert.Single((await ExplainAsync(test, sent[0].Value, kim)).Person!.Deliveries).State);
        Assert.Equal(0, await test.WriteAsync(tx => notifier.CancelCollapsed(tx, kim, "room-1")));
    }

    [Fact]
    public async Task The_list_finds_by_category_state_person_and_time()
    {
        await using var test = await FreshAsync();
        var (kim, lee) = (await PersonAsync(test, "kim"), await PersonAsync(test, "lee"));
        var first = (await AcceptAsync(test, To(kim))).Value.Notification.Id;
        test.Time.Advance(TimeSpan.FromHours(1));
        var since = test.Time.GetUtcNow();
        var second = (await AcceptAsync(test, To(lee) with { Category = "social" })).Value.Notification.Id;
        await PlanAsync(test);
        var third = (await AcceptAsync(test, To(lee) with { SendAt = since.AddHours(1) })).Value.Notification.Id;

        Assert.Equal([third, second, first], await ListAsync(test, new(null, null, null, null, null)));
        Assert.Equal([second], await ListAsync(test, new("social", null, null, null, null)));
        Assert.Equal([second, first], await ListAsync(test, new(null, NotificationState.Planned, null, null, null)));
        Assert.Equal([first], await ListAsync(test, new(null, null, kim, null, null)));
        Assert.Equal([third, second], await ListAsync(test, new(null, null, null, since, null)));
        Assert.Empty(await ListAsync(test, new(null, null, null, null, 8)));
    }

    [Fact]
    public async Task What_is_older_than_the_log_is_kept_goes_a_little_at_a_time()
    {
        await using var test = await FreshAsync();
        var kim = await PersonAsync(test, "kim");
        for (var i = 0; i < 5; i++)
        {
            await AcceptAsync(test, To(kim) with { EventId = $"e{i}" });
        }

        await PlanAsync(test);
        test.Time.Advance(TimeSpan.FromDays(29));
        var young = await AcceptAsync(test, To(kim));
        await PlanAsync(test);
        test.Time.Advance(TimeSpan.FromDays(2));
        var turns = 0;
        while (await test.WriteAsync(tx => test.Store<NotificationRetention>().Prune(tx, tx.Now, 4)) > 0)
        {
            turns++;
        }

        Assert.True(turns > 2);
        Assert.Equal([young.Value.Notification.Id], await ListAsync(test, new(null, null, null, null, null)));
        Assert.Single(await test.Store<IInboxNotificationStore>().ListAsync(kim, false, null, 10, Token));
        Assert.Equal(1, (await test.Store<IInboxNotificationStore>().BadgeAsync(kim, Token)).Count);
    }

    [Fact]
    public async Task An_event_id_is_known_for_seven_days_and_taken_anew_once_a_short_log_has_let_go_of_its_notification()
    {
        await using var test = await open(builder => builder.Services.AddSingleton<IDeliveryRoutes>(new OnlyMail()).Configure<NotificationsOptions>(options => options.LogDays = 7));
        var kim = await PersonAsync(test, "kim");
        var partitions = test.Services.GetServices<Madang.Jobs.IRetention>().Where(one => one.Name is "notifications" or "notification_partitions").ToList();
        for (var day = 0; day < 21; day++)
        {
            var first = await AcceptAsync(test, To(kim) with { EventId = $"day-{day}" });
            await PlanAsync(test);
            for (var back = 0; back <= day; back++)
            {
                var again = await AcceptAsync(test, To(kim) with { EventId = $"day-{back}" });
                Assert.True(again.IsOk);
                Assert.True(again.Value.Repeated || day - back > 7, $"Day {day}: the event id of day {back} is forgotten.");
                Assert.Equal("idempotency_conflict", (await AcceptAsync(test, To(kim) with { EventId = $"day-{back}", Data = """{"n":1}""" })).Error?.Code);
            }

            test.Time.Advance(TimeSpan.FromDays(1));
            while (await test.WriteAsync(tx => partitions.Sum(one => one.Prune(tx, tx.Now, 50)), Lane.Background) > 0)
            {
            }
        }
    }

    [Fact]
    public async Task One_that_cannot_be_planned_is_put_off_and_holds_up_no_other()
    {
        await using var test = await FreshAsync();
        var kim = await PersonAsync(test, "kim");
        var accepted = await AcceptAsync(test, To(kim));
        Assert.True(await test.WriteAsync(tx => test.Store<PlanTurn>().Postpone(tx, accepted.Value.Notification.Id, TimeSpan.FromMinutes(1))));
        Assert.Equal(0, (await PlanAsync(test)).Notifications);
        test.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await PlanAsync(test)).Notifications);
        Assert.False(await test.WriteAsync(tx => test.Store<PlanTurn>().Postpone(tx, accepted.Value.Notification.Id, TimeSpan.FromMinutes(1))));
    }

    /// <summary>By the bulk door: it waits for the planner.</summary>
    internal static async Task<Result<Accepted>> AcceptAsync(TestDatabase test, NewNotification given) => (await test.Store<Intake>().AcceptAsync(7, [given], Token))[0];

    /// <summary>By the single door, whose writes are shared with others.</summary>
    private static Task<Result<Accepted>> AloneAsync(TestDatabase test, NewNotification given) => test.Store<Intake>().AcceptAsync(7, given, Token);

    internal static Task<PlanStep> PlanAsync(TestDatabase test) => test.WriteAsync(tx => test.Store<PlanTurn>().RunSmall(tx, Planner.MostAtOnce));

    internal static NewNotification To(params UserId[] people) =>
        new() { Category = "mention", Content = new("마당", "Kim wrote to you"), To = new() { UserIds = people } };

    private Task<TestDatabase> FreshAsync() => open(builder => builder.Services.AddSingleton<IDeliveryRoutes>(new OnlyMail()));

    /// <summary>The one delivery that waits for the mail server.</summary>
    private static async Task<Delivery> ClaimAsync(TestDatabase test) => Assert.Single(
        await test.WriteAsync(tx => test.Store<IDeliveryQueue>().Claim(tx, new DeliveryClaim("mail", "mail", 10, 1, tx.Now.AddMinutes(1)))));

    private static async Task<Composed> ComposeAsync(TestDatabase test, Delivery delivery) => Assert.Single(
        await test.Store<IEnvelopes>().ComposeAsync([new(delivery, new ClaimAnswer((string?)null) { Address = "kim@example.org", Locale = "en" })], Token));

    private static bool Do(Action work)
    {
        work();
        return true;
    }

    private static Task<PlanStep> WideAsync(TestDatabase test, int chunk) => test.WriteAsync(tx => test.Store<PlanTurn>().RunWide(tx, chunk), Lane.Background);

    private static async Task<Notification> FindAsync(TestDatabase test, Result<Accepted> accepted) =>
        (await test.Store<INotificationStore>().FindAsync(accepted.Value.Notification.Id, Token))!;

    private static async Task<ExplanationJson> ExplainAsync(TestDatabase test, NotificationId id, UserId? user) =>
        await test.Store<Explanations>().ExplainAsync((await test.Store<INotificationStore>().FindAsync(id, Token))!, user, Token);

    private static string? Reason(ExplanationJson told) => Assert.Single(told.Person!.Decisions).Inputs.GetProperty("reason").GetString();

    private static async Task<IEnumerable<NotificationId>> ListAsync(TestDatabase test, NotificationFilter filter)
    {
        var found = new List<NotificationId>();
        long? below = null;
        do
        {
            var page = await test.Store<INotificationStore>().ListAsync(filter, below, 2, Token);
            found.AddRange(page.Notifications.Select(one => one.Id));
            below = page.Next;
        }
        while (below is not null);

        return found;
    }

    [Fact]
    public async Task A_funnel_counts_what_was_sent_by_its_day_and_its_channel()
    {
        await using var test = await FreshAsync();
        var (kim, lee) = (await PersonAsync(test, "kim"), await PersonAsync(test, "lee"));
        var today = DateOnly.FromDateTime(test.Time.GetUtcNow().UtcDateTime);
        await AcceptAsync(test, To(kim, lee) with { Data = """{"campaign":"spring"}""" });
        await PlanAsync(test);
        test.Time.Advance(TimeSpan.FromDays(1));
        await AcceptAsync(test, To(kim) with { Data = """{"campaign":"spring"}""" });
        await AcceptAsync(test, To(kim) with { Data = """{"campaign":"autumn"}""" });
        await PlanAsync(test);

        var funnel = await test.Store<Funnels>().OfAsync("spring", 30, null, 1_000, Token);
        Assert.Equal((2L, 3L, 3L), (funnel.Notifications, funnel.Sent, funnel.Delivered));
        Assert.Equal([("inbox", 3L)], funnel.ByChannel.Select(one => (one.Channel, one.Counts.Sent)));
        Assert.Equal([(today, 2L), (today.AddDays(1), 1L)], funnel.ByDay.Select(one => (one.Day, one.Counts.Sent)));
        Assert.Equal(0, (await test.Store<Funnels>().OfAsync("spring", 30, DeliveryChannel.Email, 1_000, Token)).Sent);
    }

    private static async Task<IEnumerable<UserId>> ReachedAsync(TestDatabase test, string audience)
    {
        var accepted = await AcceptAsync(test, To() with { To = new() { Audience = audience } });
        while ((await WideAsync(test, 1)).Notifications > 0)
        {
        }

        return (await test.Store<INotificationStore>().DecisionsAsync(accepted.Value.Notification.Id, null, default, 100, Token)).Select(one => one.User);
    }

    private static Audience Topic(string name, bool open) => new(0, name, AudienceKind.Topic, "News", open, null, default, default);

    internal static async Task<UserId> PersonAsync(TestDatabase test, string name, string locale = "en")
    {
        var id = new UserId(test.Store<Snowflake>().Next());
        var user = new User
        {
            Id = id,
            Name = name,
            DisplayName = name,
            Locale = locale,
            TimeZone = "Asia/Seoul",
            Role = Role.User,
            CreatedAt = test.Time.GetUtcNow(),
        };
        Assert.True(await test.WriteAsync(tx => test.Store<IUserStore>().Insert(tx, user, null)));
        return id;
    }
}

/// <summary>One provider of mail and nothing else.</summary>
internal sealed class OnlyMail : IDeliveryRoutes
{
    public string? For(DeliveryChannel channel, string addressKind, string scope) => channel == DeliveryChannel.Email ? "mail" : null;
}

/// <summary>A route that is broken.</summary>
internal sealed class NoSmsAtAll : IDeliveryRoutes
{
    public string? For(DeliveryChannel channel, string addressKind, string scope) => channel == DeliveryChannel.Sms ? throw new InvalidOperationException("No route.") : null;
}

public sealed class SqliteNotifications() : NotificationFacts(TestDatabase.SqliteAsync);

public sealed class PostgresNotifications() : NotificationFacts(TestDatabase.PostgresAsync);
