using System.Security.Cryptography;
using System.Text.Json;
using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Preferences;

namespace Madang.Tests.Unit.Notifications;

/// <summary>What people and admins may write, and what they may not.</summary>
public sealed class PreferenceInputTests
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("mina@example.org", "mina@example.org")]
    [InlineData(" Mina.Kim+news@EXAMPLE.Org ", "Mina.Kim+news@example.org")]
    [InlineData("미나@예시.한국", "미나@xn--vv4b11d.xn--3e0b707e")]
    [InlineData("mina@bücher.example", "mina@xn--bcher-kva.example")]
    public void Mail_addresses_are_kept_in_one_form(string text, string kept) => Assert.Equal(kept, PersonalAddress.CheckEmail(text, "value").Value);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mina")]
    [InlineData("@example.org")]
    [InlineData("mina@")]
    [InlineData("mina@localhost")]
    [InlineData("mina@[10.0.0.1]")]
    [InlineData("mina@10.0.0.1")]
    [InlineData("mina@-a.org")]
    [InlineData(".mina@example.org")]
    [InlineData("mi..na@example.org")]
    [InlineData("mi na@example.org")]
    [InlineData("mina@exa mple.org")]
    [InlineData("mina@example.org\r\nBcc: all@example.org")]
    [InlineData("\"mina\"@example.org")]
    [InlineData("mina@example.org>")]
    [InlineData("a@b@example.org")]
    public void What_is_no_mail_address_is_refused(string? text) => Assert.Equal("value", Assert.Single(PersonalAddress.CheckEmail(text, "value").Error!.Fields).Field);

    [Fact]
    public void A_mail_address_is_bounded()
    {
        Assert.False(PersonalAddress.CheckEmail(new string('a', 65) + "@example.org", "value").IsOk);
        Assert.False(PersonalAddress.CheckEmail("a@" + string.Join('.', Enumerable.Repeat(new string('b', 60), 5)) + ".org", "value").IsOk);
        Assert.True(PersonalAddress.CheckEmail(new string('a', 64) + "@example.org", "value").IsOk);
    }

    [Theory]
    [InlineData("+82 10-1234-5678", "+821012345678")]
    [InlineData("+1 (212) 555.0123", "+12125550123")]
    [InlineData("010-1234-5678", null)]
    [InlineData("+0 10 1234 5678", null)]
    [InlineData("+12345", null)]
    [InlineData("+1234567890123456", null)]
    [InlineData("+82 10 1234 ５678", null)]
    [InlineData("+", null)]
    public void Numbers_are_kept_in_one_form(string text, string? kept) =>
        Assert.Equal(kept, PersonalAddress.CheckPhone(text, "value") is { IsOk: true, Value: var value } ? value : null);

    [Fact]
    public void A_subscription_keeps_endpoint_and_keys_alone()
    {
        var made = PushRegistration.Check(WebPush("https://push.example.org/x?y=\"1\"", Key(), new byte[16], ",\"expirationTime\":null,\"more\":1"));
        Assert.True(made.IsOk);
        using var kept = JsonDocument.Parse(made.Value.Value);
        Assert.Equal(["endpoint", "keys"], kept.RootElement.EnumerateObject().Select(one => one.Name));
        Assert.Equal("https://push.example.org/x?y=\"1\"", kept.RootElement.GetProperty("endpoint").GetString());
        Assert.Equal(
            AddressHash.Of(AddressKind.WebPush, made.Value.Value),
            AddressHash.Of(AddressKind.WebPush, PushRegistration.Check(WebPush("https://push.example.org/x?y=\"1\"", Key(), new byte[16])).Value.Value));
    }

    [Fact]
    public void What_cannot_be_encrypted_to_or_reached_is_refused()
    {
        var off = Key();
        off[64] ^= 1;
        Assert.Equal("subscription.keys.p256dh", Fault(WebPush("https://push.example.org/", off, new byte[16])));
        Assert.Equal("subscription.keys.p256dh", Fault(WebPush("https://push.example.org/", new byte[65], new byte[16])));
        Assert.Equal("subscription.keys.auth", Fault(WebPush("https://push.example.org/", Key(), new byte[15])));
        Assert.Equal("subscription.endpoint", Fault(WebPush("http://push.example.org/", Key(), new byte[16])));
        Assert.Equal("subscription.endpoint", Fault(WebPush("https://user:word@push.example.org/", Key(), new byte[16])));
        Assert.Equal("subscription", Fault(new PushClaim { Kind = "webpush" }));
        Assert.Equal("subscription", Fault(new PushClaim { Kind = "webpush", Subscription = JsonDocument.Parse("[1]").RootElement }));
        Assert.Equal("subscription.endpoint", Fault(new PushClaim { Kind = "webpush", Subscription = JsonDocument.Parse("{\"endpoint\":5}").RootElement }));
        Assert.Equal("token", Fault(new PushClaim { Kind = "apns", Token = "xyz", App = "a.b" }));
        Assert.Equal("app", Fault(new PushClaim { Kind = "apns", Token = new('a', 64) }));
        Assert.Equal("environment", Fault(new PushClaim { Kind = "apns", Token = new('a', 64), App = "a.b", Environment = "moon" }));
        Assert.Equal("token", Fault(new PushClaim { Kind = "fcm", Token = "a b" }));
        Assert.Equal("token", Fault(new PushClaim { Kind = "fcm", Token = new('a', 4_097) }));
        Assert.Equal("kind", Fault(new PushClaim { Kind = "pigeon" }));
        Assert.Equal("time_zone", Fault(new PushClaim { Kind = "fcm", Token = "abc", TimeZone = "../../etc/passwd" }));
        Assert.Equal("locale", Fault(new PushClaim { Kind = "fcm", Token = "abc", Locale = "한국어" }));
    }

    [Fact]
    public void A_category_is_read_whole_and_all_its_faults_are_told()
    {
        var made = CategoryRules.Check("shop.sale", new CategoryDraft
        {
            Titles = new Dictionary<string, string> { ["ko"] = "할인", ["en"] = "Sales" },
            Channels = ["push", "inbox", "push"],
            Priority = "low",
            Quiet = "digest",
            Ambiguous = "resend",
            PerHour = 1,
            PerDay = 3,
            DigestWindowMs = 600_000,
            TtlMs = 3_600_000,
            Fallback = new("push", 180_000, "sms"),
        }).Value;
        Assert.Equal([DeliveryChannel.Inbox, DeliveryChannel.Push], made.Channels);
        Assert.Equal((QuietPolicy.Digest, AmbiguousPolicy.Resend, TimeSpan.FromMinutes(10)), (made.Quiet, made.Ambiguous, made.DigestWindow!.Value));

        var refused = CategoryRules.Check("Sale!", new CategoryDraft
        {
            Titles = new Dictionary<string, string> { ["x\"y"] = "?" },
            Channels = ["fax"],
            Priority = "urgent",
            Quiet = "loud",
            PerHour = 0,
            PerDay = 60_001,
            DigestWindowMs = 1,
            TtlMs = long.MaxValue,
            Fallback = new("sms", null, "sms"),
        });
        Assert.Equal(
            ["channels.0", "digest_window_ms", "fallback.after_ms", "fallback.to", "name", "per_day", "per_hour", "priority", "quiet", "titles", "ttl_ms"],
            refused.Error!.Fields.Select(fault => fault.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_absent_stays_and_what_is_given_is_replaced()
    {
        var sheet = new PreferenceSheet(new(1)) { Off = ChannelSet.Of([DeliveryChannel.Sms]) }.With("social", default(Choice).With(DeliveryChannel.Push, false));
        var changed = Over(sheet, new(null, s_now.AddHours(1), [new("friday", "22:00", "07:30")], null)).Value;
        Assert.Equal((sheet.Off, s_now.AddHours(1), "5:1320-450"), (changed.Off, changed.MutedUntil, changed.Quiet.Text));
        Assert.Same(sheet.Choices, changed.Choices);
        var chosen = Over(changed, new(new Dictionary<string, bool> { ["push"] = false }, s_now, [], new Dictionary<string, IReadOnlyDictionary<string, bool>>
        {
            ["mention"] = new Dictionary<string, bool> { ["email"] = true },
            ["security"] = new Dictionary<string, bool> { ["push"] = true },
        })).Value;
        Assert.Equal((ChannelSet.Of([DeliveryChannel.Push]), null, null), (chosen.Off, chosen.MutedUntil, chosen.Quiet.Text));
        Assert.Equal(["mention"], chosen.Choices.Keys);
    }

    [Fact]
    public void What_cannot_be_chosen_is_refused_with_every_fault()
    {
        var refused = Over(PreferenceSheet.Empty(new(1)), new(
            new Dictionary<string, bool> { ["fax"] = false }, s_now.AddDays(9_999), [new("someday", "25:00", null)],
            new Dictionary<string, IReadOnlyDictionary<string, bool>>
            {
                ["security"] = new Dictionary<string, bool> { ["push"] = false },
                ["nothing"] = new Dictionary<string, bool>(),
                ["social"] = new Dictionary<string, bool> { ["webhook"] = true },
            }));
        Assert.Equal(
            ["channels:unknown_value", "choices.security.push:mandatory", "choices.social:unknown_value", "choices:unknown_value", "muted_until:out_of_range",
                "quiet_hours.0.day:unknown_value", "quiet_hours.0.from:invalid", "quiet_hours.0.to:required"],
            refused.Error!.Fields.Select(fault => $"{fault.Field}:{fault.Code}").Order(StringComparer.Ordinal));
        Assert.Equal("quiet_hours", Assert.Single(Over(PreferenceSheet.Empty(new(1)), new(null, null, [.. Enumerable.Repeat(new QuietSpanJson("friday", "01:00", "02:00"), 15)], null)).Error!.Fields).Field);
    }

    private static Result<PreferenceSheet> Over(PreferenceSheet sheet, PreferenceDraft draft) => draft.Over(sheet, BuiltInCategories.Find, s_now);

    private static string Fault(PushClaim claim) => Assert.Single(PushRegistration.Check(claim).Error!.Fields).Field;

    private static PushClaim WebPush(string endpoint, byte[] key, byte[] auth, string more = "") => new()
    {
        Kind = "webpush",
        Subscription = JsonDocument.Parse(
            $$$"""{"endpoint":{{{JsonSerializer.Serialize(endpoint)}}},"keys":{"p256dh":"{{{Convert.ToBase64String(key)}}}","auth":"{{{Convert.ToBase64String(auth)}}}"}{{{more}}}}""").RootElement,
    };

    private static byte[] Key()
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = pair.ExportParameters(false).Q;
        return [4, .. point.X!, .. point.Y!];
    }
}
