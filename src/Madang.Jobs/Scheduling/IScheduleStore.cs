using Madang.Storage;

namespace Madang.Jobs.Scheduling;

/// <summary>When each schedule fires next, shared by all nodes.</summary>
internal interface IScheduleStore
{
    /// <summary>Writes the schedule's next time if it is new here or its timing changed; else keeps what stands.</summary>
    void Declare(WriteTx tx, string name, string timing, DateTimeOffset nextAt);

    /// <summary>Names out of <paramref name="names"/> whose time has come, locked: two runners never fire the same time.</summary>
    IReadOnlyList<(string Name, DateTimeOffset At)> Due(WriteTx tx, IReadOnlyCollection<string> names);

    void Advance(WriteTx tx, string name, DateTimeOffset nextAt);

    /// <summary>The earliest next time among <paramref name="names"/>.</summary>
    DateTimeOffset? NextAt(WriteTx tx, IReadOnlyCollection<string> names);
}
