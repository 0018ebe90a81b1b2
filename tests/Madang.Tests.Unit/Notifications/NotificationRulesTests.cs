using System.Text.Json;
using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Audiences;
using Madang.Notifications.Endpoints;
using Madang.Notifications.Planning;

namespace Madang.Tests.Unit.Notifications;

/// <summary>What a notification may hold, and what of it tells a retry from another one.</summary>
public sealed class NotificationRulesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("event_id", """{"event_id":""}""")]
    [InlineData("event_id", """{"event_id":"a\tb"}""")]
    [InlineData("event_id", """{"event_id":"주문-7"}""")]
    [InlineData("category", """{"category":null}""")]
    [InlineData("content", """{"content":null}""")]
    [InlineData("content", """{"template":"welcome"}""")]
    [InlineData("content.title", """{"content":{"title":"","body":"b"}}""")]
    [InlineData("content.title", """{"content":{"title":"two\nlines","body":"b"}}""")]
    [InlineData("content.body", """{"content":{"title":"a"}}""")]
    [InlineData("content.body", """{"content":{"title":"a","body":"nul \u0000"}}""")]
    [InlineData("content.url", """{"content":{"title":"a","body":"b","url":"javascript:alert(1)"}}""")]
    [InlineData("content.url", """{"content":{"title":"a","body":"b","url":"//evil.example/"}}""")]
    [InlineData("content.url", """{"content":{"title":"a","body":"b","url":"/\\\\evil.example/"}}""")]
    [InlineData("content.url", """{"content":{"title":"a","body":"b","url":"rooms/7"}}""")]
    [InlineData("to", """{"to":null}""")]
    [InlineData("to", """{"to":{}}""")]
    [InlineData("to", """{"to":{"all":true,"audience":"news"}}""")]
    [InlineData("to.user_ids", """{"to":{"user_ids":[]}}""")]
    [InlineData("to.audience", """{"to":{"audience":"News!"}}""")]
    [InlineData("to.address", """{"to":{"address":{}}}""")]
    [InlineData("to.address", """{"to":{"address":{"email":"a@example.org","phone":"+821012345678"}}}""")]
    [InlineData("to.address.email", """{"to":{"address":{"email":"a@example.org\r\nRCPT TO:<b@example.org>"}}}""")]
    [InlineData("to.address.email", """{"to":{"address":{"email":"a@b@example.org"}}}""")]
    [InlineData("to.address.phone", """{"to":{"address":{"phone":"01012345678"}}}""")]
    [InlineData("to.address.url", """{"to":{"address":{"url":"ftp://example.org/"}}}""")]
    [InlineData("channels", """{"channels":[]}""")]
    [InlineData("channels", """{"channels":["push","push"]}""")]
    [InlineData("channels", """{"channels":["pigeon"]}""")]
    [InlineData("channels", """{"channels":["sms"],"to":{"address":{"email":"a@example.org"}}}""")]
    [InlineData("data", """{"data":[1]}""")]
    [InlineData("data", """{"data":{"a":1,"a":2}}""")]
    [InlineData("data", """{"data":{"a":"\u0000"}}""")]
    [InlineData("data", """{"data":{"a":"\ud800"}}""")]
    [InlineData("data", """{"data":{"\udc00":1}}""")]
    [InlineData("data", """{"data":{"a":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}}""")]
    [InlineData("send_at", """{"send_at":"2027-07-01T00:00:00Z"}""")]
    [InlineData("ttl", """{"ttl":0}""")]
    [InlineData("ttl", """{"ttl":2419201}""")]
    [InlineData("ttl", """{"ttl":-9223372036854775808}""")]
    [InlineData("collapse_key", """{"collapse_key":"room 7"}""")]
    public void What_is_wrong_is_said_by_its_field(string field, string change) => Assert.Equal([field], Read(change).Error!.Fields.Select(fault => fault.Field));

    [Fact]
    public void Sizes_are_bounded_to_the_byte()
    {
        Assert.True(Read($$$"""{"event_id":"{{{new string('e', 100)}}}","collapse_key":"{{{new string('k', 64)}}}","content":{"title":"{{{new string('t', 200)}}}","body":"{{{new string('b', 4000)}}}"}}""").IsOk);
        Assert.Equal(
            ["event_id", "collapse_key", "content.title", "content.body"],
            Read($$$"""{"event_id":"{{{new string('e', 101)}}}","collapse_key":"{{{new string('k', 65)}}}","content":{"title":"{{{new string('t', 201)}}}","body":"{{{new string('b', 4001)}}}"}}""").Error!.Fields.Select(fault => fault.Field));
        var fits = NotificationRules.MaxDataBytes - """{"a":""}""".Length;
        Assert.True(Read($$$"""{"data":{"a":"{{{new string('d', fits)}}}"}}""").IsOk);
        Assert.Equal("too_long", Assert.Single(Read($$$"""{"data":{"a":"{{{new string('d', fits + 1)}}}"}}""").Error!.Fields).Code);
        Assert.Equal("too_long", Assert.Single(Read($$$"""{"to":{"user_ids":[{{{string.Join(',', Enumerable.Range(1, 11).Select(id => $"\"{id}\""))}}}]}}""").Error!.Fields).Code);
    }

    [Fact]
    public void Data_and_people_have_one_spelling()
    {
        var read = Read("""{ "data": { "b" : "\u1112\u1161\u11ab" , "a": [ 1, null ] }, "to": { "user_ids": ["9", "3", "9"] } }""").Value;
        Assert.Equal("""{"b":"한","a":[1,null]}""", read.Data);
        Assert.Equal([new UserId(3), new UserId(9)], read.To.UserIds);
    }

    [Theory]
    [InlineData("""{"data":{"n":2}}""")]
    [InlineData("""{"to":{"user_ids":["4"]}}""")]
    [InlineData("""{"content":{"title":"a","body":"bc"}}""")]
    [InlineData("""{"content":{"title":"ab","body":"c"}}""")]
    [InlineData("""{"channels":["push"]}""")]
    [InlineData("""{"ttl":60}""")]
    [InlineData("""{"send_at":"2026-06-02T00:00:00Z"}""")]
    [InlineData("""{"collapse_key":"a"}""")]
    public void Every_part_tells_a_retry_from_another_notification(string change)
    {
        Assert.NotEqual(ContentHash.Of(Read("{}").Value), ContentHash.Of(Read(change).Value));
        Assert.Equal(ContentHash.Of(Read(change).Value), ContentHash.Of(Read(change).Value));
    }

    [Fact]
    public void Decisions_come_back_as_they_were_in_a_few_bytes()
    {
        Decision[] decisions =
        [
            new(Rule.Preference, DeliveryChannel.Inbox, Decision.Send, """{"source":"default"}"""),
            new(Rule.Limit, DeliveryChannel.Push, Decision.Gather, """{"reason":"limit","in_hour":20}"""),
            new(Rule.Template, null, Decision.Defer, "{}"),
            new(Rule.Recipient, null, Decision.Drop, """{"reason":"unknown_user"}"""),
        ];
        Assert.Equal(decisions, DecisionCodes.Read(DecisionCodes.Write(decisions)));
        Assert.True(DecisionCodes.Write([decisions[0]]).Length < 8);
    }

    [Theory]
    [InlineData("ko", "ko", true)]
    [InlineData("ko-KR", "ko", true)]
    [InlineData("kok", "ko", false)]
    [InlineData("KO", "ko", true)]
    [InlineData("en", "ko", false)]
    public void A_segment_by_language_knows_whole_words(string locale, string tag, bool fits)
    {
        var account = new AccountGlance(new(1), locale, "Asia/Seoul", Role.User, s_now, false);
        Assert.Equal(fits, new SegmentRule(Locales: [tag]).Fits(account));
        Assert.False(new SegmentRule(Locales: [tag]).Fits(account with { IsDisabled = true }));
        Assert.False(new SegmentRule(CreatedBefore: s_now).Fits(account));
        Assert.True(new SegmentRule(CreatedAfter: s_now, TimeZones: ["Asia/Seoul"], Roles: [Role.User]).Fits(account));
    }

    /// <summary>A good request with this changed, read and checked.</summary>
    private static Result<NewNotification> Read(string change)
    {
        var request = new Dictionary<string, JsonElement>
        {
            ["category"] = JsonSerializer.SerializeToElement("mention"),
            ["content"] = JsonSerializer.SerializeToElement(new { title = "a", body = "b" }),
            ["to"] = JsonSerializer.SerializeToElement(new { user_ids = new[] { "3" } }),
        };
        foreach (var property in JsonDocument.Parse(change).RootElement.EnumerateObject())
        {
            request[property.Name] = property.Value;
        }

        // As text: half of a surrogate pair can be read but not written.
        var text = $"{{{string.Join(',', request.Select(pair => $"\"{pair.Key}\":{pair.Value.GetRawText()}"))}}}";
        var read = JsonSerializer.Deserialize<NotificationRequest>(text, ApiJson.Options)!.Read(null);
        return read.IsOk ? NotificationRules.Check(read.Value, 10, s_now) : read.Error;
    }
}
