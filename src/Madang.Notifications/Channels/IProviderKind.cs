using Microsoft.Extensions.Configuration;

namespace Madang.Notifications.Channels;

/// <summary>Makes the providers of one kind from <c>Madang:Notifications:Providers:{name}</c>. Register it as a service; its folder holds client, classifier and settings.</summary>
internal interface IProviderKind
{
    /// <summary>What <c>Kind</c> says in the settings: <c>apns</c>.</summary>
    string Kind { get; }

    DeliveryChannel Channel { get; }

    /// <summary>
    /// Reads the section (its own keys beside <c>Kind</c>, <c>Rank</c>, <c>PerSecond</c> and <c>Concurrency</c>, which every provider has). Every fault of it is said at
    /// once, each naming its key; the provider is null then. Nothing is connected to.
    /// </summary>
    (IProvider? Provider, IReadOnlyList<string> Faults) Create(string name, IConfiguration section);
}
