using System.Collections.Frozen;
using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Categories;

/// <summary>The categories. (Not <c>Categories</c>: that is the namespace.)</summary>
internal sealed class CategoryBook(ICategoryStore store, Database database, TimeProvider time, ILogger<CategoryBook> log)
    : NamedBook<Category>(BuiltInCategories.All.ToFrozenDictionary(category => category.Name, StringComparer.Ordinal), store.IsShared, database, time, log)
{
    /// <summary>Of stored categories, built-in ones that were changed included.</summary>
    public const int Max = 500;

    private readonly Database _database = database;

    /// <summary>What rules a notification whose category was deleted meanwhile: it goes into the inbox and nowhere else.</summary>
    public Category FindOrPlain(string name) =>
        Find(name) ?? new Category { Name = name, Titles = FrozenDictionary<string, string>.Empty, Channels = [DeliveryChannel.Inbox] };

    public Task<Result<Category>> PutAsync(Category category, CancellationToken cancellationToken) => _database.WriteAsync<Result<Category>>(
        tx =>
        {
            if (store.Count(tx) >= Max)
            {
                return NotificationsErrors.TooManyCategories;
            }

            store.Put(tx, category);
            Tell(tx, category.Name, category);
            return category;
        },
        cancellationToken: cancellationToken);

    /// <summary>Whether there was a stored one; a built-in one of that name stands again as it was made.</summary>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => _database.WriteAsync(
        tx =>
        {
            if (!store.Delete(tx, name))
            {
                return false;
            }

            Tell(tx, name, null);
            return true;
        },
        cancellationToken: cancellationToken);

    protected override async Task<IReadOnlyList<(string Name, Category Stored)>> ReadAsync(CancellationToken cancellationToken) =>
        [.. (await store.AllAsync(cancellationToken)).Select(category => (category.Name, category))];
}
