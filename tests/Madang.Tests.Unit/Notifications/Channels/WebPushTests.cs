using System.Text;
using System.Text.Json.Nodes;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.WebPush;
using Madang.Outbound;
using Madang.Sandbox;
using Madang.Sandbox.WebPush;
using Madang.Tests.Unit.Crawler.Outbound;

namespace Madang.Tests.Unit.Notifications.Channels;

/// <summary>Every row of the contract with push services, and what the client does around it.</summary>
public sealed class WebPushTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly OutboundClient _outbound = Clients.Local();
    private readonly FakeTime _time = new();
    private PushStandIn _standIn = null!;
    private WebPushProvider _provider = null!;
    private SandboxSubscription _browser = null!;

    public static TheoryData<ContractRow> Rows =>
    [
        new ContractRow(201, null, AnswerClassName.Ok),
        new ContractRow(200, null, AnswerClassName.Ok),
        new ContractRow(202, null, AnswerClassName.Ok),
        new ContractRow(400, "errno 110", AnswerClassName.Reject),
        new ContractRow(401, "Unauthorized", AnswerClassName.Config, "Domain"),
        new ContractRow(403, "BadJwtToken", AnswerClassName.Config, "Domain"),
        new ContractRow(401, "VAPID public key mismatch", AnswerClassName.DeadAddress),
        new ContractRow(400, "VapidPkHashMismatch", AnswerClassName.DeadAddress),
        new ContractRow(403, "the VAPID credentials in the authorization header do not correspond to the credentials used to create the subscriptions.", AnswerClassName.DeadAddress),
        new ContractRow(404, "gone", AnswerClassName.DeadAddress),
        new ContractRow(410, "gone", AnswerClassName.DeadAddress),
        new ContractRow(413, "too large", AnswerClassName.Reject),
        new ContractRow(429, "slower", AnswerClassName.Retry, "Domain", 60),
        new ContractRow(500, "oops", AnswerClassName.Retry, "Domain"),
        new ContractRow(502, "oops", AnswerClassName.Retry, "Domain"),
        new ContractRow(503, "errno 201", AnswerClassName.Retry, "Domain"),
        new ContractRow(301, null, AnswerClassName.Reject),
        new ContractRow(302, null, AnswerClassName.Reject),
        new ContractRow(307, null, AnswerClassName.Reject),
        new ContractRow(308, null, AnswerClassName.Reject),
    ];

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_answer_means_what_the_contract_says(ContractRow row)
    {
        var answer = WebPushClassifier.Of(row.Status, Encoding.UTF8.GetBytes(row.Reason ?? ""), null);
        Assert.Equal((AnswerClass)row.Means, answer.Class);
        Assert.Equal(row.Scope, answer.Scope.ToString());
        Assert.Equal(row.RetryAfterSeconds, (int?)answer.RetryAfter?.TotalSeconds);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_push_ends_as_the_contract_says(ContractRow row)
    {
        _standIn.Faults.Set(new FaultRule { Status = row.Status, Reason = row.Reason });
        var answer = await SendAsync();
        Assert.Equal((AnswerClass)row.Means, answer.Class);
        Assert.Equal(row.Scope, answer.Scope.ToString());
    }

    [Fact]
    public async Task A_push_arrives_and_the_browser_reads_it()
    {
        var envelope = Pushes.To(_browser.Json);
        var answer = await _provider.SendAsync(envelope, TestContext.Current.CancellationToken);
        Assert.Equal((AnswerClass.Ok, "201"), (answer.Class, answer.Code));
        Assert.NotNull(answer.MessageId);
        var message = Assert.Single(_standIn.Received.Last());
        Assert.Equal("86400", message.Facts!["TTL"]);
        Assert.Equal("high", message.Facts["Urgency"]);
        Assert.Equal("room-7", message.Facts["Topic"]);
        var json = JsonNode.Parse(message.Text)!;
        Assert.Equal(8030, (int)json["web_push"]!);
        var shown = json["notification"]!;
        Assert.Equal("새 메시지", (string?)shown["title"]);
        Assert.Equal("안녕하세요 👋", (string?)shown["body"]);
        Assert.Equal("room-7", (string?)shown["tag"]);
        Assert.Equal("ko", (string?)shown["lang"]);
        Assert.Equal("3", (string?)shown["app_badge"]);
        Assert.Equal("7", (string?)shown["data"]!["app"]!["room"]);
    }

    [Fact]
    public async Task A_subscription_of_another_key_is_dead_and_nothing_is_sent_to_it_when_that_is_known()
    {
        Assert.False(((IProvider)_provider).Reaches("webpush", "anotherKeyId0000"));
        Assert.True(((IProvider)_provider).Reaches("webpush", _provider.Key.Id));
        var answer = await _provider.SendAsync(Pushes.To(_browser.Json) with { AddressScope = "anotherKeyId0000" }, TestContext.Current.CancellationToken);
        Assert.Equal((AnswerClass.DeadAddress, "key_mismatch"), (answer.Class, answer.Code));
        using var other = VapidKey.ReadOrCreate(Path.Combine(_folder, "other.key"));
        answer = await _provider.SendAsync(Pushes.To(_standIn.Subscribe(other.PublicKey).Json), TestContext.Current.CancellationToken);
        Assert.Equal((AnswerClass.DeadAddress, "403 key_mismatch"), (answer.Class, answer.Code));
    }

    [Fact]
    public async Task Who_unsubscribed_is_dead()
    {
        _browser.IsGone = true;
        Assert.Equal((AnswerClass.DeadAddress, "410"), ((await SendAsync()).Class, (await SendAsync()).Code));
    }

    [Theory]
    [InlineData(307, "/push/1", AnswerClassName.Ok)]
    [InlineData(308, "/push/1", AnswerClassName.Ok)]
    [InlineData(307, "http://127.0.0.2/push/1", AnswerClassName.Reject)]
    [InlineData(308, "http://169.254.169.254/latest", AnswerClassName.Reject)]
    [InlineData(302, "/push/1", AnswerClassName.Reject)]
    [InlineData(301, "/push/1", AnswerClassName.Reject)]
    public async Task A_redirect_is_followed_within_its_origin_alone(int status, string location, AnswerClassName means)
    {
        _standIn.Faults.Set(new FaultRule { Next = 1, Status = status, Location = location });
        Assert.Equal((AnswerClass)means, (await SendAsync()).Class);
        Assert.Equal(means == AnswerClassName.Ok ? 1 : 0, _standIn.Received.Counts.Taken);
    }

    [Fact]
    public async Task A_circle_of_redirects_ends()
    {
        _standIn.Faults.Set(new FaultRule { Status = 307, Location = "/push/1" });
        Assert.Equal(AnswerClass.Reject, (await SendAsync()).Class);
        Assert.Equal(3, _standIn.Received.Counts.Refused);
    }

    [Fact]
    public async Task An_endpoint_that_leads_into_our_network_is_never_called()
    {
        using var strict = Clients.Local(new TableOfNames(("push.example.com", ["10.0.0.7"])), allow: "");
        var provider = Provider(strict);
        foreach (var endpoint in new[] { "https://127.0.0.1/push/1", "https://push.example.com/1", "https://[::1]/x", "https://169.254.169.254/latest", "https://example.com:25/x" })
        {
            var answer = await provider.SendAsync(Pushes.To(_browser.Json.Replace(_browser.Endpoint.AbsoluteUri, endpoint, StringComparison.Ordinal)), TestContext.Current.CancellationToken);
            Assert.Equal(AnswerClass.DeadAddress, answer.Class);
        }

        Assert.Equal(0, _standIn.Received.Counts.Taken + _standIn.Received.Counts.Refused);
    }

    [Theory]
    [InlineData("", "not_json")]
    [InlineData("[]", "endpoint")]
    [InlineData("{}", "endpoint")]
    [InlineData("""{"endpoint":"http://push.example.com/1"}""", "endpoint")]
    [InlineData("""{"endpoint":"https://user:pass@push.example.com/1"}""", "endpoint")]
    [InlineData("""{"endpoint":"file:///etc/passwd"}""", "endpoint")]
    [InlineData("""{"endpoint":"https://push.example.com/1"}""", "keys")]
    [InlineData("""{"endpoint":"https://push.example.com/1","keys":{"p256dh":"AAAA","auth":"AAAA"}}""", "keys")]
    [InlineData("""{"endpoint":"https://push.example.com/1","keys":{"p256dh":"!!","auth":7}}""", "keys")]
    [InlineData("""{"endpoint":"https://push.example.com/1","keys":[[[[[[[[]]]]]]]]}""", "not_json")]
    public void A_subscription_that_is_none_is_refused(string json, string at)
    {
        Assert.Null(Subscription.Read(json, isHttpAllowed: false, out var fault));
        Assert.Equal(at, fault);
    }

    [Fact]
    public void A_subscription_as_browsers_write_it_is_read_padded_or_not()
    {
        var json = _browser.Json.Replace(_browser.Endpoint.AbsoluteUri, "https://updates.push.services.mozilla.com/wpush/v2/gAAA", StringComparison.Ordinal);
        var subscription = Subscription.Read(json, isHttpAllowed: false, out _);
        Assert.Equal("https://updates.push.services.mozilla.com", subscription?.Origin);
        var padded = Subscription.Read(json.Replace("\"auth\":\"", "\"auth\":\"", StringComparison.Ordinal).Replace("\"}}", "==\"}}", StringComparison.Ordinal), isHttpAllowed: false, out var fault);
        Assert.True(padded is not null, fault);
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_ambiguous_and_a_second_copy_shows_once()
    {
        _standIn.Faults.Set(new FaultRule { Next = 1, Effect = FaultEffect.Cut });
        var envelope = Pushes.To(_browser.Json);
        Assert.Equal(AnswerClass.Ambiguous, (await _provider.SendAsync(envelope, TestContext.Current.CancellationToken)).Class);
        Assert.Equal(AnswerClass.Ok, (await _provider.SendAsync(envelope, TestContext.Current.CancellationToken)).Class);
        Assert.Equal((1, 0), ((int)_standIn.Received.Counts.TransportDoubles, (int)_standIn.Received.Counts.ShownDoubles));
    }

    [Fact]
    public async Task A_push_service_that_nobody_listens_at_holds_up_its_own_origin_alone()
    {
        await _standIn.DisposeAsync();
        var answer = await SendAsync();
        Assert.Equal((AnswerClass.Retry, AnswerScope.Domain), (answer.Class, answer.Scope));
    }

    [Fact]
    public async Task Retry_After_is_kept_to_and_bounded()
    {
        _standIn.Faults.Set(new FaultRule { Status = 429, RetryAfter = 120 });
        Assert.Equal(TimeSpan.FromSeconds(120), (await SendAsync()).RetryAfter);
        _standIn.Faults.Set(new FaultRule { Status = 503, RetryAfter = 100_000_000 });
        Assert.Equal(TimeSpan.FromHours(24), (await SendAsync()).RetryAfter);
    }

    [Fact]
    public void The_token_of_an_origin_is_signed_once_in_eight_hours()
    {
        var tokens = new VapidTokens(_provider.Key, "mailto:ops@madang.example.org", _time);
        var first = tokens.For("https://a.example.org");
        Assert.Same(first, tokens.For("https://a.example.org"));
        Assert.NotEqual(first, tokens.For("https://b.example.org"));
        _time.Advance(TimeSpan.FromHours(8));
        Assert.NotEqual(first, tokens.For("https://a.example.org"));
    }

    [Theory]
    [InlineData("room-7", "room-7")]
    [InlineData("1234567890123456789012345678901234567890", null)]
    [InlineData("방-7", null)]
    [InlineData("a.b", null)]
    public void A_topic_is_the_collapse_key_or_its_hash(string key, string? topic)
    {
        var made = WebPushMessage.Topic(key);
        Assert.True(made.Length is > 0 and <= 32 && made.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'));
        Assert.Equal(topic ?? made, made);
        Assert.Equal(made, WebPushMessage.Topic(key));
    }

    [Theory]
    [InlineData("mailto:ops@madang.kr", true)]
    [InlineData("https://madang.kr/contact", true)]
    [InlineData("https://host.tailnet.ts.net", true)]
    [InlineData("mailto:ops@localhost", false)]
    [InlineData("mailto:ops@box.local", false)]
    [InlineData("mailto:ops@madang.invalid", false)]
    [InlineData("mailto: <ops@madang.kr>", false)]
    [InlineData("mailto:<ops@madang.kr>", false)]
    [InlineData("mailto:Ops <ops@madang.kr>", false)]
    [InlineData("mailto:ops@10.0.0.1", false)]
    [InlineData("mailto:ops", false)]
    [InlineData("ops@madang.kr", false)]
    [InlineData("https://localhost", false)]
    [InlineData("https://127.0.0.1", false)]
    [InlineData("http://madang.kr", false)]
    [InlineData("", false)]
    public void The_contact_has_to_be_one_that_Apple_accepts(string subject, bool isFine) => Assert.Equal(isFine, VapidSubject.Fault(subject) is null);

    [Fact]
    public void The_key_is_made_once_for_the_owner_alone_and_read_in_both_writings()
    {
        var file = Path.Combine(_folder, WebPushKind.KeyFile);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        using var again = VapidKey.ReadOrCreate(file);
        Assert.Equal(_provider.Key.PublicKey, again.PublicKey);
        Assert.Equal(16, again.Id.Length);
        var secret = System.Buffers.Text.Base64Url.EncodeToString(again.Key.ExportParameters(true).D);
        using var raw = VapidKey.Read(secret);
        Assert.Equal(again.PublicKey, raw?.PublicKey);
        Assert.Null(VapidKey.Read("AAAA"));
        Assert.Null(VapidKey.Read("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"));
    }

    [Fact]
    public void A_contact_that_is_missing_or_made_up_stops_the_provider_and_leaves_no_key_behind()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var kind = new WebPushKind(_outbound, _time, folder, "");
        Assert.StartsWith("Madang:Notifications:Providers:web:Subject is missing", Assert.Single(kind.Create("web", Pushes.Section(new Dictionary<string, string>())).Faults), StringComparison.Ordinal);
        Assert.Single(kind.Create("web", Pushes.Section(new Dictionary<string, string> { ["Subject"] = "mailto:a@localhost" })).Faults);
        Assert.Empty(Directory.GetFiles(folder));
        Assert.Null(kind.Key);
        Directory.Delete(folder);
    }

    public async ValueTask InitializeAsync()
    {
        _standIn = new PushStandIn(_time);
        await _standIn.StartAsync(0, TestContext.Current.CancellationToken);
        _provider = Provider(_outbound);
        _browser = _standIn.Subscribe(_provider.Key.PublicKey);
    }

    public async ValueTask DisposeAsync()
    {
        _outbound.Dispose();
        await _standIn.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private WebPushProvider Provider(OutboundClient outbound) =>
        (WebPushProvider)Pushes.Made(new WebPushKind(outbound, _time, _folder, "https://madang.example.org").Create("web", Pushes.Section(new Dictionary<string, string> { ["AllowHttp"] = "true" })));

    private Task<ProviderAnswer> SendAsync() => _provider.SendAsync(Pushes.To(_browser.Json), TestContext.Current.CancellationToken);
}
