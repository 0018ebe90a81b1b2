namespace Madang.Crawler.Traps;

/// <summary>The URLs of one template (or group of templates) of a host: how many were fetched and how many of them repeated what was known.</summary>
internal sealed class TemplateCluster(long hash, string text, TemplateCluster? group)
{
    /// <summary>Repetitions that each distinct page after the first pays for: a template may repeat itself in two pages of three for ever.</summary>
    private const int PerDistinct = 2;

    // A power of two: 256 bytes for a group that has repetitions.
    private const int Originals = 64;

    public long Hash => hash;

    public string Text => text;

    /// <summary>Null for a group.</summary>
    public TemplateCluster? Group => group;

    // The pages that were repeated lately, by the low bits of their hash; made with the first repetition.
    private int[]? _originals;

    public int Fetched { get; private set; }

    public int Repeats { get; private set; }

    public int Distinct => Fetched - Repeats;

    /// <summary>Whether its repetitions were more than it may have when they were last counted.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Of a group: how many of its templates are over.</summary>
    public int Over { get; private set; }

    /// <summary>Of a group that is over: how many new templates were looked at all the same.</summary>
    public int Looks { get; set; }

    /// <summary>Whether it has changed since it was last written.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Whether there is room for one more repetition.</summary>
    /// <param name="free">What it may repeat before it has shown anything.</param>
    public bool HasRoom(int free) => Repeats < free + (PerDistinct * Math.Max(0L, Distinct - 1));

    /// <summary>
    /// Of a group: whether a page was repeated here before. The copy of a whole section repeats each page once and comes to an end; a trap repeats the same few for ever.
    /// </summary>
    /// <param name="original">The hash of the repeated page; 0 counts as repeated before.</param>
    public bool IsRepeatedAgain(long original)
    {
        if (original == 0)
        {
            return true;
        }
        _originals ??= new int[Originals];
        ref var place = ref _originals[(int)(original & (Originals - 1))];
        var mark = (int)(original >> 32) | 1;
        var isAgain = place == mark;
        place = mark;
        return isAgain;
    }

    public void Restore(int fetched, int repeats, int free)
    {
        Fetched = Math.Max(0, fetched);
        Repeats = Math.Clamp(repeats, 0, Fetched);
        Judge(free);
    }

    /// <returns>Whether it was over and is not any more.</returns>
    public bool Count(bool isRepeat, int free)
    {
        // Old counts fade, so that a place that has changed is seen to have changed; and no number overflows.
        if (Fetched >= 1 << 20)
        {
            Fetched /= 2;
            Repeats /= 2;
        }
        Fetched++;
        Repeats += isRepeat ? 1 : 0;
        IsDirty = true;
        return Judge(free);
    }

    private bool Judge(int free)
    {
        var wasOver = IsOver;
        IsOver = !HasRoom(free);
        if (group is not null && wasOver != IsOver)
        {
            group.Over += IsOver ? 1 : -1;
        }
        return wasOver && !IsOver;
    }
}
