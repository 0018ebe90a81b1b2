using Madang.Storage;

namespace Madang.Notifications.Categories;

/// <summary>Port: the stored categories. There are few of them.</summary>
internal interface ICategoryStore
{
    /// <summary>Other processes write here too, so what is in memory is looked at again every few seconds.</summary>
    bool IsShared { get; }

    void Put(WriteTx tx, Category category);

    /// <summary>Whether it was there. What people chose for it stays, and holds again should it come back.</summary>
    bool Delete(WriteTx tx, string name);

    /// <summary>Alone with this until the commit: nobody adds one meanwhile.</summary>
    int Count(WriteTx tx);

    Task<IReadOnlyList<Category>> AllAsync(CancellationToken cancellationToken);
}
