using Madang.Realtime.Reading;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Realtime.Delivery;

/// <summary>What all connections of this node share.</summary>
internal sealed class Hub(InboxReader reader, InboxEpoch epoch, Wheel wheel, RealtimeMetrics metrics, IOptions<RealtimeOptions> options, ILogger<Hub> log)
{
    private volatile bool _draining;

    public Seats Seats { get; } = new();

    public InboxReader Reader => reader;

    public Wheel Wheel => wheel;

    public RealtimeMetrics Metrics => metrics;

    public RealtimeOptions Options { get; } = options.Value;

    public ILogger Log => log;

    /// <summary>Set once <see cref="ReadyAsync"/> has run, which every endpoint awaits first.</summary>
    public long Epoch { get; private set; }

    /// <summary>The server is about to stop: no new connection is held.</summary>
    public bool IsDraining
    {
        get => _draining;
        set => _draining = value;
    }

    public async ValueTask ReadyAsync(CancellationToken cancellationToken) => Epoch = await epoch.GetAsync(cancellationToken);
}
