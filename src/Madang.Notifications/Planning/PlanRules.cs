using System.Globalization;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Limits;
using Madang.Notifications.Preferences;
using Madang.Notifications.QuietHours;

namespace Madang.Notifications.Planning;

/// <summary>
/// Decides what becomes of a notification for one person: standing, matrix, mute, addresses, quiet hours, digest, limits, in this order. Pure.
/// The inbox interrupts nobody: mute, quiet hours, digest and limits leave it alone.
/// </summary>
internal static class PlanRules
{
    public static PersonPlan Decide(PlanRequest request, Person person, DateTimeOffset now) => new Draft(request, person, now).Make();

    private sealed class Draft(PlanRequest request, Person person, DateTimeOffset now)
    {
        private readonly Category _category = request.Category;
        private readonly List<PlannedDelivery> _deliveries = [];
        private readonly List<Decision> _decisions = [];
        private readonly List<CountedPlan> _counted = [];
        private ChannelSet _gathered;
        private DateTimeOffset _closesAt = DateTimeOffset.MaxValue;

        public PersonPlan Make()
        {
            if (person.Standing != PersonStanding.Active)
            {
                _decisions.Add(new(Rule.Recipient, null, Decision.Drop, person.Standing == PersonStanding.Disabled ? Reasons.Disabled : Reasons.Unknown));
                return Plan();
            }

            foreach (var channel in DeliveryChannels.All)
            {
                if (IsWanted(channel) && MayUse(channel))
                {
                    Reach(channel);
                }
            }

            Limit();
            return Plan();
        }

        private PersonPlan Plan() => new()
        {
            User = person.Id,
            Deliveries = _deliveries,
            Decisions = _decisions,
            Counted = _counted,
            Digest = _gathered.IsEmpty ? null : new(_category.Name, request.DigestKey, _gathered, _closesAt),
        };

        private bool IsWanted(DeliveryChannel channel) =>
            request.Channels is { } asked ? asked.Contains(channel) : _category.Channels.Contains(channel) || (!_category.Mandatory && person.Choice.On.Has(channel));

        private bool MayUse(DeliveryChannel channel)
        {
            var (on, source) = Matrix.Cell(_category, channel, person.Off, person.Choice);
            if (!on)
            {
                _decisions.Add(new(Rule.Preference, channel, Decision.Drop, Reasons.Off(source)));
                return false;
            }

            if (channel != DeliveryChannel.Inbox && !_category.Mandatory && person.MutedUntil > now)
            {
                _decisions.Add(new(Rule.Mute, channel, Decision.Drop, $$"""{"reason":"muted","until":"{{Reasons.Time(person.MutedUntil.Value)}}"}"""));
                return false;
            }

            _decisions.Add(new(Rule.Preference, channel, Decision.Send, Reasons.On(source)));
            return true;
        }

        private void Reach(DeliveryChannel channel)
        {
            if (channel == DeliveryChannel.Inbox)
            {
                _deliveries.Add(new PlannedDelivery { Channel = channel, Locale = person.Locale, DueAt = now });
                return;
            }

            var mine = new List<PersonAddress>();
            var suppressed = false;
            foreach (var address in person.Addresses)
            {
                if (address.Kind.Channel() == channel)
                {
                    suppressed |= address.Suppressed;
                    if (!address.Suppressed)
                    {
                        mine.Add(address);
                    }
                }
            }

            if (mine.Count == 0)
            {
                _decisions.Add(new(Rule.Address, channel, Decision.Drop, suppressed ? Reasons.Suppressed : Reasons.NoAddress));
                return;
            }

            Quieten(channel, mine);
        }

        private void Quieten(DeliveryChannel channel, List<PersonAddress> mine)
        {
            var ends = mine.ConvertAll(address => QuietTime.Of(person, address, now));
            var quiet = ends.Count(end => end is not null);
            var policy = _category.Mandatory ? QuietPolicy.Ignore : _category.Quiet;
            if (quiet > 0)
            {
                Explain(channel, policy, ends.First(end => end is not null)!, quiet == mine.Count);
            }

            // Devices that sleep while another one is awake wait for their own morning, whatever is done when all sleep.
            if (quiet == mine.Count && policy is QuietPolicy.Drop)
            {
                return;
            }

            if (_category.DigestWindow is { } window && !_category.Mandatory)
            {
                Gather(channel, now + window);
                _decisions.Add(new(Rule.Digest, channel, Decision.Gather, $$"""{"window_s":{{(long)window.TotalSeconds}}}"""));
                return;
            }

            if (quiet == mine.Count && policy is QuietPolicy.Digest)
            {
                Gather(channel, ends.Min(end => end!.Until));
                return;
            }

            for (var i = 0; i < mine.Count; i++)
            {
                var due = policy is QuietPolicy.Ignore || ends[i] is not { } end ? now : end.Until;
                if (due >= request.ExpiresAt && due > now)
                {
                    _decisions.Add(new(Rule.TimeToLive, channel, Decision.Drop, $$"""{"reason":"expires_first","expires_at":"{{Reasons.Time(request.ExpiresAt)}}"}"""));
                    continue;
                }

                if (policy is QuietPolicy.Drop && due > now)
                {
                    continue;
                }

                _deliveries.Add(new PlannedDelivery
                {
                    Channel = channel,
                    Address = mine[i].Id,
                    Kind = mine[i].Kind,
                    Scope = mine[i].Scope,
                    Locale = mine[i].Locale ?? person.Locale,
                    DueAt = due,
                });
            }
        }

        private void Explain(DeliveryChannel channel, QuietPolicy policy, QuietTime quiet, bool all)
        {
            var outcome = policy switch
            {
                QuietPolicy.Ignore => Decision.Send,
                QuietPolicy.Drop => Decision.Drop,
                QuietPolicy.Digest when all => Decision.Gather,
                _ => Decision.Defer,
            };
            _decisions.Add(new(Rule.QuietHours, channel, outcome, quiet.Inputs(policy, all)));
        }

        private void Gather(DeliveryChannel channel, DateTimeOffset closesAt)
        {
            _gathered = _gathered.With(channel);
            _closesAt = closesAt < _closesAt ? closesAt : _closesAt;
        }

        /// <summary>One notification counts once, on however many devices it rings. What goes into a digest counts when that is sent.</summary>
        private void Limit()
        {
            if (_deliveries.TrueForAll(delivery => delivery.Channel == DeliveryChannel.Inbox) || (!request.CountsTotal && !request.CountsCategory))
            {
                return;
            }

            var over = Over(request.CountsTotal, request.Total, person.Total, "") ?? Over(request.CountsCategory, request.OfCategory, person.OfCategory, _category.Name);
            if (over is null)
            {
                LimitRules.Count(request, person, now, _counted);
                return;
            }

            var gathers = _category.Quiet == QuietPolicy.Digest;
            foreach (var channel in ChannelSet.Of(_deliveries.Select(delivery => delivery.Channel)).Without(DeliveryChannel.Inbox))
            {
                _decisions.Add(new(Rule.Limit, channel, gathers ? Decision.Gather : Decision.Drop, over));
                if (gathers)
                {
                    Gather(channel, LimitRules.FreeAt(request, person, now));
                }
            }

            _deliveries.RemoveAll(delivery => delivery.Channel != DeliveryChannel.Inbox);
        }

        private string? Over(bool counts, Allowance allowance, Tally? tally, string scope)
        {
            var known = tally ?? Tally.Empty;
            return !counts || known.Allows(allowance, now)
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"reason":"limit","scope":"{{(scope.Length == 0 ? "all" : scope)}}","in_hour":{{known.InHour(now)}},"per_hour":{{Number(allowance.PerHour)}},"in_day":{{known.InDay(now)}},"per_day":{{Number(allowance.PerDay)}}}""");
        }

        private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "null";
    }
}

/// <summary>The quiet hours of one address at one moment.</summary>
internal sealed record QuietTime(string Zone, TimeOnly Local, DateTimeOffset Until)
{
    /// <summary>By the device's own zone, else by where the person seems to be. Null when it is not quiet there.</summary>
    public static QuietTime? Of(Person person, PersonAddress address, DateTimeOffset now)
    {
        if (person.Quiet.Spans.Count == 0)
        {
            return null;
        }

        var name = address.TimeZone ?? person.Zone;
        var zone = QuietClock.Zone(name);
        return QuietClock.EndOf(person.Quiet, zone, now) is { } end
            ? new(zone == TimeZoneInfo.Utc ? "UTC" : name, TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime), end)
            : null;
    }

    public string Inputs(QuietPolicy policy, bool all) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"reason":"quiet_hours","zone":"{{Zone}}","local":"{{Local:HH':'mm}}","until":"{{Reasons.Time(Until)}}","policy":"{{policy.ToString().ToLowerInvariant()}}","all_devices":{{(all ? "true" : "false")}}}""");
}

/// <summary>The limits of one person, for a notification and for a digest.</summary>
internal static class LimitRules
{
    public static bool Allows(PlanRequest request, Person person, DateTimeOffset now) =>
        (!request.CountsTotal || (person.Total ?? Tally.Empty).Allows(request.Total, now))
        && (!request.CountsCategory || (person.OfCategory ?? Tally.Empty).Allows(request.OfCategory, now));

    /// <summary>When both limits allow one more, if none comes before.</summary>
    public static DateTimeOffset FreeAt(PlanRequest request, Person person, DateTimeOffset now)
    {
        var total = request.CountsTotal ? (person.Total ?? Tally.Empty).FreeAt(request.Total, now) : now;
        var category = request.CountsCategory ? (person.OfCategory ?? Tally.Empty).FreeAt(request.OfCategory, now) : now;
        return total > category ? total : category;
    }

    public static void Count(PlanRequest request, Person person, DateTimeOffset now, List<CountedPlan> counted)
    {
        if (request.CountsTotal)
        {
            counted.Add(new(person.Id, "", (person.Total ?? Tally.Empty).Add(now)));
        }

        if (request.CountsCategory)
        {
            counted.Add(new(person.Id, request.Category.Name, (person.OfCategory ?? Tally.Empty).Add(now)));
        }
    }
}

/// <summary>The usual inputs, made once.</summary>
internal static class Reasons
{
    public const string Disabled = """{"reason":"disabled"}""";
    public const string Unknown = """{"reason":"unknown_user"}""";
    public const string NoAddress = """{"reason":"no_address"}""";
    public const string Suppressed = """{"reason":"suppressed"}""";

    public static string On(PreferenceSource source) => source switch
    {
        PreferenceSource.Mandatory => """{"source":"mandatory"}""",
        PreferenceSource.Mine => """{"source":"mine"}""",
        _ => """{"source":"default"}""",
    };

    public static string Off(PreferenceSource source) => source switch
    {
        PreferenceSource.Channel => """{"reason":"off","source":"channel"}""",
        PreferenceSource.Mine => """{"reason":"off","source":"mine"}""",
        _ => """{"reason":"off","source":"default"}""",
    };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
