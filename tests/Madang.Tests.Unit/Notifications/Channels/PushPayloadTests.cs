using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Fcm;
using Madang.Notifications.Channels.WebPush;

namespace Madang.Tests.Unit.Notifications.Channels;

public sealed class PushPayloadTests
{
    private const string Family = "👨‍👩‍👧‍👦";

    [Fact]
    public void A_long_body_is_cut_between_two_graphemes_and_every_byte_is_used()
    {
        var body = string.Concat(Enumerable.Repeat(Family, 500));
        var payload = WebPushMessage.Payload(Pushes.To("", body: body), new PushContent("제목", body, null, "{}", null))!;
        Assert.InRange(payload.Length, WebPushCipher.MaxPlaintext - 60, WebPushCipher.MaxPlaintext);
        var cut = (string)JsonNode.Parse(payload)!["notification"]!["body"]!;
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.All(StringInfo.GetTextElementEnumerator(cut[..^1]).Elements(), element => Assert.Equal(Family, element));
    }

    [Fact]
    public void A_body_that_just_fits_is_left_whole()
    {
        for (var length = 3_600; length < 4_100; length++)
        {
            var content = new PushContent("t", new string('가', length / 3), null, "{}", null);
            var payload = WebPushMessage.Payload(Pushes.To(""), content)!;
            Assert.True(payload.Length <= WebPushCipher.MaxPlaintext);
            var body = (string)JsonNode.Parse(payload)!["notification"]!["body"]!;
            Assert.True(body == content.Body || (body.EndsWith('…') && payload.Length >= WebPushCipher.MaxPlaintext - 3));
        }
    }

    [Fact]
    public void Large_data_stay_behind_before_the_words_do()
    {
        var data = "{\"x\":\"" + new string('y', 5_000) + "\"}";
        var content = new PushContent("Title", "Some words", "https://a.example.org/b", data, null);
        var json = JsonNode.Parse(FcmMessage.Payload(Pushes.To("token"), content, Pushes.Registered)!)!["message"]!;
        Assert.Equal("Some words", (string?)json["notification"]!["body"]);
        Assert.Null(json["data"]!["x"]);
        Assert.NotNull(json["data"]!["delivery_id"]);
    }

    [Fact]
    public void Whatever_the_words_are_the_payload_is_JSON_within_its_limit()
    {
        var text = Gen.Choose(0, 6_000).SelectMany(length => Gen.Elements("a", "가", "\"", "\\", "\n", "\u0001", Family, "é", "\ud83d", "\u200d").ArrayOf(length)).Select(string.Concat);
        var contents = text.SelectMany(title => text.Select(body => new PushContent(title, body, "https://a.example.org/" + new string('p', body.Length % 1_900), "{\"k\":[1,{\"a\":null}]}", new Badge(1, 2))));
        Prop.ForAll(contents.ToArbitrary(), content =>
        {
            var envelope = Pushes.To("0011") with { Content = content };
            var web = WebPushMessage.Payload(envelope, content);
            var google = FcmMessage.Payload(envelope, content, Pushes.Registered);
            return web is { Length: <= WebPushCipher.MaxPlaintext } && JsonNode.Parse(web) is not null && google is { Length: <= 4_200 } && JsonNode.Parse(google) is not null;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Values_become_strings_for_FCM_and_reserved_keys_get_another_name()
    {
        var content = new PushContent("t", "b", null, """{"n":1,"o":{"a":[true]},"s":"x","from":"me","google.x":"y","gcm_z":"z"}""", null);
        var data = JsonNode.Parse(FcmMessage.Payload(Pushes.To("token"), content, Pushes.Registered)!)!["message"]!["data"]!;
        Assert.Equal("1", (string?)data["n"]);
        Assert.Equal("""{"a":[true]}""", (string?)data["o"]);
        Assert.Equal("x", (string?)data["s"]);
        Assert.Equal("me", (string?)data["data_from"]);
        Assert.Equal("y", (string?)data["data_google.x"]);
        Assert.Equal("z", (string?)data["data_gcm_z"]);
    }

    [Fact]
    public void Cutting_ends_where_a_single_grapheme_is_larger_than_all()
    {
        Assert.Equal("…", PushPayload.Cut("a" + new string('\u0301', 5_000), 100));
        Assert.Equal("", PushPayload.Cut("가나다", 2));
        Assert.Equal("가…", PushPayload.Cut("가나다라", 6));
        Assert.Equal(6, Encoding.UTF8.GetByteCount(PushPayload.Cut("가나다라", 8)));
    }
}

internal static class TextElements
{
    public static IEnumerable<string> Elements(this TextElementEnumerator elements)
    {
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }
}
