using System.Globalization;

namespace Madang.Notifications.Channels;

/// <summary>Compares our clock with the <c>Date</c> of an answer: signed tokens are only as good as the clock.</summary>
internal sealed class ClockSkew(TimeProvider time)
{
    private static readonly TimeSpan s_tolerated = TimeSpan.FromMinutes(2);

    public string? Fault { get; private set; }

    public void See(DateTimeOffset? date)
    {
        if (date is { } theirs && (time.GetUtcNow() - theirs).Duration() is var off && off > s_tolerated)
        {
            Fault = string.Create(CultureInfo.InvariantCulture, $"The clock of this machine is {off.TotalMinutes:0} minutes off, and tokens are refused for it.");
        }
    }
}
