using FsCheck;
using FsCheck.Fluent;
using Madang.Notifications;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Digests;
using Madang.Notifications.Limits;
using Madang.Notifications.Planning;
using Madang.Notifications.QuietHours;

namespace Madang.Tests.Unit.Notifications;

/// <summary>What becomes of a notification for one person.</summary>
public sealed class PlanRulesTests
{
    // A Monday, 23:00 in Seoul and 10:00 in New York.
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 14, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_morning = new(2026, 6, 1, 22, 0, 0, TimeSpan.Zero);
    private static readonly QuietWeek s_nights = new([.. Enum.GetValues<DayOfWeek>().Select(day => new QuietSpan(day, 1_320, 420))]);

    private static readonly Category s_category = new()
    {
        Name = "news",
        Titles = new Dictionary<string, string>(),
        Channels = [DeliveryChannel.Inbox, DeliveryChannel.Push, DeliveryChannel.Email],
    };

    private static readonly Person s_mina = new()
    {
        Id = new(1),
        Standing = PersonStanding.Active,
        Locale = "ko",
        TimeZone = "Asia/Seoul",
        Addresses = [Phone(1, "Asia/Seoul"), Phone(2, "America/New_York"), new(new(3), AddressKind.Email, "", null, null, s_now)],
    };

    [Fact]
    public void Each_channel_goes_to_each_address_in_the_language_of_the_device()
    {
        var plan = Decide(s_category, s_mina);
        Assert.Equal(["inbox:0:ko", "push:1:en", "push:2:en", "email:3:ko"], plan.Deliveries.Select(one => $"{one.Channel.Name()}:{one.Address.Value}:{one.Locale}"));
        Assert.All(plan.Deliveries, one => Assert.Equal(s_now, one.DueAt));
        Assert.Equal(["send", "send", "send"], plan.Decisions.Select(decision => decision.Outcome));
    }

    [Theory]
    [InlineData(PersonStanding.Disabled, """{"reason":"disabled"}""")]
    [InlineData(PersonStanding.Unknown, """{"reason":"unknown_user"}""")]
    internal void Who_is_not_here_gets_nothing_and_the_log_says_why(PersonStanding standing, string why)
    {
        var plan = Decide(s_category, s_mina with { Standing = standing });
        Assert.Empty(plan.Deliveries);
        Assert.Equal(new Decision(Rule.Recipient, null, Decision.Drop, why), Assert.Single(plan.Decisions));
    }

    [Fact]
    public void What_was_chosen_stands_before_the_default_the_switch_before_both_and_mandatory_before_all()
    {
        var chosen = s_mina with { Choice = new(ChannelSet.Of([DeliveryChannel.Sms]), ChannelSet.Of([DeliveryChannel.Email])), Off = ChannelSet.Of([DeliveryChannel.Push]) };
        var plan = Decide(s_category, chosen);
        Assert.Equal([DeliveryChannel.Inbox], plan.Deliveries.Select(one => one.Channel));
        Assert.Equal(
            ["""Preference inbox send {"source":"default"}""", """Preference push drop {"reason":"off","source":"channel"}""", """Preference email drop {"reason":"off","source":"mine"}""",
                """Preference sms send {"source":"mine"}""", """Address sms drop {"reason":"no_address"}"""],
            plan.Decisions.Select(one => $"{one.Rule} {one.Channel?.Name()} {one.Outcome} {one.Inputs}"));
        Assert.Equal(4, Decide(s_category with { Mandatory = true }, chosen with { MutedUntil = s_now.AddDays(1), Quiet = s_nights }).Deliveries.Count(one => one.DueAt == s_now));
    }

    [Fact]
    public void A_sender_who_asks_for_a_channel_asks_within_what_the_person_wants()
    {
        DeliveryChannel[] asked = [DeliveryChannel.Sms, DeliveryChannel.Email];
        var plan = PlanRules.Decide(Request(s_category) with { Channels = asked }, s_mina, s_now);
        Assert.Equal([DeliveryChannel.Email], plan.Deliveries.Select(one => one.Channel));
        Assert.Contains(plan.Decisions, one => one is { Channel: DeliveryChannel.Sms, Outcome: Decision.Drop });
    }

    [Fact]
    public void Mute_leaves_the_inbox_alone()
    {
        var plan = Decide(s_category, s_mina with { MutedUntil = s_now.AddMinutes(1) });
        Assert.Equal([DeliveryChannel.Inbox], plan.Deliveries.Select(one => one.Channel));
        Assert.Equal(4, Decide(s_category, s_mina with { MutedUntil = s_now }).Deliveries.Count);
    }

    [Fact]
    public void A_device_sleeps_by_its_own_zone_and_mail_by_where_the_person_seems_to_be()
    {
        var plan = Decide(s_category, s_mina with { Quiet = s_nights });
        Assert.Equal([(0, s_now), (1, s_morning), (2, s_now), (3, s_now)], plan.Deliveries.Select(one => ((int)one.Address.Value, one.DueAt)));
        var explained = Assert.Single(plan.Decisions, one => one.Rule == Rule.QuietHours);
        Assert.Equal("""{"reason":"quiet_hours","zone":"Asia/Seoul","local":"23:00","until":"2026-06-01T22:00:00Z","policy":"defer","all_devices":false}""", explained.Inputs);
    }

    [Theory]
    [InlineData(QuietPolicy.Defer, 2, false)]
    [InlineData(QuietPolicy.Digest, 0, true)]
    [InlineData(QuietPolicy.Drop, 0, false)]
    [InlineData(QuietPolicy.Ignore, 2, false)]
    public void When_all_sleep_the_category_says_what_becomes_of_it(QuietPolicy policy, int deliveries, bool digest)
    {
        var asleep = s_mina with { Quiet = s_nights, Addresses = [Phone(1, "Asia/Seoul"), s_mina.Addresses[2]] };
        var plan = Decide(s_category with { Quiet = policy }, asleep);
        var sent = plan.Deliveries.Where(one => one.Channel != DeliveryChannel.Inbox).ToList();
        Assert.Equal((deliveries, digest), (sent.Count, plan.Digest is not null));
        Assert.All(sent, one => Assert.Equal(policy == QuietPolicy.Ignore ? s_now : s_morning, one.DueAt));
        Assert.Equal(digest ? s_morning : null, plan.Digest?.ClosesAt);
        Assert.Contains(plan.Deliveries, one => one.Channel == DeliveryChannel.Inbox);
    }

    [Fact]
    public void What_would_end_before_the_morning_is_not_kept_for_it()
    {
        var asleep = s_mina with { Quiet = s_nights, Addresses = [Phone(1, "Asia/Seoul")] };
        var plan = PlanRules.Decide(Request(s_category) with { ExpiresAt = s_morning }, asleep, s_now);
        Assert.Single(plan.Deliveries);
        Assert.Contains(plan.Decisions, one => one is { Rule: Rule.TimeToLive, Channel: DeliveryChannel.Push, Outcome: Decision.Drop });
    }

    [Theory]
    [InlineData(QuietPolicy.Defer, false)]
    [InlineData(QuietPolicy.Digest, true)]
    public void Over_the_limit_it_is_dropped_or_gathered_with_the_numbers_in_the_log(QuietPolicy policy, bool digest)
    {
        var category = s_category with { Quiet = policy, PerHour = 1 };
        var first = Decide(category, s_mina);
        var counted = Assert.Single(first.Counted);
        Assert.Equal(("news", 1), (counted.Scope, counted.After.InHour(s_now)));
        var second = Decide(category, s_mina with { OfCategory = counted.After });
        Assert.Equal([DeliveryChannel.Inbox], second.Deliveries.Select(one => one.Channel));
        Assert.Empty(second.Counted);
        Assert.Equal(digest, second.Digest is not null);
        Assert.Contains("\"in_hour\":1,\"per_hour\":1", second.Decisions.Single(one => one is { Rule: Rule.Limit, Channel: DeliveryChannel.Push }).Inputs, StringComparison.Ordinal);
        Assert.Equal(3, Decide(category with { Mandatory = true }, s_mina with { OfCategory = counted.After }).Deliveries.Count(one => one.Channel != DeliveryChannel.Inbox));
    }

    [Fact]
    public void Nothing_is_lost_between_the_rules_every_wanted_channel_is_delivered_gathered_or_explained()
    {
        var cases = from bits in Gen.Choose(0, 31)
                    from off in Gen.Choose(0, 31)
                    from yes in Gen.Choose(0, 31)
                    from no in Gen.Choose(0, 31)
                    from policy in Gen.Elements(Enum.GetValues<QuietPolicy>())
                    from mandatory in Gen.Elements(true, false)
                    from quiet in Gen.Elements(true, false)
                    from window in Gen.Elements<TimeSpan?>(null, TimeSpan.FromMinutes(10))
                    from limit in Gen.Elements<int?>(null, 1)
                    from used in Gen.Choose(0, 1)
                    from devices in Gen.SubListOf(s_mina.Addresses.ToArray())
                    select (
                        s_category with { Channels = [.. new ChannelSet(bits & 0b11110)], Quiet = policy, Mandatory = mandatory, DigestWindow = window, PerHour = limit },
                        s_mina with
                        {
                            Off = new(off & 0b11110),
                            Choice = new(new(yes & 0b11110), new(no & ~yes & 0b11110)),
                            Quiet = quiet ? s_nights : QuietWeek.None,
                            Addresses = [.. devices],
                            OfCategory = used == 1 ? Tally.Empty.Add(s_now) : null,
                        });
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var (category, person) = one;
            var plan = Decide(category, person);
            var wanted = Wanted(category, person);
            return wanted.All(channel =>
                    plan.Deliveries.Any(delivery => delivery.Channel == channel) || plan.Digest?.Channels.Has(channel) == true
                    || plan.Decisions.Any(decision => decision.Channel == channel && decision.Outcome == Decision.Drop))
                && plan.Deliveries.All(delivery => wanted.Contains(delivery.Channel) && plan.Digest?.Channels.Has(delivery.Channel) != true)
                && plan.Deliveries.Select(delivery => (delivery.Channel, delivery.Address)).Distinct().Count() == plan.Deliveries.Count
                && (!category.Mandatory || (plan.Digest is null && plan.Deliveries.All(delivery => delivery.DueAt == s_now)));
        }).QuickCheckThrowOnFailure();

        static List<DeliveryChannel> Wanted(Category category, Person person) =>
            [.. DeliveryChannels.All.Where(channel => category.Channels.Contains(channel) || (!category.Mandatory && person.Choice.On.Has(channel)))];
    }

    [Fact]
    public void A_digest_waits_while_all_sleep_goes_to_who_is_awake_and_ends_without_anybody()
    {
        var entry = new DigestEntry("news", "", ChannelSet.Of([DeliveryChannel.Push]), s_now);
        var digest = Digest.Open(7, new(1), entry, s_now).Gather(entry, 10, s_now);
        var asleep = s_mina with { Quiet = s_nights, Addresses = [Phone(1, "Asia/Seoul")] };
        var waiting = DigestRules.Turn(digest, Request(s_category), asleep, s_now);
        Assert.Equal((DigestState.Open, s_morning, 0), (waiting.After.State, waiting.After.ClosesAt, waiting.Deliveries.Count));
        var sent = DigestRules.Turn(digest, Request(s_category), s_mina with { Quiet = s_nights }, s_now);
        Assert.Equal([(1, s_morning), (2, s_now)], sent.Deliveries.Select(one => ((int)one.Address.Value, one.DueAt)));
        Assert.Equal(DigestState.Sent, sent.After.State);
        Assert.Equal(DigestState.Dropped, DigestRules.Turn(digest, Request(s_category), s_mina with { Addresses = [] }, s_now).After.State);
        Assert.Equal(DigestState.Dropped, DigestRules.Turn(digest, Request(s_category), s_mina with { Standing = PersonStanding.Disabled }, s_now).After.State);
        Assert.Equal(DigestState.Dropped, DigestRules.Turn(digest, Request(s_category), s_mina with { Off = ChannelSet.Of([DeliveryChannel.Push]) }, s_now).After.State);
        Assert.Throws<InvalidOperationException>(() => sent.After.Gather(entry, 10, s_now));
    }

    private static PersonAddress Phone(long id, string zone) => new(new(id), AddressKind.Apns, "app:production", zone, "en", s_now.AddMinutes(id));

    private static PlanRequest Request(Category category) => new() { Category = category, ExpiresAt = s_now.AddDays(3) };

    private static PersonPlan Decide(Category category, Person person) => PlanRules.Decide(Request(category), person, s_now);
}
