using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Fcm;
using Madang.Sandbox;
using Madang.Sandbox.Fcm;

namespace Madang.Tests.Unit.Notifications.Channels;

/// <summary>Every row of the contract with FCM, and what the client does around it.</summary>
public sealed class FcmTests : IAsyncLifetime
{
    private const string Device = "c1:APA91b-device";
    private static readonly RSA s_key = RSA.Create(2_048);
    private readonly FakeTime _time = new();
    private FcmStandIn _standIn = null!;
    private IProvider _provider = null!;

    /// <summary>The reason names the detail that the stand-in writes: BadRequest is google.rpc.BadRequest, words of google.rpc have none, others are an FcmError.</summary>
    public static TheoryData<ContractRow> Rows =>
    [
        new ContractRow(200, null, AnswerClassName.Ok),
        new ContractRow(400, "INVALID_ARGUMENT", AnswerClassName.DeadAddress),
        new ContractRow(400, "BadRequest", AnswerClassName.Reject),
        new ContractRow(401, "THIRD_PARTY_AUTH_ERROR", AnswerClassName.Config, "Provider"),
        new ContractRow(401, "UNAUTHENTICATED", AnswerClassName.Reauth, "Provider"),
        new ContractRow(403, "SENDER_ID_MISMATCH", AnswerClassName.DeadAddress),
        new ContractRow(403, "PERMISSION_DENIED", AnswerClassName.Config, "Provider"),
        new ContractRow(404, "UNREGISTERED", AnswerClassName.DeadAddress),
        new ContractRow(404, "NOT_FOUND", AnswerClassName.Config, "Provider"),
        new ContractRow(429, "QUOTA_EXCEEDED", AnswerClassName.Retry, "Provider", 60),
        new ContractRow(429, "DEVICE_RATE", AnswerClassName.Retry, "Address", 60),
        new ContractRow(500, "INTERNAL", AnswerClassName.Retry, RetryAfterSeconds: 10),
        new ContractRow(503, "UNAVAILABLE", AnswerClassName.Retry, RetryAfterSeconds: 10),
    ];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_push_ends_as_the_contract_says(ContractRow row)
    {
        if (row.Status != 200)
        {
            _standIn.Faults.Set(new FaultRule { Status = row.Status, Reason = row.Reason });
        }

        var answer = await SendAsync();
        // Renewed once inside; refused again it is the setting that is wrong.
        Assert.Equal((AnswerClass)(row.Means == AnswerClassName.Reauth ? AnswerClassName.Config : row.Means), answer.Class);
        Assert.Equal(row.Scope, answer.Scope.ToString());
        Assert.Equal(row.RetryAfterSeconds, (int?)answer.RetryAfter?.TotalSeconds);
        Assert.Equal(row.Means == AnswerClassName.Reauth ? 2 : 1, _standIn.TokensGiven);
    }

    [Theory]
    [InlineData("""{"error":{"status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"INVALID_ARGUMENT"}]}}""", AnswerClassName.DeadAddress)]
    [InlineData("""{"error":{"status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.data[0].value"}]}]}}""", AnswerClassName.Reject)]
    [InlineData("""{"error":{"status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"INVALID_ARGUMENT"},{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.token"}]}]}}""", AnswerClassName.DeadAddress)]
    [InlineData("""{"error":{"status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"INVALID_ARGUMENT"},{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.android.ttl"}]}]}}""", AnswerClassName.Reject)]
    [InlineData("not json", AnswerClassName.Reject)]
    [InlineData("[]", AnswerClassName.Reject)]
    [InlineData("""{"error":"invalid_grant"}""", AnswerClassName.Reject)]
    [InlineData("""{"error":{"details":{}}}""", AnswerClassName.Reject)]
    [InlineData("""{"error":{"details":[1,null,{"@type":4}]}}""", AnswerClassName.Reject)]
    public void A_400_is_classed_by_the_types_of_its_details(string body, AnswerClassName means) =>
        Assert.Equal((AnswerClass)means, FcmClassifier.Of(FcmReply.Read(400, Encoding.UTF8.GetBytes(body), null)).Class);

    [Theory]
    [InlineData(429, 30, 60)]
    [InlineData(429, 300, 300)]
    [InlineData(503, 3, 3)]
    public async Task What_Google_says_about_when_is_kept_to(int status, int told, int kept)
    {
        _standIn.Faults.Set(new FaultRule { Status = status, Reason = status == 429 ? "QUOTA_EXCEEDED" : "UNAVAILABLE", RetryAfter = told });
        Assert.Equal(TimeSpan.FromSeconds(kept), (await SendAsync()).RetryAfter);
    }

    [Fact]
    public async Task A_push_arrives_with_its_tag_and_time_to_live()
    {
        var answer = await SendAsync();
        Assert.Equal(AnswerClass.Ok, answer.Class);
        Assert.StartsWith("projects/sandbox-project/messages/", answer.MessageId, StringComparison.Ordinal);
        var message = JsonNode.Parse(Assert.Single(_standIn.Received.Last()).Text)!["message"]!;
        Assert.Equal("room-7", (string?)message["android"]!["notification"]!["tag"]);
        Assert.Equal("86400s", (string?)message["android"]!["ttl"]);
        Assert.Equal("HIGH", (string?)message["android"]!["priority"]);
        Assert.Equal("room-7", (string?)message["apns"]!["headers"]!["apns-collapse-id"]);
        Assert.Equal("7", (string?)message["data"]!["room"]);
        Assert.Equal("안녕하세요 👋", (string?)message["notification"]!["body"]);
    }

    [Fact]
    public async Task One_access_token_serves_all_until_shortly_before_its_end()
    {
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync())), answer => Assert.Equal(AnswerClass.Ok, answer.Class));
        Assert.Equal(1, _standIn.TokensGiven);
        _time.Advance(TimeSpan.FromMinutes(54));
        await SendAsync();
        Assert.Equal(1, _standIn.TokensGiven);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(AnswerClass.Ok, (await SendAsync()).Class);
        Assert.Equal(2, _standIn.TokensGiven);
    }

    [Fact]
    public async Task A_token_that_was_taken_back_is_asked_for_again_once_and_the_push_arrives()
    {
        await SendAsync();
        _standIn.ForgetTokens();
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SendAsync())), answer => Assert.Equal(AnswerClass.Ok, answer.Class));
        Assert.Equal(2, _standIn.TokensGiven);
    }

    [Fact]
    public async Task A_token_endpoint_that_fails_is_waited_for_and_the_old_token_used_meanwhile()
    {
        await SendAsync();
        _time.Advance(TimeSpan.FromMinutes(57));
        _standIn.TokenFaults.Set(new FaultRule { Status = 503 });
        Assert.Equal(AnswerClass.Ok, (await SendAsync()).Class);
        _time.Advance(TimeSpan.FromMinutes(4));
        var answer = await SendAsync();
        Assert.Equal((AnswerClass.Retry, "token 503", AnswerScope.Provider), (answer.Class, answer.Code, answer.Scope));
    }

    [Fact]
    public async Task A_service_account_that_is_refused_is_a_setting_at_fault()
    {
        _standIn.TokenFaults.Set(new FaultRule { Status = 400, Body = """{"error":"invalid_grant"}""" });
        var answer = await SendAsync();
        Assert.Equal((AnswerClass.Config, "token 400 invalid_grant"), (answer.Class, answer.Code));
    }

    [Theory]
    [InlineData(FaultEffect.Lost)]
    [InlineData(FaultEffect.Cut)]
    public async Task An_answer_that_is_lost_is_ambiguous_and_a_second_copy_shows_once(FaultEffect effect)
    {
        _standIn.Faults.Set(new FaultRule { Next = 1, Effect = effect });
        var envelope = Pushes.To(Device);
        Assert.Equal(AnswerClass.Ambiguous, (await _provider.SendAsync(envelope, TestContext.Current.CancellationToken)).Class);
        Assert.Equal(AnswerClass.Ok, (await _provider.SendAsync(envelope, TestContext.Current.CancellationToken)).Class);
        Assert.Equal((1, 0), ((int)_standIn.Received.Counts.TransportDoubles, (int)_standIn.Received.Counts.ShownDoubles));
    }

    [Fact]
    public async Task No_answer_within_the_timeout_is_ambiguous()
    {
        _standIn.Faults.Set(new FaultRule { Effect = FaultEffect.Silent });
        var sending = SendAsync();
        await Waiting.UntilAsync(() => _standIn.Received.Counts.Taken == 1);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal((AnswerClass.Ambiguous, "timeout"), ((await sending).Class, (await sending).Code));
    }

    [Fact]
    public async Task A_token_of_another_project_is_not_sent()
    {
        var answer = await _provider.SendAsync(Pushes.To(Device) with { AddressScope = "another" }, TestContext.Current.CancellationToken);
        Assert.Equal((AnswerClass.Reject, "wrong_scope"), (answer.Class, answer.Code));
        Assert.Equal(0, _standIn.TokensGiven);
    }

    [Fact]
    public async Task The_self_test_reaches_both_endpoints_and_sends_nothing()
    {
        Assert.Empty(await _provider.CheckAsync(TestContext.Current.CancellationToken));
        Assert.Equal((1, 0), (_standIn.TokensGiven, (int)_standIn.Received.Counts.Taken));
        _standIn.TokenFaults.Set(new FaultRule { Status = 400, Body = """{"error":"invalid_grant"}""" });
        _time.Advance(TimeSpan.FromHours(2));
        var faults = await _provider.CheckAsync(TestContext.Current.CancellationToken);
        Assert.Contains(faults, fault => fault.Contains("invalid_grant", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains("PRIVATE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"client_email":"a@b","private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}""")]
    public void A_service_account_that_is_none_is_said_without_its_words(string json)
    {
        var (provider, faults) = new FcmKind(_time).Create("fcm", Pushes.Section(new Dictionary<string, string> { ["ServiceAccount"] = json }));
        Assert.Null(provider);
        Assert.StartsWith("Madang:Notifications:Providers:fcm:ServiceAccount is not the JSON", Assert.Single(faults), StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        _standIn = new FcmStandIn(_time, key: s_key);
        await _standIn.StartAsync(0, TestContext.Current.CancellationToken);
        _provider = Pushes.Made(new FcmKind(_time).Create("fcm", Pushes.Section(_standIn.Settings, ("ServiceAccount", _standIn.ServiceAccount))));
    }

    public async ValueTask DisposeAsync()
    {
        (_provider as IDisposable)?.Dispose();
        await _standIn.DisposeAsync();
    }

    private Task<ProviderAnswer> SendAsync() => _provider.SendAsync(Pushes.To(Device), TestContext.Current.CancellationToken);
}

internal static class Waiting
{
    /// <summary>Looks until it holds; the test's own timeout ends it.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
