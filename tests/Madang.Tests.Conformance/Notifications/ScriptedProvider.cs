using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Notifications.Planning;
using Madang.Storage;
using Microsoft.Extensions.Configuration;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>A provider that answers as the test says, and remembers what it was handed.</summary>
internal sealed class ScriptedProvider(string name, DeliveryChannel channel) : IProvider
{
    private readonly Lock _lock = new();
    private readonly List<Envelope> _sent = [];

    public string Name => name;

    public string Kind => "scripted";

    public DeliveryChannel Channel => channel;

    public bool Collapses { get; set; }

    public Func<Envelope, Task<ProviderAnswer>> Answer { get; set; } = envelope => Task.FromResult(ProviderAnswer.Ok("200", $"m-{envelope.Delivery}"));

    public Func<Envelope, ProviderAnswer> LookUp { get; set; } = _ => ProviderAnswer.Ambiguous("no_lookup");

    public IReadOnlyList<Envelope> Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    public Task<ProviderAnswer> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _sent.Add(envelope);
        }

        return Answer(envelope);
    }

    public Task<ProviderAnswer> LookUpAsync(Envelope envelope, CancellationToken cancellationToken) => Task.FromResult(LookUp(envelope));

    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);
}

internal sealed class ScriptedKind(params ScriptedProvider[] providers) : IProviderKind
{
    public string Kind => "scripted";

    public DeliveryChannel Channel => DeliveryChannel.Push;

    public (IProvider? Provider, IReadOnlyList<string> Faults) Create(string name, IConfiguration section) => (providers.Single(provider => provider.Name == name), []);
}

/// <summary>What the rest of the module would say about addresses and words: not what is under test here.</summary>
internal sealed class ScriptedWorld : IEnvelopes, IClaimCheck, IAddressBook, IReadCheck
{
    public List<DeadAddress> Buried { get; } = [];

    public List<(long Address, string Code)> SoftBounces { get; } = [];

    public Func<Delivery, string?> Standing { get; set; } = _ => null;

    public bool IsRead { get; set; }

    /// <summary>Why there is no envelope for a delivery; null for the usual one.</summary>
    public Func<Delivery, Composed?> Instead { get; set; } = _ => null;

    public Task<IReadOnlyList<Composed>> ComposeAsync(IReadOnlyList<Claimed> claimed, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Composed>>([.. claimed.Select(one => Instead(one.Delivery) ?? Composed.Of(new Envelope
        {
            Delivery = one.Delivery.Id,
            Notification = one.Delivery.Notification,
            Attempt = one.Delivery.Attempt,
            User = one.Delivery.User,
            Category = one.Delivery.Category,
            Address = one.To.Address,
            RegisteredAt = DateTimeOffset.UnixEpoch,
            Content = new SmsContent("안녕"),
            CollapseKey = one.Delivery.Id.ToString(),
            ExpiresAt = one.Delivery.ExpiresAt,
            Priority = one.Delivery.Priority,
            Locale = "ko",
        }))]);

    IReadOnlyList<ClaimAnswer> IClaimCheck.Standing(WriteTx tx, IReadOnlyList<Delivery> claimed) =>
        [.. claimed.Select(one => new ClaimAnswer(Standing(one)) { Address = $"someone{one.AddressId}@example{one.AddressId % 3}.org" })];

    void IAddressBook.Dead(WriteTx tx, DeadAddress dead) => Buried.Add(dead);

    void IAddressBook.SoftBounced(WriteTx tx, long addressId, string code, DateTimeOffset at) => SoftBounces.Add((addressId, code));

    void IAddressBook.Arrived(WriteTx tx, long addressId) => SoftBounces.RemoveAll(bounce => bounce.Address == addressId);

    bool IReadCheck.IsRead(WriteTx tx, NotificationId notification, Madang.Api.UserId user) => IsRead;
}
