using System.Globalization;
using Madang.Api;

namespace Madang.Chat;

/// <summary>Which page of a room's history is asked for. At most one of the three is set; none asks for the newest page.</summary>
public readonly record struct HistoryQuery(long? Before, long? After, long? Around, int Limit)
{
    /// <summary>Reads and checks the query, each part as it stands on the wire.</summary>
    public static Result<HistoryQuery> Parse(string? before, string? after, string? around, string? limit)
    {
        var faults = new List<FieldError>();
        var page = PageQuery.Parse(null, limit);
        if (!page.IsOk)
        {
            faults.AddRange(page.Error.Fields);
        }

        var query = new HistoryQuery(Seq(before, "before", faults), Seq(after, "after", faults), Seq(around, "around", faults), page.IsOk ? page.Value.Limit : 0);
        string?[] given = [before, after, around];
        if (given.Count(one => one is not null) > 1)
        {
            faults.Add(new(before is null ? "after" : "before", "invalid", "Only one of before, after and around may be given."));
        }

        return faults.Count == 0 ? query : ApiErrors.InvalidFields with { Fields = faults };
    }

    /// <summary>The seqs of the page in a room whose newest message is <paramref name="head"/>. Since seqs are dense, the page is known before it is read.</summary>
    public HistoryWindow In(long head)
    {
        if (Before is { } before)
        {
            var to = Math.Min(before - 1, head);
            return new(Math.Max(1, to - Limit + 1), Math.Max(0, to), head);
        }

        if (After is { } after)
        {
            var from = Math.Min(after, head) + 1;
            return new(from, Math.Min(head, from + Limit - 1), head);
        }

        // The middle of the page is the asked-for message; near an end the page stays full and the middle moves.
        var first = Around is { } around ? Math.Clamp(around, 1, Math.Max(1, head)) - (Limit / 2) : head;
        var start = Math.Max(1, Math.Min(first, head - Limit + 1));
        return new(start, Math.Min(head, start + Limit - 1), head);
    }

    private static long? Seq(string? text, string field, List<FieldError> faults)
    {
        if (text is null)
        {
            return null;
        }

        // A number beyond 64 bits is as far away as the farthest one that fits.
        if (text.Length is > 0 and <= 32 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : long.MaxValue;
        }

        faults.Add(new(field, "invalid", $"{field} is a seq: a whole number from 0."));
        return null;
    }
}

/// <summary>The messages from <paramref name="First"/> to <paramref name="Last"/>, both included; empty if First is above Last.</summary>
public readonly record struct HistoryWindow(long First, long Last, long Head)
{
    public bool IsEmpty => First > Last;

    /// <summary>What to pass as <c>before</c> for the page above; null at the true start.</summary>
    public string? Prev => First > 1 ? Id.Text(First) : null;

    /// <summary>What to pass as <c>after</c> for the page below; null at the true end.</summary>
    public string? Next => Last < Head ? Id.Text(Last) : null;
}

/// <summary>A page of history as one viewer sees it, ascending by seq.</summary>
public sealed record History(HistoryWindow Window, IReadOnlyList<Message> Messages);
