using Madang.Storage;

namespace Madang.Notifications.Templates;

/// <summary>Port: the stored templates with all of their versions.</summary>
internal interface ITemplateStore
{
    /// <summary>Other processes write here too, so what is in memory is looked at again every few seconds.</summary>
    bool IsShared { get; }

    /// <summary>The last version that was given out, deleted or not, alone with it until the commit; 0 for a new name.</summary>
    int Lock(WriteTx tx, string name);

    /// <summary>The next version, current from now on.</summary>
    void Put(WriteTx tx, Template template);

    /// <summary>Whether it had a current version. Its versions stay for what was accepted with them.</summary>
    bool Delete(WriteTx tx, string name);

    /// <summary>Of those that are current.</summary>
    int Count(WriteTx tx);

    /// <summary>The current version of each name.</summary>
    Task<IReadOnlyList<TemplateRef>> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>Those that are there, of these versions.</summary>
    Task<IReadOnlyList<Template>> FindAsync(IReadOnlyCollection<TemplateRef> refs, CancellationToken cancellationToken);

    /// <summary>Newest first, versions below <paramref name="before"/>.</summary>
    Task<IReadOnlyList<Template>> VersionsAsync(string name, int before, int limit, CancellationToken cancellationToken);
}
