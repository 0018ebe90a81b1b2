using Madang.Notifications.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Delivering.Lanes;

/// <summary>The configured providers with their lanes, and which of them takes a new delivery.</summary>
internal sealed class ProviderRoutes : IDeliveryRoutes
{
    public const string Section = NotificationsOptions.Section + ":Providers";

    private readonly Dictionary<string, ProviderLane> _lanes;
    private readonly Func<double> _random;

    public ProviderRoutes(IEnumerable<ProviderLane> lanes, Func<double>? random = null)
    {
        _lanes = lanes.ToDictionary(lane => lane.Name, StringComparer.Ordinal);
        _random = random ?? Random.Shared.NextDouble;
        Lanes = [.. _lanes.Values.OrderBy(lane => lane.Settings.Rank).ThenBy(lane => lane.Name, StringComparer.Ordinal)];
    }

    /// <summary>By rank.</summary>
    public IReadOnlyList<ProviderLane> Lanes { get; }

    /// <summary>Reads <c>Madang:Notifications:Providers</c>. Every fault of every provider is said at once.</summary>
    /// <exception cref="OptionsValidationException">Something in there is wrong; the start ends with it.</exception>
    public static ProviderRoutes Read(IConfiguration configuration, IEnumerable<IProviderKind> kinds, DateTimeOffset now)
    {
        var known = kinds.ToDictionary(kind => kind.Kind, StringComparer.Ordinal);
        List<string> faults = [];
        List<ProviderLane> lanes = [];
        foreach (var section in configuration.GetSection(Section).GetChildren())
        {
            var name = section.Key.ToLowerInvariant();
            if (name.Length > 32 || name.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
            {
                faults.Add($"{section.Path}: a provider's name has 1 to 32 of a–z, 0–9 and '-'.");
            }
            else if (section["Kind"] is not { Length: > 0 } word)
            {
                faults.Add($"{section.Path}:Kind: is missing; one of {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
            }
            else if (!known.TryGetValue(word, out var kind))
            {
                faults.Add($"{section.Path}:Kind: \"{word}\" is not one of {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
            }
            else
            {
                var (settings, wrong) = ProviderSettings.Read(section, word);
                var (provider, more) = kind.Create(name, section);
                faults.AddRange([.. wrong, .. more]);
                if (provider is not null)
                {
                    lanes.Add(new ProviderLane(provider, settings, now));
                }
            }
        }

        return faults.Count == 0 ? new ProviderRoutes(lanes) : throw new OptionsValidationException(Section, typeof(NotificationsOptions), faults);
    }

    public ProviderLane? Find(string name) => _lanes.GetValueOrDefault(name);

    /// <summary>
    /// Which configured provider takes a new delivery: the first by rank that is healthy; one that is getting well takes its share. When none can send at this
    /// moment the first by rank: the delivery waits for whoever is back first. Null when nothing is configured that reaches such an address.
    /// </summary>
    /// <param name="addressKind">Of a push address the kind of provider that it was made for; else empty.</param>
    public string? For(DeliveryChannel channel, string addressKind, string scope)
    {
        ProviderLane? first = null;
        ProviderLane? best = null;
        foreach (var lane in Lanes)
        {
            if (lane.Provider.Channel != channel || !lane.Provider.Reaches(addressKind, scope))
            {
                continue;
            }

            first ??= lane;
            var share = lane.Share;
            if (share > 0 && (share >= 1 || _random() < share))
            {
                return lane.Name;
            }

            best = share > (best?.Share ?? 0) ? lane : best;
        }

        return (best ?? first)?.Name;
    }
}
