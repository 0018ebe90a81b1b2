using System.Text;
using Madang.Webhooks;
using Madang.Webhooks.Sending;

namespace Madang.Tests.Unit.Webhooks;

public sealed class WebhookTests
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>The example of the Standard Webhooks reference implementations.</summary>
    [Fact]
    public void A_signature_is_that_of_the_specification()
    {
        Assert.True(WebhookSecret.TryParse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", out var secret));
        var signature = secret.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), Encoding.UTF8.GetBytes("""{"test": 2432232314}"""));
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_not base64 at all, not even nearly so")]
    public void What_is_no_secret_is_refused(string? text) => Assert.False(WebhookSecret.TryParse(text, out _));

    [Fact]
    public void A_new_secret_is_new_and_never_in_a_log()
    {
        var (one, other) = (WebhookSecret.New(), WebhookSecret.New());
        Assert.NotEqual(one, other);
        Assert.True(WebhookSecret.TryParse(one.Text, out _));
        Assert.DoesNotContain(one.Text[6..], $"{one} {Endpoint() with { Secret = one }}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("crawl.finished", "crawl.finished", true)]
    [InlineData("crawl.finished", "crawl.finished.late", false)]
    [InlineData("crawl.*", "crawl.page.new", true)]
    [InlineData("crawl.*", "crawl", false)]
    [InlineData("crawl.*", "crawler.x", false)]
    [InlineData("a.b crawl.page.*", "crawl.page.gone", true)]
    public void An_endpoint_hears_of_what_it_wants(string types, string type, bool isWanted) =>
        Assert.Equal(isWanted, (Endpoint() with { Types = types.Split(' ', StringSplitOptions.RemoveEmptyEntries) }).Wants(type));

    [Fact]
    public void Five_days_without_a_success_switch_it_off_and_one_success_begins_anew()
    {
        var patience = TimeSpan.FromDays(5);
        var endpoint = Endpoint().After(Answer(s_now, 500), patience);
        Assert.Equal(s_now, endpoint.FailingSince);
        Assert.Same(endpoint, endpoint.After(Answer(s_now.AddDays(4.9), 404), patience));
        Assert.Null(endpoint.After(Answer(s_now.AddDays(4.9), 204), patience).FailingSince);
        var off = endpoint.After(Answer(s_now.AddDays(5), null, "connect_failed"), patience);
        Assert.Equal(DisabledReason.Failing, off.Disabled);
        Assert.Same(off, off.After(Answer(s_now.AddDays(6), 200), patience));
        Assert.Null(off.Switch(isOn: true, s_now.AddDays(7)).Disabled);
    }

    [Fact]
    public void A_410_switches_it_off_at_once() =>
        Assert.Equal(DisabledReason.Gone, Endpoint().After(Answer(s_now, 410), TimeSpan.FromDays(5)).Disabled);

    [Theory]
    [InlineData(200, null, true)]
    [InlineData(299, null, true)]
    [InlineData(302, null, false)]
    [InlineData(199, null, false)]
    [InlineData(null, "tls_failed", false)]
    public void Two_hundreds_alone_are_a_success(int? status, string? fault, bool isSuccess) => Assert.Equal(isSuccess, Answer(s_now, status, fault).IsSuccess);

    [Fact]
    public void Places_are_bounded_per_endpoint_and_the_row_is_told_when_to_come_back()
    {
        var places = new EndpointPlaces(2);
        var (slow, other) = (new EndpointId(1), new EndpointId(2));
        Assert.True(places.TryEnter(slow, out _));
        Assert.True(places.TryEnter(slow, out _));
        var waits = Enumerable.Range(0, 2_000).Select(_ => places.TryEnter(slow, out var wait) ? TimeSpan.Zero : wait).ToList();
        Assert.Equal(TimeSpan.FromSeconds(1), waits[0]);
        Assert.Equal(waits.Order(), waits);
        Assert.Equal(TimeSpan.FromSeconds(100), waits[^1]);
        Assert.True(places.TryEnter(other, out _));
        places.Leave(slow, TimeSpan.FromSeconds(15));
        Assert.True(places.TryEnter(slow, out _));
        Assert.False(places.TryEnter(slow, out var longer));
        Assert.Equal(TimeSpan.FromMinutes(5), longer);
    }

    [Fact]
    public void The_excerpt_of_an_answer_is_short_and_readable_whatever_came()
    {
        Assert.Equal("ok\n\tfine", DeliveryWorker.Excerpt("ok\n\tfine"u8));
        Assert.Equal("\ufffd[31mred\ufffd\ufffd", DeliveryWorker.Excerpt([0x1B, .. "[31mred"u8, 0xFF, 0]));
        Assert.Equal(341, DeliveryWorker.Excerpt(Encoding.UTF8.GetBytes(new string('마', 5_000))).Length);
        Assert.Equal(1024, DeliveryWorker.Excerpt(Encoding.UTF8.GetBytes(new string('a', 5_000))).Length);
    }

    private static WebhookAttempt Answer(DateTimeOffset at, int? status, string? fault = null) => new(at, status, fault, TimeSpan.FromMilliseconds(5), "");

    private static WebhookEndpoint Endpoint() => new()
    {
        Id = new(1),
        Url = "https://example.org/",
        Description = "",
        Types = [],
        Secret = WebhookSecret.New(),
        CreatedAt = s_now,
        UpdatedAt = s_now,
    };
}
