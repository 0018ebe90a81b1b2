using System.Collections.Frozen;
using Madang.Api;
using Madang.Notifications.Categories;
using Madang.Notifications.QuietHours;

namespace Madang.Notifications.Preferences;

/// <summary>Where the value of a cell of the matrix comes from.</summary>
internal enum PreferenceSource
{
    /// <summary>The category cannot be switched off.</summary>
    Mandatory = 1,

    /// <summary>The person has switched the channel off for everything.</summary>
    Channel = 2,

    /// <summary>The person chose it for this category.</summary>
    Mine = 3,

    /// <summary>The category's own.</summary>
    Default = 4,
}

/// <summary>What a person chose for one category; a channel in neither set goes by the category.</summary>
internal readonly record struct Choice(ChannelSet On, ChannelSet Off)
{
    public bool IsEmpty => On.IsEmpty && Off.IsEmpty;

    /// <param name="value">Null forgets the choice.</param>
    public Choice With(DeliveryChannel channel, bool? value) => new(
        value is true ? On.With(channel) : On.Without(channel),
        value is false ? Off.With(channel) : Off.Without(channel));
}

/// <summary>All that one person chose. Without a row it is <see cref="Empty"/>.</summary>
internal sealed record PreferenceSheet(UserId User)
{
    /// <summary>Channels that are off for everything but mandatory categories.</summary>
    public ChannelSet Off { get; init; }

    /// <summary>Until then nothing but the inbox and mandatory categories.</summary>
    public DateTimeOffset? MutedUntil { get; init; }

    public QuietWeek Quiet { get; init; } = QuietWeek.None;

    /// <summary>By category; only those that are not empty.</summary>
    public IReadOnlyDictionary<string, Choice> Choices { get; init; } = FrozenDictionary<string, Choice>.Empty;

    public DateTimeOffset? UpdatedAt { get; init; }

    public static PreferenceSheet Empty(UserId user) => new(user);

    public Choice Of(string category) => Choices.GetValueOrDefault(category);

    public PreferenceSheet With(string category, Choice choice)
    {
        var choices = Choices.ToDictionary(StringComparer.Ordinal);
        if (choice.IsEmpty)
        {
            choices.Remove(category);
        }
        else
        {
            choices[category] = choice;
        }

        return this with { Choices = choices };
    }
}

/// <summary>The one place that knows whether a category may use a channel. Pure.</summary>
internal static class Matrix
{
    /// <summary>The channels that people choose between. A webhook is the sender's business.</summary>
    public static IReadOnlyList<DeliveryChannel> Channels { get; } = [DeliveryChannel.Inbox, DeliveryChannel.Push, DeliveryChannel.Email, DeliveryChannel.Sms];

    public static (bool On, PreferenceSource Source) Cell(Category category, DeliveryChannel channel, ChannelSet off, Choice choice)
    {
        if (category.Mandatory)
        {
            return (true, PreferenceSource.Mandatory);
        }

        if (off.Has(channel))
        {
            return (false, PreferenceSource.Channel);
        }

        if (choice.On.Has(channel) || choice.Off.Has(channel))
        {
            return (choice.On.Has(channel), PreferenceSource.Mine);
        }

        return (category.Channels.Contains(channel), PreferenceSource.Default);
    }
}
