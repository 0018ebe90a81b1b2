using System.Globalization;
using Madang.Api;

namespace Madang.Notifications;

/// <summary>How <see cref="Recipients"/> are kept: a kind and a text.</summary>
internal static class RecipientsText
{
    private const int People = 1;
    private const int Audience = 2;
    private const int Everybody = 3;
    private const int Address = 4;

    public static (int Kind, string Value) Of(Recipients to) => to switch
    {
        { UserIds: { } people } => (People, string.Join(',', people)),
        { Audience: { } name } => (Audience, name),
        { Address: { } address } => (Address, $"{address.Channel.Name()}:{address.Value}"),
        _ => (Everybody, ""),
    };

    public static Recipients Read(int kind, string value) => kind switch
    {
        People => new() { UserIds = Ids(value) },
        Audience => new() { Audience = value },
        Address => new() { Address = new(DeliveryChannels.Find(value[..value.IndexOf(':', StringComparison.Ordinal)])!.Value, value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..]) },
        _ => new() { All = true },
    };

    /// <summary>The set of channels as a number; null for none named.</summary>
    public static int? Mask(IReadOnlyList<DeliveryChannel>? channels)
    {
        if (channels is null)
        {
            return null;
        }

        var mask = 0;
        foreach (var channel in channels)
        {
            mask |= 1 << (int)channel;
        }

        return mask;
    }

    public static IReadOnlyList<DeliveryChannel>? Channels(int? mask) =>
        mask is { } set ? [.. DeliveryChannels.All.Where(channel => (set & (1 << (int)channel)) != 0)] : null;

    private static UserId[] Ids(string value)
    {
        var text = value.AsSpan();
        var people = new UserId[text.Count(',') + 1];
        var at = 0;
        foreach (var part in text.Split(','))
        {
            people[at++] = new(long.Parse(text[part], NumberStyles.None, CultureInfo.InvariantCulture));
        }

        return people;
    }
}
