namespace Madang.Sandbox;

/// <summary>
/// Something that behaves like a provider on a port of this machine, takes down what arrives and fails when it is told to. HTTP ones build on
/// <see cref="HttpStandIn"/>; others listen by themselves.
/// </summary>
public abstract class StandIn(string name) : IAsyncDisposable
{
    /// <summary><c>apns</c>, <c>fcm</c>, <c>push</c>, <c>smtp</c>, <c>twilio</c>, <c>kannel</c>: its path at the control port.</summary>
    public string Name { get; } = name;

    public Faults Faults { get; } = new();

    public Received Received { get; } = new();

    /// <summary>Where it listens, once started: <c>https://127.0.0.1:2197</c>.</summary>
    public abstract Uri Address { get; }

    /// <summary>Settings that point a server here: keys under <c>Madang:Notifications:Providers:{Name}</c>.</summary>
    public abstract IReadOnlyDictionary<string, string> Settings { get; }

    /// <param name="port">0 takes a free one.</param>
    public abstract Task StartAsync(int port, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
