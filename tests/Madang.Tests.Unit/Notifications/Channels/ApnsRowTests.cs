using System.Text;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Apns;
using Madang.Sandbox;

namespace Madang.Tests.Unit.Notifications.Channels;

/// <summary>Every row of the contract with Apple, by the classifier alone and through the stand-in.</summary>
public sealed class ApnsRowTests : IAsyncLifetime
{
    private readonly ApnsScene _scene = new();

    public static TheoryData<ContractRow> Rows =>
    [
        .. new[] { "BadDeviceToken", "DeviceTokenNotForTopic" }.Select(reason => new ContractRow(400, reason, AnswerClassName.DeadAddress)),
        .. new[] { "BadCollapseId", "BadExpirationDate", "BadMessageId", "BadPriority", "BadTopic", "DuplicateHeaders", "InvalidPushType", "MissingDeviceToken", "PayloadEmpty" }
            .Select(reason => new ContractRow(400, reason, AnswerClassName.Reject)),
        new ContractRow(404, "BadPath", AnswerClassName.Reject),
        new ContractRow(405, "MethodNotAllowed", AnswerClassName.Reject),
        new ContractRow(413, "PayloadTooLarge", AnswerClassName.Reject),
        .. new[] { "MissingTopic", "TopicDisallowed" }.Select(reason => new ContractRow(400, reason, AnswerClassName.Config, "Provider")),
        .. new[] { "BadCertificate", "BadCertificateEnvironment", "Forbidden", "InvalidProviderToken", "MissingProviderToken", "BadEnvironmentKeyIdInToken", "BadEnvironmentKeyInToken" }
            .Select(reason => new ContractRow(403, reason, AnswerClassName.Config, "Provider")),
        new ContractRow(400, "IdleTimeout", AnswerClassName.RetryNewConnection),
        new ContractRow(403, "UnrelatedKeyIdInToken", AnswerClassName.RetryNewConnection),
        new ContractRow(403, "ExpiredProviderToken", AnswerClassName.Reauth, "Provider"),
        new ContractRow(410, "Unregistered", AnswerClassName.DeadAddress),
        new ContractRow(410, "ExpiredToken", AnswerClassName.DeadAddress),
        new ContractRow(429, "TooManyProviderTokenUpdates", AnswerClassName.Retry, "Provider", 20 * 60),
        new ContractRow(429, "TooManyRequests", AnswerClassName.Retry, "Address", 30),
        new ContractRow(500, "InternalServerError", AnswerClassName.Retry, RetryAfterSeconds: 15 * 60),
        new ContractRow(503, "ServiceUnavailable", AnswerClassName.Retry, RetryAfterSeconds: 15 * 60),
        new ContractRow(503, "Shutdown", AnswerClassName.Retry, RetryAfterSeconds: 15 * 60),
        new ContractRow(200, null, AnswerClassName.Ok),
    ];

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_answer_means_what_the_contract_says(ContractRow row)
    {
        var body = row.Reason is null ? "" : $$"""{"reason":"{{row.Reason}}"}""";
        var answer = ApnsClassifier.Of(ApnsReply.Read(row.Status, Encoding.UTF8.GetBytes(body), null), Pushes.Registered);
        Assert.Equal((AnswerClass)row.Means, answer.Class);
        Assert.Equal(row.Scope, answer.Scope.ToString());
        Assert.Equal(row.RetryAfterSeconds, (int?)answer.RetryAfter?.TotalSeconds);
        Assert.StartsWith($"{row.Status} {row.Reason}".TrimEnd(), answer.Code, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_push_ends_as_the_contract_says(ContractRow row)
    {
        if (row.Status != 200)
        {
            _scene.StandIn.Faults.Set(new FaultRule { Status = row.Status, Reason = row.Reason });
        }

        var answer = await _scene.SendAsync();
        // A token that is refused when it is new may not be made again yet: that is for later.
        var means = row.Means == AnswerClassName.Reauth ? AnswerClassName.Retry : row.Means;
        Assert.Equal((AnswerClass)means, answer.Class);
        Assert.Equal(row.Scope, answer.Scope.ToString());
        Assert.Equal(row.Status == 200 ? 1 : 0, _scene.StandIn.Received.Counts.Taken);
    }

    [Theory]
    [InlineData(-1, AnswerClassName.Retry)]
    [InlineData(0, AnswerClassName.DeadAddress)]
    [InlineData(1, AnswerClassName.DeadAddress)]
    public async Task A_410_counts_only_when_the_address_was_not_registered_since(int secondsAfterRegistration, AnswerClassName means)
    {
        _scene.StandIn.Forget(ApnsScene.Device, Pushes.Registered.AddSeconds(secondsAfterRegistration));
        Assert.Equal((AnswerClass)means, (await _scene.SendAsync()).Class);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>502 Bad Gateway</html>")]
    [InlineData("{\"reason\":7}")]
    [InlineData("{\"reason\"")]
    [InlineData("[[[[[[[[")]
    [InlineData("{\"reason\":\"x\",\"timestamp\":99999999999999999999999}")]
    public void An_answer_that_is_not_Apples_is_read_by_its_status(string body) =>
        Assert.Equal(AnswerClass.Retry, ApnsClassifier.Of(ApnsReply.Read(502, Encoding.UTF8.GetBytes(body), null), Pushes.Registered).Class);

    public ValueTask InitializeAsync() => _scene.InitializeAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();
}
