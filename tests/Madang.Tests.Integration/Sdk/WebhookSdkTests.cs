using Madang.Client;
using Madang.Client.Resources;

namespace Madang.Tests.Integration.Sdk;

/// <summary>The client's verbs of webhooks, against the real host.</summary>
public sealed class WebhookSdkTests
{
    [Fact]
    public async Task The_client_makes_changes_tests_and_deletes_a_webhook()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await MadangHost.StartAsync();
        using var madang = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });

        // Nobody may be there: what goes to a private address is refused by the door out.
        var made = await madang.Webhooks.CreateAsync(new NewWebhook("http://127.0.0.1:8099/hook", "소식", ["crawl.*"]), cancellationToken);
        Assert.StartsWith("whsec_", made.Secret);
        Assert.Equal(("소식", true), (made.Description, made.Enabled));
        Assert.Null((await madang.Webhooks.FindAsync(made.Id, cancellationToken)).Secret);

        var rotated = await madang.Webhooks.RotateSecretAsync(made.Id, TimeSpan.FromHours(1), cancellationToken);
        Assert.NotEqual(made.Secret, rotated.Secret);
        Assert.NotNull(rotated.OldSecretUntil);

        var sent = await madang.Webhooks.TestAsync(made.Id, cancellationToken);
        Assert.Equal("webhook.test", sent.Type);
        Assert.Equal("webhook.test", (await madang.Webhooks.FindDeliveryAsync(made.Id, sent.Id, cancellationToken)).Type);
        Assert.Equal(sent.Id, Assert.Single((await madang.Webhooks.Deliveries(made.Id).PageAsync(cancellationToken: cancellationToken)).Items).Id);
        Assert.Equal(0, (await madang.Webhooks.ResendFailedAsync(made.Id, DateTimeOffset.UnixEpoch.AddYears(100), cancellationToken)).Count);

        var off = await madang.Webhooks.ChangeAsync(made.Id, new WebhookChange(Enabled: false, Types: []), cancellationToken);
        Assert.Equal((false, "admin", 0), (off.Enabled, off.DisabledReason, off.Types.Count));
        Assert.Equal("webhook_disabled", (await Assert.ThrowsAsync<MadangException>(() => madang.Webhooks.ResendAsync(made.Id, sent.Id, cancellationToken))).Code);
        await madang.Webhooks.DeleteAsync(made.Id, cancellationToken);
        Assert.Empty((await madang.Webhooks.List().PageAsync(cancellationToken: cancellationToken)).Items);
    }
}
