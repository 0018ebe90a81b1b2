using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Webhook;
using Madang.Outbound;
using Madang.Tests.Unit.Crawler.Outbound;
using Madang.Webhooks;

namespace Madang.Tests.Unit.Notifications.Channels.Webhook;

/// <summary>Every row of the contract's §6, and that each attempt is signed under one id.</summary>
public sealed class WebhookTests
{
    private readonly FakeTime _time = new();

    [Theory]
    [InlineData(200, AnswerClassName.Ok, "Delivery")]
    [InlineData(204, AnswerClassName.Ok, "Delivery")]
    [InlineData(301, AnswerClassName.Retry, "Address")]
    [InlineData(307, AnswerClassName.Retry, "Address")]
    [InlineData(400, AnswerClassName.Retry, "Address")]
    [InlineData(404, AnswerClassName.Retry, "Address")]
    [InlineData(410, AnswerClassName.DeadAddress, "Delivery")]
    [InlineData(429, AnswerClassName.Retry, "Domain")]
    [InlineData(500, AnswerClassName.Retry, "Address")]
    [InlineData(502, AnswerClassName.Retry, "Domain")]
    [InlineData(503, AnswerClassName.Retry, "Domain")]
    [InlineData(504, AnswerClassName.Retry, "Domain")]
    public void An_answer_means_what_the_contract_says(int status, AnswerClassName means, string scope)
    {
        var answer = WebhookClassifier.Of(status, TimeSpan.FromSeconds(7));
        Assert.Equal(((AnswerClass)means, scope), (answer.Class, answer.Scope.ToString()));
        Assert.Equal(means == AnswerClassName.Retry ? TimeSpan.FromSeconds(7) : null, answer.RetryAfter);
    }

    [Theory]
    [InlineData(OutboundFaults.AddressRefused, AnswerClassName.Reject)]
    [InlineData(OutboundFaults.PortRefused, AnswerClassName.Reject)]
    [InlineData(OutboundFaults.NoSuchHost, AnswerClassName.Retry)]
    [InlineData(OutboundFaults.HeaderTimeout, AnswerClassName.Retry)]
    [InlineData(OutboundFaults.Reset, AnswerClassName.Retry)]
    [InlineData(OutboundFaults.TlsFailed, AnswerClassName.Retry)]
    public void A_fault_means_what_the_contract_says(string fault, AnswerClassName means) => Assert.Equal((AnswerClass)means, WebhookClassifier.OfFault(fault, null).Class);

    [Theory]
    [InlineData("http://example.org/hook", "not_https")]
    [InlineData("ftp://example.org/hook", "not_https")]
    [InlineData("https://10.0.0.1/hook", "address_refused")]
    [InlineData("https://127.0.0.1/hook", "address_refused")]
    public async Task An_address_inside_is_never_asked(string address, string code)
    {
        using var outbound = Clients.Local(allow: "");
        var provider = Pushes.Made(new WebhookKind(outbound, _time).Create("hooks", Pushes.Section(new Dictionary<string, string> { ["Secret"] = WebhookSecret.New().Text })));
        var answer = await provider.SendAsync(To(address), TestContext.Current.CancellationToken);
        Assert.Equal((AnswerClass.Reject, code), (answer.Class, answer.Code));
    }

    [Fact]
    public void A_secret_of_another_form_is_said_without_its_words()
    {
        using var outbound = Clients.Local();
        var (provider, faults) = new WebhookKind(outbound, _time).Create("hooks", Pushes.Section(new Dictionary<string, string> { ["Secret"] = "geheim", ["OldSecret"] = "whsec_AAAA", ["TimeoutSeconds"] = "90" }));
        Assert.Null(provider);
        Assert.Equal(3, faults.Count);
        Assert.DoesNotContain(faults, fault => fault.Contains("geheim", StringComparison.Ordinal));
    }

    private static Envelope To(string address) => new()
    {
        Delivery = new Madang.Notifications.Delivering.DeliveryId(5),
        Notification = new NotificationId(77),
        Attempt = 1,
        Category = "post.new",
        Address = address,
        RegisteredAt = DateTimeOffset.UnixEpoch,
        Content = new WebhookContent("{}"),
        CollapseKey = "post-1",
        ExpiresAt = DateTimeOffset.MaxValue,
        Priority = Madang.Notifications.Delivering.DeliveryPriority.Normal,
        Locale = "en",
    };
}
