namespace Madang.Notifications.Planning;

/// <summary>
/// How long a loop rests after a piece of work, so that all of it goes at a rate and the rest of the time belongs to others. What was late is made up for, but
/// only a little of it: a stall is followed by no burst. Not safe for two threads.
/// </summary>
/// <param name="perSecond">Items; 0 for as many as the least rest allows.</param>
/// <param name="leastRest">Rest as a multiple of the time that the piece took, also when the rate is not reached.</param>
internal sealed class Pace(double perSecond, double leastRest)
{
    /// <summary>A piece that took very long is not followed by as long a rest.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan MostArrears = TimeSpan.FromMilliseconds(100);

    private DateTimeOffset _next;

    /// <param name="items">Done by the piece.</param>
    /// <param name="took">From asking for it to its end.</param>
    /// <param name="now">Its end.</param>
    public TimeSpan Rest(int items, TimeSpan took, DateTimeOffset now)
    {
        var least = took * leastRest;
        least = least < LongestRest ? least : LongestRest;
        if (perSecond <= 0)
        {
            return least;
        }

        var earliest = now - took - MostArrears;
        _next = (_next > earliest ? _next : earliest) + TimeSpan.FromSeconds(items / perSecond);
        var left = _next - now;
        return left > least ? left : least;
    }
}
