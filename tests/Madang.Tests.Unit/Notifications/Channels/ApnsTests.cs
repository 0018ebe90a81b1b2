using System.Text.Json.Nodes;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Apns;
using Madang.Notifications.Delivering;
using Madang.Sandbox;
using Madang.Sandbox.Apns;

namespace Madang.Tests.Unit.Notifications.Channels;

public sealed class ApnsTests : IAsyncLifetime
{
    private readonly ApnsScene _scene = new();

    [Fact]
    public async Task A_push_arrives_with_all_that_Apple_asks_for()
    {
        var envelope = Pushes.To(ApnsScene.Device);
        var answer = await _scene.Provider.SendAsync(envelope, TestContext.Current.CancellationToken);
        Assert.Equal(AnswerClass.Ok, answer.Class);
        var message = Assert.Single(_scene.StandIn.Received.Last());
        Assert.Equal(message.Id, answer.MessageId);
        Assert.Equal("room-7", message.CollapseKey);
        Assert.Equal("alert", message.Facts!["apns-push-type"]);
        Assert.Equal("10", message.Facts["apns-priority"]);
        Assert.Equal("1780390800", message.Facts["apns-expiration"]);
        var json = JsonNode.Parse(message.Text)!;
        Assert.Equal("새 메시지", (string?)json["aps"]!["alert"]!["title"]);
        Assert.Equal("안녕하세요 👋", (string?)json["aps"]!["alert"]!["body"]);
        Assert.Equal(3, (int)json["aps"]!["badge"]!);
        Assert.Equal(1, (int)json["aps"]!["mutable-content"]!);
        Assert.Equal("chat.message", (string?)json["aps"]!["thread-id"]);
        Assert.Equal(42, (int)json["badge_version"]!);
        Assert.Equal("7", (string?)json["data"]!["room"]);
        Assert.Equal(envelope.Delivery.ToString(), (string?)json["delivery_id"]);
    }

    [Fact]
    public async Task A_push_without_words_goes_in_the_background()
    {
        var envelope = Pushes.To(ApnsScene.Device, "", "");
        Assert.Equal(AnswerClass.Ok, (await _scene.Provider.SendAsync(envelope, TestContext.Current.CancellationToken)).Class);
        var message = Assert.Single(_scene.StandIn.Received.Last());
        Assert.Equal("background", message.Facts!["apns-push-type"]);
        Assert.Equal("5", message.Facts["apns-priority"]);
    }

    [Fact]
    public void The_id_of_a_message_is_the_same_at_each_attempt_and_another_for_each_delivery()
    {
        Assert.Equal("6d616461-6e67-8000-8000-000000000001", ApnsMessage.Id(new DeliveryId(1)));
        Assert.Equal("6d616461-6e67-8001-bfff-ffffffffffff", ApnsMessage.Id(new DeliveryId(long.MaxValue)));
        Assert.NotEqual(ApnsMessage.Id(new DeliveryId(1L << 62)), ApnsMessage.Id(new DeliveryId(0)));
    }

    [Fact]
    public async Task A_token_is_used_for_forty_minutes_and_not_for_fifty()
    {
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        _scene.Time.Advance(TimeSpan.FromMinutes(39));
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        Assert.Equal(1, _scene.StandIn.Tokens);
        _scene.Time.Advance(TimeSpan.FromMinutes(11.1));
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        Assert.Equal(2, _scene.StandIn.Tokens);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_for_all_that_wait_and_the_pushes_arrive()
    {
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        _scene.Time.Advance(TimeSpan.FromMinutes(21));
        _scene.StandIn.Faults.Set(new FaultRule { Next = 20, Status = 403, Reason = "ExpiredProviderToken" });
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _scene.SendAsync()));
        // Whoever met the fault twice is a retry; nobody made a second token.
        Assert.DoesNotContain(answers, answer => answer.Class is not (AnswerClass.Ok or AnswerClass.Config));
        Assert.Contains(answers, answer => answer.Class == AnswerClass.Ok);
        Assert.Equal(2, _scene.StandIn.Tokens);
    }

    [Fact]
    public async Task A_token_that_is_refused_within_twenty_minutes_is_not_made_again()
    {
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        _scene.Time.Advance(TimeSpan.FromMinutes(19));
        _scene.StandIn.Faults.Set(new FaultRule { Status = 403, Reason = "ExpiredProviderToken" });
        var answer = await _scene.SendAsync();
        Assert.Equal(AnswerClass.Retry, answer.Class);
        Assert.Equal(TimeSpan.FromMinutes(20), answer.RetryAfter);
        Assert.Equal(1, _scene.StandIn.Tokens);
    }

    [Fact]
    public async Task A_clock_that_was_set_forward_makes_a_new_token()
    {
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        _scene.Time.Step(TimeSpan.FromHours(3));
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        Assert.Equal(2, _scene.StandIn.Tokens);
    }

    [Fact]
    public async Task Too_many_tokens_stop_their_making_for_twenty_minutes_and_end_in_a_new_connection()
    {
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        _scene.Time.Advance(TimeSpan.FromMinutes(45));
        _scene.StandIn.Faults.Set(new FaultRule { Next = 1, Status = 429, Reason = "TooManyProviderTokenUpdates" });
        Assert.Equal(TimeSpan.FromMinutes(20), (await _scene.SendAsync()).RetryAfter);
        var made = _scene.StandIn.Tokens;
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        Assert.Equal(made, _scene.StandIn.Tokens);
        _scene.Time.Advance(TimeSpan.FromMinutes(55));
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        Assert.Equal(made + 1, _scene.StandIn.Tokens);
        Assert.Equal(2, _scene.StandIn.Connections);
    }

    [Theory]
    [InlineData(400, "IdleTimeout")]
    [InlineData(403, "UnrelatedKeyIdInToken")]
    public async Task What_a_connection_is_refused_for_is_sent_over_a_new_one(int status, string reason)
    {
        _scene.StandIn.Faults.Set(new FaultRule { Next = 1, Status = status, Reason = reason });
        Assert.Equal(AnswerClass.Ok, (await _scene.SendAsync()).Class);
        Assert.Equal(2, _scene.StandIn.Connections);
    }

    [Theory]
    [InlineData(FaultEffect.Lost)]
    [InlineData(FaultEffect.Cut)]
    public async Task An_answer_that_is_lost_is_ambiguous_and_a_second_copy_shows_once(FaultEffect effect)
    {
        _scene.StandIn.Faults.Set(new FaultRule { Next = 1, Effect = effect });
        var envelope = Pushes.To(ApnsScene.Device);
        Assert.Equal(AnswerClass.Ambiguous, (await _scene.Provider.SendAsync(envelope, TestContext.Current.CancellationToken)).Class);
        Assert.Equal(AnswerClass.Ok, (await _scene.Provider.SendAsync(envelope, TestContext.Current.CancellationToken)).Class);
        var counts = _scene.StandIn.Received.Counts;
        Assert.Equal((1, 2, 1, 0), (counts.Messages, counts.Taken, counts.TransportDoubles, counts.ShownDoubles));
    }

    [Fact]
    public async Task No_answer_within_the_timeout_is_ambiguous()
    {
        using var pool = new ApnsPool(_scene.Settings, TimeProvider.System);
        var provider = new ApnsProvider(_scene.Settings with { Timeout = TimeSpan.FromMilliseconds(300) }, pool, TimeProvider.System);
        _scene.Time.Step(TimeProvider.System.GetUtcNow() - _scene.Time.GetUtcNow());
        _scene.StandIn.Faults.Set(new FaultRule { Effect = FaultEffect.Silent });
        var answer = await provider.SendAsync(Pushes.To(ApnsScene.Device), TestContext.Current.CancellationToken);
        Assert.Equal((AnswerClass.Ambiguous, "timeout"), (answer.Class, answer.Code));
    }

    [Fact]
    public async Task A_server_that_asks_to_leave_loses_nothing()
    {
        _scene.StandIn.Faults.Set(new FaultRule { Every = 5, Effect = FaultEffect.Goaway });
        for (var i = 0; i < 6; i++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _scene.SendAsync()));
            Assert.All(answers, answer => Assert.Equal(AnswerClass.Ok, answer.Class));
        }

        Assert.Equal((60, 60), ((int)_scene.StandIn.Received.Counts.Messages, (int)_scene.StandIn.Received.Counts.Taken));
        Assert.True(_scene.StandIn.Connections > 1);
    }

    [Fact]
    public async Task A_host_that_nobody_listens_at_is_a_retry_and_not_ambiguous()
    {
        var port = _scene.StandIn.Address.Port;
        await _scene.StandIn.DisposeAsync();
        var answer = await _scene.SendAsync();
        Assert.Equal((AnswerClass.Retry, AnswerScope.Provider), (answer.Class, answer.Scope));
        Assert.True(port > 0);
    }

    [Fact]
    public async Task An_address_of_another_environment_is_not_sent_and_not_given_up_as_dead()
    {
        var answer = await _scene.Provider.SendAsync(Pushes.To(ApnsScene.Device) with { AddressScope = "com.example.sandbox:production" }, TestContext.Current.CancellationToken);
        Assert.Equal((AnswerClass.Reject, "wrong_scope"), (answer.Class, answer.Code));
        Assert.Equal(0, _scene.StandIn.Connections);
        Assert.Equal(AnswerClass.Ok, (await _scene.Provider.SendAsync(Pushes.To(ApnsScene.Device) with { AddressScope = "com.example.sandbox:sandbox" }, TestContext.Current.CancellationToken)).Class);
    }

    [Fact]
    public void A_provider_reaches_the_addresses_of_its_own_topic_and_environment()
    {
        Assert.True(_scene.Provider.Reaches("apns", "com.example.sandbox:sandbox"));
        Assert.False(_scene.Provider.Reaches("apns", "com.example.sandbox:production"));
        Assert.False(_scene.Provider.Reaches("fcm", "com.example.sandbox:sandbox"));
    }

    [Fact]
    public async Task Over_TLS_a_stand_ins_certificate_is_accepted_only_when_it_is_named()
    {
        using var certificate = SandboxCertificate.Create(TimeProvider.System);
        await using var standIn = new ApnsStandIn(_scene.Time, certificate);
        await standIn.StartAsync(0, TestContext.Current.CancellationToken);
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        using var kind = new ApnsKind(_scene.Time);
        var named = Pushes.Made(kind.Create("apns", Pushes.Section(standIn.Settings, ("Key", standIn.KeyPem), ("CertificateFile", file))));
        Assert.Equal(AnswerClass.Ok, (await named.SendAsync(Pushes.To(ApnsScene.Device), TestContext.Current.CancellationToken)).Class);
        using var other = new ApnsKind(_scene.Time);
        var unnamed = Pushes.Made(other.Create("apns", Pushes.Section(standIn.Settings, ("Key", standIn.KeyPem))));
        var answer = await unnamed.SendAsync(Pushes.To(ApnsScene.Device), TestContext.Current.CancellationToken);
        Assert.Equal((AnswerClass.Retry, "tls_failed"), (answer.Class, answer.Code));
        File.Delete(file);
    }

    [Fact]
    public async Task The_self_test_accepts_a_good_credential_and_names_a_bad_one()
    {
        Assert.Empty(await _scene.Provider.CheckAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, _scene.StandIn.Received.Counts.Taken);
        using var kind = new ApnsKind(_scene.Time);
        var wrong = Pushes.Made(kind.Create("apns", Pushes.Section(_scene.StandIn.Settings, ("Key", _scene.StandIn.KeyPem), ("TeamId", "ANOTHERONE"))));
        Assert.Contains("InvalidProviderToken", Assert.Single(await wrong.CheckAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_the_settings_is_said_at_once_with_its_key()
    {
        using var kind = new ApnsKind(_scene.Time);
        var (provider, faults) = kind.Create("apns", Pushes.Section(new Dictionary<string, string>
        {
            ["TeamId"] = "short",
            ["Environment"] = "staging",
            ["Key"] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            ["TimeoutSeconds"] = "3",
            ["Endpoint"] = "ftp://x",
        }));
        Assert.Null(provider);
        foreach (var key in new[] { "TeamId", "KeyId", "Topic", "Environment", "Key", "TimeoutSeconds", "Endpoint" })
        {
            Assert.Contains(faults, fault => fault.StartsWith($"Madang:Notifications:Providers:apns:{key} ", StringComparison.Ordinal));
        }

        Assert.DoesNotContain(faults, fault => fault.Contains("AAAA", StringComparison.Ordinal));
    }

    public ValueTask InitializeAsync() => _scene.InitializeAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();
}
