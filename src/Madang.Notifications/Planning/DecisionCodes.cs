using System.Globalization;
using System.Text;
using Madang.Notifications.Preferences;

namespace Madang.Notifications.Planning;

/// <summary>
/// How decisions are kept: one a line, <c>rule.channel</c>, a letter for the outcome, then what it went by: the usual inputs as <c>#number</c>, others as they
/// are. A row about a person is some ten bytes a decision, not a sentence.
/// </summary>
internal static class DecisionCodes
{
    public const string NoProvider = """{"reason":"no_provider"}""";
    public const string AddressGiven = """{"source":"address_given"}""";
    public const string Instead = """{"source":"fallback"}""";

    // The places are stored: append, never move.
    private static readonly string[] Usual =
    [
        "{}", Reasons.Disabled, Reasons.Unknown, Reasons.NoAddress, Reasons.Suppressed, Reasons.On(PreferenceSource.Mandatory), Reasons.On(PreferenceSource.Mine),
        Reasons.On(PreferenceSource.Default), Reasons.Off(PreferenceSource.Channel), Reasons.Off(PreferenceSource.Mine), Reasons.Off(PreferenceSource.Default),
        NoProvider, AddressGiven, Instead,
    ];

    private static readonly Dictionary<string, int> Places = Usual.Select((inputs, place) => (inputs, place)).ToDictionary(one => one.inputs, one => one.place, StringComparer.Ordinal);

    public static string Write(IReadOnlyList<Decision> decisions)
    {
        var text = new StringBuilder(decisions.Count * 12);
        foreach (var decision in decisions)
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            text.Append(CultureInfo.InvariantCulture, $"{(int)decision.Rule}.{(int)(decision.Channel ?? 0)}").Append(Letter(decision.Outcome));
            if (Places.TryGetValue(decision.Inputs, out var place))
            {
                text.Append(CultureInfo.InvariantCulture, $"#{place}");
            }
            else
            {
                text.Append(decision.Inputs);
            }
        }

        return text.ToString();
    }

    public static IReadOnlyList<Decision> Read(string codes)
    {
        var decisions = new List<Decision>();
        foreach (var line in codes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var dot = line.IndexOf('.', StringComparison.Ordinal);
            var channel = line[dot + 1] - '0';
            var inputs = line[(dot + 3)..];
            decisions.Add(new(
                (Rule)int.Parse(line.AsSpan(0, dot), CultureInfo.InvariantCulture), channel == 0 ? null : (DeliveryChannel)channel, Outcome(line[dot + 2]),
                inputs[0] == '#' ? Usual[int.Parse(inputs.AsSpan(1), CultureInfo.InvariantCulture)] : inputs));
        }

        return decisions;
    }

    private static char Letter(string outcome) => outcome switch
    {
        Decision.Send => 's',
        Decision.Drop => 'x',
        Decision.Defer => 'w',
        Decision.Gather => 'g',
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    private static string Outcome(char letter) => letter switch
    {
        's' => Decision.Send,
        'x' => Decision.Drop,
        'w' => Decision.Defer,
        'g' => Decision.Gather,
        _ => throw new ArgumentOutOfRangeException(nameof(letter), letter, null),
    };
}
