using System.Buffers.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Api;
using Madang.Notifications.Templates.Html;
using Madang.Notifications.Templates.Language;
using Madang.Notifications.Tracking;

namespace Madang.Tests.Unit.Notifications.Tracking;

/// <summary>Signed links, and who is a machine.</summary>
public sealed class TrackingTests
{
    private static readonly byte[] s_key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];
    private static readonly TrackingToken s_click = new(TokenUse.Click, new(7), new(8), new UserId(9), "https://example.org/주문?a=1&b=2");

    [Fact]
    public void A_link_says_what_was_signed()
    {
        Assert.Equal(s_click, TrackingToken.Read(s_click.Write(s_key), TokenUse.Click, s_key));
        var longest = s_click with { Text = new string('가', TrackingToken.MaxText) };
        Assert.Equal(longest, TrackingToken.Read(longest.Write(s_key), TokenUse.Click, s_key));
    }

    [Fact]
    public void A_link_that_was_touched_anywhere_leads_nowhere()
    {
        var token = s_click.Write(s_key);
        var bytes = Base64Url.DecodeFromChars(token);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var touched = (byte[])bytes.Clone();
            touched[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(TrackingToken.Read(Base64Url.EncodeToString(touched), TokenUse.Click, s_key));
        }

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(TrackingToken.Read(Base64Url.EncodeToString(bytes.AsSpan(0, length)), TokenUse.Click, s_key));
        }

        Assert.Null(TrackingToken.Read(token, TokenUse.Unsubscribe, s_key));
        Assert.Null(TrackingToken.Read(token, TokenUse.Click, new byte[32]));
        Assert.Null(TrackingToken.Read(token + "A", TokenUse.Click, s_key));
        Assert.Null(TrackingToken.Read(token + "=", TokenUse.Click, s_key));
        Assert.Null(TrackingToken.Read(new string('A', 100_000), TokenUse.Click, s_key));
        Assert.Null(TrackingToken.Read("ümlaut", TokenUse.Click, s_key));
        Assert.Null(TrackingToken.Read(null, TokenUse.Click, s_key));
    }

    [Theory]
    [InlineData("GET", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15", 60, 0, null)]
    [InlineData("GET", "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", 60, 0, null)]
    [InlineData("HEAD", "Mozilla/5.0 (iPhone)", 60, 0, "method")]
    [InlineData("GET", "", 60, 0, "no_agent")]
    [InlineData("GET", "Mozilla/5.0", 60, 0, "apple_mpp")]
    [InlineData("GET", "Mozilla/5.0 (compatible; bingbot/2.0)", 60, 0, "program")]
    [InlineData("GET", "python-requests/2.31", 60, 0, "program")]
    [InlineData("GET", "Mozilla/5.0 (iPhone)", 2, 0, "too_fast")]
    [InlineData("GET", "Mozilla/5.0 (iPhone)", 60, 1, null)]
    [InlineData("GET", "Mozilla/5.0 (iPhone)", 60, 2, "all_links")]
    public void Machines_are_told_from_people(string method, string agent, int seconds, int others, string? rule) =>
        Assert.Equal(rule, MachineRules.Judge(new(TrackedKind.Clicked, method, agent, TimeSpan.FromSeconds(seconds), others)));

    [Fact]
    public void Who_follows_all_links_at_once_was_a_machine_from_the_first()
    {
        var links = new RecentLinks();
        var now = DateTimeOffset.UnixEpoch;
        Assert.Equal([0, 1, 1, 2], [links.Follow(new(1), "a", now), links.Follow(new(1), "b", now), links.Follow(new(1), "a", now), links.Follow(new(1), "c", now)]);
        Assert.Equal(0, links.Follow(new(2), "a", now));
        Assert.Equal(0, links.Follow(new(1), "d", now + TimeSpan.FromMinutes(1)));

        TrackedEvent Event(TrackedKind kind, long delivery, bool machine, string detail = "") => new(1, kind, new(1), new(delivery), default, machine, detail, now);
        TrackedEvent[] batch =
        [
            Event(TrackedKind.Clicked, 1, false), Event(TrackedKind.Opened, 1, false), Event(TrackedKind.Clicked, 1, true, MachineRules.AllLinks), Event(TrackedKind.Clicked, 2, false),
            Event(TrackedKind.Clicked, 3, true, "program"), Event(TrackedKind.Clicked, 3, false),
        ];
        Assert.Equal([batch[2], batch[3], batch[4], batch[5]], MachineRules.Settle(batch));
    }

    [Fact]
    public void No_value_ever_opens_a_tag_or_leaves_its_attribute()
    {
        var part = TemplatePart.Read("<p title=\"{{a}}\" lang='{{a}}'>{{a}}<a href=\"https://x/{{a}}\">y</a></p>", PartKind.Html).Part!;
        Prop.ForAll<string>(value =>
        {
            using var data = System.Text.Json.JsonDocument.Parse(System.Text.Json.JsonSerializer.Serialize(new { a = "x" + value }));
            var html = part.Render(new() { Data = data.RootElement }, 1_000_000).Value;
            var tokens = HtmlTokens.Of(html).Where(token => token.IsTag).ToList();
            return tokens.Count == 4 && html.Count(letter => letter == '<') == 4 && html.Count(letter => letter == '"') == 4 && html.Count(letter => letter == '\'') == 2;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_value_ever_breaks_a_line_of_a_subject()
    {
        var part = TemplatePart.Read("Hello {{a}}", PartKind.Text).Part!;
        Prop.ForAll<string>(value =>
        {
            foreach (var text in new[] { value + "\r\nBcc: x@example.org", value + "\u2028" + value, value + "\u0085\u0000" })
            {
                using var data = System.Text.Json.JsonDocument.Parse(System.Text.Json.JsonSerializer.Serialize(new { a = "x" + text }));
                var line = new Madang.Notifications.Rendering.Words(new() { Data = data.RootElement }, null).Line(part);
                if (line.Any(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029'))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }
}
