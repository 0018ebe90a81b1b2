using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Sms;
using Madang.Notifications.Delivering;
using Madang.Sandbox;
using Madang.Sandbox.Sms;

namespace Madang.Tests.Unit.Notifications.Channels.Sms;

/// <summary>Every row of the contract's §5, by Twilio's API and by Kannel's words, through the stand-ins.</summary>
public sealed class SmsTests : IAsyncLifetime
{
    private const string Number = "+821012345678";
    private static long s_next = 3_000_000_000_000_000;
    private readonly ReturnSeal _seal = new([4, 5, 6]);
    private readonly FakeTime _time = new();
    private TwilioStandIn _twilio = null!;
    private KannelStandIn _kannel = null!;
    private TwilioProvider _provider = null!;
    private KannelProvider _gateway = null!;

    [Fact]
    public async Task A_message_arrives_with_its_callback_and_validity()
    {
        var envelope = To(Number);
        var answer = await _provider.SendAsync(envelope, Token);
        var message = Assert.Single(_twilio.Messages);
        Assert.Equal((AnswerClass.Ok, message.Id), (answer.Class, answer.MessageId));
        Assert.Equal(("안녕하세요 민아 님", Number, "+15005550006"), (message.Text, message.To, message.From));
        Assert.Equal($"https://madang.example.org/t/sms/sms.{_seal.Seal(ReturnSeal.Sms, envelope.Delivery, 1)}", message.Callback);
    }

    [Theory]
    [InlineData(429, "20429", AnswerClassName.Retry, "Provider")]
    [InlineData(429, null, AnswerClassName.Retry, "Provider")]
    [InlineData(400, "21611", AnswerClassName.Retry, "Provider")]
    [InlineData(400, "30001", AnswerClassName.Retry, "Provider")]
    [InlineData(500, null, AnswerClassName.Retry, "Provider")]
    [InlineData(503, "20503", AnswerClassName.Retry, "Provider")]
    [InlineData(400, "21211", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData(400, "21614", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData(400, "30005", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData(400, "30006", AnswerClassName.DeadAddress, "Delivery")]
    [InlineData(400, "21610", AnswerClassName.Suppressed, "Delivery")]
    [InlineData(400, "30004", AnswerClassName.Suppressed, "Delivery")]
    [InlineData(400, "30007", AnswerClassName.Reject, "Delivery")]
    [InlineData(401, "20003", AnswerClassName.Config, "Provider")]
    [InlineData(404, "20404", AnswerClassName.Config, "Provider")]
    [InlineData(400, "21212", AnswerClassName.Config, "Provider")]
    [InlineData(400, "21606", AnswerClassName.Config, "Provider")]
    [InlineData(400, "21408", AnswerClassName.Config, "Provider")]
    [InlineData(400, "30002", AnswerClassName.Config, "Provider")]
    [InlineData(400, "30034", AnswerClassName.Config, "Provider")]
    [InlineData(400, "21617", AnswerClassName.Reject, "Delivery")]
    [InlineData(302, null, AnswerClassName.Config, "Provider")]
    public async Task An_SMS_ends_as_the_contract_says(int status, string? reason, AnswerClassName means, string scope)
    {
        _twilio.Faults.Set(new FaultRule { Status = status, Reason = reason });
        var answer = await _provider.SendAsync(To(Number), Token);
        Assert.Equal(((AnswerClass)means, scope), (answer.Class, answer.Scope.ToString()));
        Assert.Empty(_twilio.Messages);
    }

    [Theory]
    [InlineData(30003, AnswerClassName.Retry, 1)]
    [InlineData(30008, AnswerClassName.Retry, 1)]
    [InlineData(30036, AnswerClassName.Retry, null)]
    [InlineData(30005, AnswerClassName.DeadAddress, null)]
    [InlineData(30006, AnswerClassName.DeadAddress, null)]
    [InlineData(30004, AnswerClassName.Suppressed, null)]
    [InlineData(30007, AnswerClassName.Reject, null)]
    [InlineData(30002, AnswerClassName.Config, null)]
    [InlineData(30034, AnswerClassName.Config, null)]
    [InlineData(0, AnswerClassName.Reject, null)]
    public void A_callback_of_failure_means_what_the_contract_says(int code, AnswerClassName means, int? retries)
    {
        var receipt = TwilioCallback.Read("undelivered", code == 0 ? null : $"{code}", _time.GetUtcNow())!;
        Assert.Equal((ReceiptKind.Failed, (AnswerClass)means, retries), (receipt.Kind, receipt.Failure!.Value.Class, receipt.Failure.Value.MaxRetries));
    }

    [Theory]
    [InlineData("queued", "Taken")]
    [InlineData("sending", "Taken")]
    [InlineData("sent", "Taken")]
    [InlineData("delivered", "Delivered")]
    [InlineData("partially_delivered", "Delivered")]
    [InlineData("read", "Opened")]
    [InlineData("canceled", "Failed")]
    [InlineData("failed", "Failed")]
    [InlineData("received", null)]
    [InlineData(null, null)]
    public void A_status_has_its_rank(string? status, string? kind) => Assert.Equal(kind, TwilioCallback.Read(status, null, _time.GetUtcNow())?.Kind.ToString());

    [Theory]
    [InlineData(FaultEffect.Lost)]
    [InlineData(FaultEffect.Cut)]
    public async Task A_lost_answer_is_in_doubt_and_found_in_the_list(FaultEffect effect)
    {
        _twilio.Faults.Set(new FaultRule { Effect = effect, Next = 1 });
        var envelope = To(Number) with { StartedAt = _time.GetUtcNow() };
        Assert.Equal(AnswerClass.Ambiguous, (await _provider.SendAsync(envelope, Token)).Class);
        _time.Advance(TimeSpan.FromSeconds(30));
        var found = await _provider.LookUpAsync(envelope, Token);
        Assert.Equal((AnswerClass.Ok, Assert.Single(_twilio.Messages).Id), (found.Class, found.MessageId));
    }

    [Fact]
    public async Task What_is_not_in_the_list_was_not_taken()
    {
        var earlier = To(Number);
        await _provider.SendAsync(earlier, Token);
        _time.Advance(TimeSpan.FromMinutes(10));
        // The same words to the same number, ten minutes before: another message.
        Assert.Equal((AnswerClass.Retry, "not_found"), await LookAsync(To(Number) with { StartedAt = _time.GetUtcNow() }));
        Assert.Equal((AnswerClass.Retry, "not_found"), await LookAsync(To("+821000000000") with { StartedAt = _time.GetUtcNow() }));
        _twilio.Faults.Set();
        Assert.Equal(AnswerClass.Ok, (await LookAsync(earlier with { StartedAt = _time.GetUtcNow().AddMinutes(-10) })).Item1);
    }

    [Fact]
    public async Task A_list_that_nobody_gives_leaves_it_in_doubt()
    {
        await using var away = new TwilioStandIn(_time);
        await away.StartAsync(0, Token);
        using var provider = (TwilioProvider)Pushes.Made(new TwilioKind(_seal, _time, "").Create("sms", Pushes.Section(away.Settings, ("AuthToken", "wrong"))));
        Assert.Equal(AnswerClass.Ambiguous, (await provider.LookUpAsync(To(Number), Token)).Class);
        await away.DisposeAsync();
        Assert.Equal(AnswerClass.Ambiguous, (await provider.LookUpAsync(To(Number), Token)).Class);
        Assert.Equal((AnswerClass.Retry, AnswerScope.Provider), await provider.SendAsync(To(Number), Token) is var answer ? (answer.Class, answer.Scope) : default);
    }

    /// <summary>Twilio's own example of the scheme ("Validating requests are coming from Twilio").</summary>
    [Fact]
    public void A_callback_is_proved_by_its_signature()
    {
        KeyValuePair<string, string>[] form =
        [
            new("CallSid", "CA1234567890ABCDE"), new("Caller", "+12349013030"), new("Digits", "1234"), new("From", "+12349013030"), new("To", "+18005551212"),
        ];
        const string url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        Assert.Equal("0/KCTR6DLpKmkAf8muzZqo1nDgQ=", TwilioCallback.Sign("12345", url, form));
        Assert.True(TwilioCallback.IsSigned("12345", url, form, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="));
        Assert.False(TwilioCallback.IsSigned("12346", url, form, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="));
        Assert.False(TwilioCallback.IsSigned("12345", url, form, null));
    }

    [Fact]
    public async Task The_self_test_asks_for_the_account()
    {
        Assert.Empty(await _provider.CheckAsync(Token));
        _twilio.Faults.Set(new FaultRule { Status = 401, Reason = "20003" });
        Assert.Contains("401 20003", Assert.Single(await _provider.CheckAsync(Token)));
        Assert.Empty(await _gateway.CheckAsync(Token));
        Assert.Empty(_kannel.Messages);
    }

    [Theory]
    [InlineData("010-1234-5678")]
    [InlineData("+0101234567")]
    [InlineData("+82101234567890123")]
    [InlineData("+8210&to=1")]
    public async Task A_number_that_is_none_never_reaches_a_gateway(string number)
    {
        Assert.Equal(AnswerClass.DeadAddress, (await _provider.SendAsync(To(number), Token)).Class);
        Assert.Equal(AnswerClass.DeadAddress, (await _gateway.SendAsync(To(number), Token)).Class);
    }

    [Fact]
    public async Task A_message_goes_over_Kannel_whole()
    {
        var envelope = To(Number, "가나다 & 100% = ?");
        Assert.Equal(AnswerClass.Ok, (await _gateway.SendAsync(envelope, Token)).Class);
        var message = Assert.Single(_kannel.Messages);
        Assert.Equal(("가나다 & 100% = ?", Number), (message.Text, message.To));
        Assert.Equal($"https://madang.example.org/t/sms/sms.{_seal.Seal(ReturnSeal.Sms, envelope.Delivery, 1)}?status=%d&reply=%A", message.Callback);
    }

    [Theory]
    [InlineData(202, "0: Accepted for delivery", AnswerClassName.Ok)]
    [InlineData(202, "3: Queued for later delivery", AnswerClassName.Ok)]
    [InlineData(403, "Authorization failed for sendsms", AnswerClassName.Config)]
    [InlineData(403, "Number(s) has/have been denied by white- and/or black-lists.", AnswerClassName.Suppressed)]
    [InlineData(400, "Sender missing and no global set, rejected", AnswerClassName.Config)]
    [InlineData(400, "Charset or body misformed, rejected", AnswerClassName.Reject)]
    [InlineData(404, "Unknown request.", AnswerClassName.Config)]
    [InlineData(500, "Sending failed.", AnswerClassName.Retry)]
    [InlineData(503, "Temporal failure, try again later.", AnswerClassName.Retry)]
    [InlineData(200, "<html>hello</html>", AnswerClassName.Ambiguous)]
    public async Task An_answer_of_Kannel_means_what_the_contract_says(int status, string text, AnswerClassName means)
    {
        _kannel.Faults.Set(new FaultRule { Status = status, Reason = text });
        Assert.Equal((AnswerClass)means, (await _gateway.SendAsync(To(Number), Token)).Class);
    }

    [Theory]
    [InlineData(1, "Delivered", null)]
    [InlineData(2, "Failed", AnswerClassName.Retry)]
    [InlineData(4, "Taken", null)]
    [InlineData(8, "Taken", null)]
    [InlineData(16, "Failed", AnswerClassName.Reject)]
    [InlineData(34, "Failed", AnswerClassName.Retry)]
    [InlineData(66, "Failed", AnswerClassName.Retry)]
    [InlineData(99, null, null)]
    public void A_report_of_Kannel_means_what_the_contract_says(int status, string? kind, AnswerClassName? means)
    {
        var receipt = KannelClassifier.OfReport(status, "NACK/1/Unknown", _time.GetUtcNow());
        Assert.Equal((kind, (AnswerClass?)means), (receipt?.Kind.ToString(), receipt?.Failure?.Class));
    }

    [Fact]
    public async Task A_gateway_whose_answer_is_lost_leaves_it_in_doubt()
    {
        _kannel.Faults.Set(new FaultRule { Effect = FaultEffect.Cut });
        Assert.Equal(AnswerClass.Ambiguous, (await _gateway.SendAsync(To(Number), Token)).Class);
        Assert.Equal(AnswerClass.Ambiguous, (await ((IProvider)_gateway).LookUpAsync(To(Number), Token)).Class);
    }

    [Fact]
    public void Every_fault_of_the_settings_is_said_at_once()
    {
        var (_, twilio) = new TwilioKind(_seal, _time, "").Create("sms", Pushes.Section(new Dictionary<string, string> { ["AccountSid"] = "XY", ["TimeoutSeconds"] = "0" }));
        Assert.Equal(4, twilio.Count);
        var (_, kannel) = new KannelKind(_seal, _time, "").Create("sms", Pushes.Section(new Dictionary<string, string> { ["Endpoint"] = "ftp://x" }));
        Assert.Equal(3, kannel.Count);
    }

    public async ValueTask InitializeAsync()
    {
        _twilio = new TwilioStandIn(_time);
        await _twilio.StartAsync(0, Token);
        _kannel = new KannelStandIn(_time);
        await _kannel.StartAsync(0, Token);
        _provider = (TwilioProvider)Pushes.Made(new TwilioKind(_seal, _time, "https://madang.example.org").Create("sms", Pushes.Section(_twilio.Settings)));
        _gateway = (KannelProvider)Pushes.Made(new KannelKind(_seal, _time, "https://madang.example.org").Create("sms", Pushes.Section(_kannel.Settings)));
    }

    public async ValueTask DisposeAsync()
    {
        _provider.Dispose();
        _gateway.Dispose();
        await _twilio.DisposeAsync();
        await _kannel.DisposeAsync();
    }

    private async Task<(AnswerClass, string)> LookAsync(Envelope envelope) => await _provider.LookUpAsync(envelope, Token) is var answer ? (answer.Class, answer.Code) : default;

    private static Envelope To(string number, string text = "안녕하세요 민아 님") => new()
    {
        Delivery = new DeliveryId(Interlocked.Increment(ref s_next)),
        Notification = new NotificationId(77),
        Attempt = 1,
        Category = "post.new",
        Address = number,
        RegisteredAt = DateTimeOffset.UnixEpoch,
        Content = new SmsContent(text),
        CollapseKey = "post-1",
        ExpiresAt = new DateTimeOffset(2026, 6, 2, 9, 0, 0, TimeSpan.Zero),
        Priority = DeliveryPriority.Normal,
        Locale = "ko",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
