using System.Text;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Traps;

/// <summary>
/// The path templates of a host and what came of them. A template whose pages keep repeating what is known is a trap (a calendar of empty days, facets in any order, a session in the path, the same list
/// at every depth): after a few pages the rest of it is parked. Patience shrinks with each template of a group that turned out to be one; distinct pages win it back. Now and then one parked URL is let
/// through, so that a place that has changed is found out.
/// One thread at a time; about 200 bytes a template, at most <see cref="MostTemplates"/> with their groups.
/// </summary>
internal sealed class HostTemplates(long host)
{
    public const int MostTemplates = 512;

    private const int MostGroups = 128;

    // What a whole group may repeat at first, however many templates it has; half of it on a host that has several bad ones.
    private const int GroupFree = 6;

    private const int BadGroupsOfBadHost = 2;

    private const int LooksInBadGroup = 2;

    // What is assumed of a template that comes from the store; the first URL of it says better.
    private const int RestoredFree = 4;

    // Distinct pages of the host for each URL that is tried although its template is over: 0.1 %.
    private const int DistinctPerTrial = 1_024;

    private readonly Dictionary<long, TemplateCluster> _templates = [];
    private readonly Dictionary<long, TemplateCluster> _groups = [];
    private readonly List<TemplateCluster> _dirty = [];
    private int _distinct;
    private int _trials;
    private int _groupsOver;

    /// <summary>Templates and groups.</summary>
    public int Count => _templates.Count + _groups.Count;

    /// <summary>Takes over what the store has kept of this host.</summary>
    public static HostTemplates Restore(long host, IReadOnlyList<TemplateRow> rows)
    {
        var templates = new HostTemplates(host);
        foreach (var row in rows.Where(r => PathTemplate.IsGroup(r.Template)).Take(MostGroups))
        {
            var group = new TemplateCluster(row.Hash, row.Template, null);
            templates._groups.TryAdd(row.Hash, group);
            group.Restore(row.Fetched, row.Duplicates, GroupFree);
            templates._groupsOver += group.IsOver ? 1 : 0;
            templates._distinct += group.Distinct;
        }
        foreach (var row in rows.Where(r => !PathTemplate.IsGroup(r.Template)).Take(MostTemplates))
        {
            var group = templates.Group(Encoding.UTF8.GetBytes(PathTemplate.GroupOf(row.Template)));
            var template = new TemplateCluster(row.Hash, row.Template, group);
            templates._templates.TryAdd(row.Hash, template);
            template.Restore(row.Fetched, row.Duplicates, RestoredFree);
        }
        templates._trials = templates._distinct / DistinctPerTrial;
        return templates;
    }

    /// <summary>Whether a URL that is about to be fetched may be: <see cref="RefusalReason.None"/> or <see cref="RefusalReason.TemplateBudget"/>.</summary>
    /// <param name="pathAndQuery">Normalised.</param>
    public RefusalReason Admit(ReadOnlySpan<byte> pathAndQuery)
    {
        if (Check(pathAndQuery) == RefusalReason.None)
        {
            return RefusalReason.None;
        }
        if (_distinct / DistinctPerTrial > _trials)
        {
            _trials++;
            return RefusalReason.None;
        }
        return RefusalReason.TemplateBudget;
    }

    /// <summary>The same without letting anything through on trial.</summary>
    public RefusalReason Check(ReadOnlySpan<byte> pathAndQuery)
    {
        Span<byte> buffer = stackalloc byte[PathTemplate.BufferLength];
        var shape = PathTemplate.Of(pathAndQuery, buffer);
        var group = _groups.GetValueOrDefault(PathTemplate.Hash(shape.Group)) ?? Overflow();
        var template = _templates.GetValueOrDefault(PathTemplate.Hash(shape.Text));
        return HasRoom(template, group, shape.Free) ? RefusalReason.None : RefusalReason.TemplateBudget;
    }

    /// <summary>Counts what came of a URL.</summary>
    /// <param name="isRepeat"><see cref="IsRepeat"/>.</param>
    /// <param name="original">The hash of the page that it repeats, <see cref="UrlKey.Hash"/>; 0 when there is none.</param>
    /// <returns>Whether a template or group has room again, so that some of the host's parked URLs should come back.</returns>
    public bool Add(ReadOnlySpan<byte> pathAndQuery, bool isRepeat, long original)
    {
        Span<byte> buffer = stackalloc byte[PathTemplate.BufferLength];
        var shape = PathTemplate.Of(pathAndQuery, buffer);
        var group = Group(shape.Group);
        // Copies of ever other pages are a second edition and speak neither for it nor against it, unless the URL looks like a session or a form.
        if (isRepeat && !shape.IsOdd && !group.IsRepeatedAgain(original))
        {
            return false;
        }
        var template = Template(shape.Text, group);
        if (template is { Fetched: 0 } && !group.HasRoom(FreeOf(group)))
        {
            group.Looks++;
        }
        var free = Free(template, group, shape.Free);
        var isBack = template is not null && Mark(template).Count(isRepeat, free);
        var wasOver = group.IsOver;
        isBack |= Mark(group).Count(isRepeat, FreeOf(group));
        _groupsOver += (group.IsOver ? 1 : 0) - (wasOver ? 1 : 0);
        _distinct = Math.Min(_distinct + (isRepeat ? 0 : 1), int.MaxValue - 1);
        return isBack;
    }

    /// <summary>The template that a URL belongs to, for people.</summary>
    public (string Template, int Fetched, int Repeats) Explain(ReadOnlySpan<byte> pathAndQuery)
    {
        Span<byte> buffer = stackalloc byte[PathTemplate.BufferLength];
        var shape = PathTemplate.Of(pathAndQuery, buffer);
        var template = _templates.GetValueOrDefault(PathTemplate.Hash(shape.Text));
        return (Encoding.UTF8.GetString(shape.Text), template?.Fetched ?? 0, template?.Repeats ?? 0);
    }

    /// <summary>Appends the rows that changed since the last time.</summary>
    public void Drain(List<TemplateRow> rows)
    {
        foreach (var cluster in _dirty)
        {
            cluster.IsDirty = false;
            rows.Add(new TemplateRow(host, cluster.Hash, cluster.Text, cluster.Fetched, cluster.Repeats));
        }
        _dirty.Clear();
    }

    /// <summary>Whether a page added nothing: a copy, a redirect or canonical link to what is known, or nothing but noise. What is not there leads nowhere and counts as nothing.</summary>
    /// <param name="isTargetKnown">Whether the URL that it redirects to, or names as canonical, was known before.</param>
    public static bool IsRepeat(PageRow page, bool isTargetKnown) =>
        page.Duplicate is DuplicateKind.Body or DuplicateKind.Near || (page.Duplicate == DuplicateKind.Canonical && isTargetKnown) || page.Noise >= MostNoise;

    /// <summary>Whether two URLs of a host have one template, and are not the same.</summary>
    public static bool AreOfOneKind(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        Span<byte> first = stackalloc byte[PathTemplate.BufferLength];
        Span<byte> second = stackalloc byte[PathTemplate.BufferLength];
        return !one.SequenceEqual(other) && PathTemplate.Of(one, first).Text.SequenceEqual(PathTemplate.Of(other, second).Text);
    }

    /// <summary>A page of this noise counts as nothing.</summary>
    public const int MostNoise = 80;

    private bool HasRoom(TemplateCluster? template, TemplateCluster? group, int shapeFree)
    {
        if (template is not { Fetched: > 0 })
        {
            return Free(template, group, shapeFree) > 0;
        }
        // One that is worth it goes its own way, whatever its siblings are.
        return template.HasRoom(Free(template, group, shapeFree)) && (template.Distinct > template.Repeats || group is null || group.HasRoom(FreeOf(group)));
    }

    // Half the patience for each sibling that proved a trap, and once more on a host that has several. A template that was never looked at gets a look as long as its group is worth it on the whole;
    // after that a few of them do.
    private int Free(TemplateCluster? template, TemplateCluster? group, int shapeFree)
    {
        if (group is not null && !group.HasRoom(FreeOf(group)))
        {
            return template is not { Fetched: > 0 } && group.Looks < LooksInBadGroup ? 1 : 0;
        }
        var siblings = (group?.Over ?? 0) - (template?.IsOver == true ? 1 : 0);
        var free = shapeFree >> Math.Min(siblings + (IsBadHost(group) ? 1 : 0), 8);
        return Math.Max(free, group is null || group.Distinct >= group.Repeats ? 1 : 0);
    }

    private int FreeOf(TemplateCluster group) => IsBadHost(group) ? GroupFree / 2 : GroupFree;

    private bool IsBadHost(TemplateCluster? but) => _groupsOver - (but?.IsOver == true ? 1 : 0) >= BadGroupsOfBadHost;

    private TemplateCluster Group(ReadOnlySpan<byte> text)
    {
        var hash = PathTemplate.Hash(text);
        if (_groups.TryGetValue(hash, out var group))
        {
            return group;
        }
        if (_groups.Count >= MostGroups)
        {
            text = "/**"u8;
            hash = PathTemplate.Hash(text);
            if (_groups.TryGetValue(hash, out group))
            {
                return group;
            }
        }
        return _groups[hash] = new TemplateCluster(hash, Encoding.UTF8.GetString(text), null);
    }

    private TemplateCluster? Overflow() => _groups.Count >= MostGroups ? _groups.GetValueOrDefault(PathTemplate.Hash("/**"u8)) : null;

    // Beyond the most templates only the group is counted.
    private TemplateCluster? Template(ReadOnlySpan<byte> text, TemplateCluster group)
    {
        var hash = PathTemplate.Hash(text);
        if (!_templates.TryGetValue(hash, out var template) && _templates.Count < MostTemplates)
        {
            _templates[hash] = template = new TemplateCluster(hash, Encoding.UTF8.GetString(text), group);
        }
        return template;
    }

    private TemplateCluster Mark(TemplateCluster cluster)
    {
        if (!cluster.IsDirty)
        {
            _dirty.Add(cluster);
        }
        return cluster;
    }
}
