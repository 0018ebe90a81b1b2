using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Apns;
using Madang.Sandbox.Apns;

namespace Madang.Tests.Unit.Notifications.Channels;

/// <summary>A provider, and Apple's stand-in for it over h2c, on one clock.</summary>
internal sealed class ApnsScene : IAsyncLifetime
{
    public const string Device = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";
    private ApnsKind? _kind;

    public FakeTime Time { get; } = new();

    public ApnsStandIn StandIn { get; private set; } = null!;

    public IProvider Provider { get; private set; } = null!;

    public ApnsSettings Settings { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        StandIn = new ApnsStandIn(Time);
        await StandIn.StartAsync(0, TestContext.Current.CancellationToken);
        _kind = new ApnsKind(Time);
        var section = Pushes.Section(StandIn.Settings, ("Key", StandIn.KeyPem));
        Provider = Pushes.Made(_kind.Create("apns", section));
        Settings = ApnsSettings.Read(new ProviderSection("apns", section))!;
    }

    public Task<ProviderAnswer> SendAsync() => Provider.SendAsync(Pushes.To(Device), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _kind?.Dispose();
        await StandIn.DisposeAsync();
    }
}
