using Madang.Client;
using Madang.Client.Resources;

namespace Madang.Tests.Integration.Sdk;

/// <summary>The client's verbs of notifications, against the real host.</summary>
public sealed class NotificationSdkTests
{
    [Fact]
    public async Task The_client_sends_explains_reads_and_prefers()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await MadangHost.StartAsync();
        using var madang = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });
        var me = (await madang.Accounts.MeAsync(cancellationToken)).Id;

        var sent = await madang.Notifications.SendAsync(
            new NewNotification("announcement", Recipients.Of(me), EventId: "first", Content: new("소식", "마당이 열렸습니다")), cancellationToken);
        var again = await madang.Notifications.SendAsync([new NewNotification("announcement", Recipients.Of(me), EventId: "first", Content: new("소식", "마당이 열렸습니다"))], cancellationToken);
        Assert.Equal((200, sent.Id), (Assert.Single(again).Status, again[0].Notification!.Id));

        // It is planned beside the request: asked again until it is there.
        NotificationExplanation explained;
        do
        {
            explained = await madang.Notifications.ExplainAsync(sent.Id, me, cancellationToken);
        }
        while (explained.Notification.State != "planned");

        Assert.Contains(explained.Person!.Decisions, decision => (decision.Rule, decision.Channel, decision.Outcome) == ("preference", "inbox", "send"));
        var item = Assert.Single((await madang.Inbox.List(unread: true).PageAsync(cancellationToken: cancellationToken)).Items);
        Assert.Equal(("소식", sent.Id), (item.Title, item.NotificationId));
        Assert.Equal(0, (await madang.Inbox.ReadUpToAsync(item.Id, cancellationToken)).Count);

        var preferences = await madang.Inbox.ChangePreferencesAsync(
            new(QuietHours: [new("monday", "22:00", "07:00")], Choices: new Dictionary<string, IReadOnlyDictionary<string, bool>> { ["social"] = new Dictionary<string, bool> { ["push"] = false } }),
            cancellationToken);
        Assert.Equal(new PreferenceCell(false, "mine"), preferences.Matrix.Single(row => row.Category == "social").Channels["push"]);
        Assert.Equal("a@example.org", (await madang.Notifications.PutAddressOfAsync(me, "email", "a@example.org", cancellationToken)).Value);
        Assert.Equal("email", Assert.Single((await madang.Inbox.AddressesAsync(cancellationToken)).Items).Kind);
    }

    [Fact]
    public async Task The_client_administers_audiences_categories_queues_and_templates()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await MadangHost.StartAsync();
        using var madang = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });

        Assert.Equal("topic", (await madang.Notifications.CreateAudienceAsync(new("garden", "topic", "정원", Open: true), cancellationToken)).Kind);
        Assert.True((await madang.Inbox.JoinTopicAsync("garden", cancellationToken)).Joined);
        Assert.Equal(1, (await madang.Notifications.FindAudienceAsync("garden", cancellationToken)).People);
        Assert.Single((await madang.Notifications.Members("garden").PageAsync(cancellationToken: cancellationToken)).Items);
        Assert.Equal(new Reach(1, false), await madang.Notifications.ReachAsync("garden", cancellationToken));
        Assert.Equal(new Reach(1, false), await madang.Notifications.ReachAsync(cancellationToken: cancellationToken));
        Assert.False((await madang.Inbox.LeaveTopicAsync("garden", cancellationToken)).Joined);

        var category = await madang.Notifications.PutCategoryAsync("garden", new(Titles: new Dictionary<string, string> { ["ko"] = "정원" }, Channels: ["inbox"], Quiet: "drop"), cancellationToken);
        Assert.Equal(("drop", false), (category.Quiet, category.BuiltIn));
        Assert.Contains((await madang.Notifications.Categories().PageAsync(cancellationToken: cancellationToken)).Items, one => one.Name == "garden");

        Assert.NotNull((await madang.Deliveries.Queues().PageAsync(cancellationToken: cancellationToken)).Items);
        Assert.Equal(new DeliveryReplayed(0, false), await madang.Deliveries.ReplayAsync(new(), dryRun: true, cancellationToken));
        Assert.Empty((await madang.Deliveries.List(new(State: "dead", Ambiguous: true)).PageAsync(cancellationToken: cancellationToken)).Items);

        var parts = new Dictionary<string, TemplateParts> { ["ko"] = new("{{who}} 님", "꽃이 피었습니다") };
        Assert.Equal(1, (await madang.Templates.PutAsync("bloom", new("ko", parts), cancellationToken)).Version);
        var data = System.Text.Json.JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["who"] = "하나" });
        var preview = await madang.Templates.PreviewAsync("bloom", new("sms", "ko", data), cancellationToken);
        Assert.Equal(1, preview.Sms!.Segments);
        Assert.Contains((await madang.Templates.List().PageAsync(cancellationToken: cancellationToken)).Items, one => one.Name == "bloom");
        var funnel = await madang.Templates.FunnelAsync("bloom", 7, "push", cancellationToken);
        Assert.Equal((0, "push", 0, 0), (funnel.Converted, funnel.Channel, funnel.ByDay.Count, funnel.ByChannel.Count));
    }
}
