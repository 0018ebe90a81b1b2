using System.Collections.Frozen;
using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Categories;

/// <summary>
/// The categories, from memory. A change is seen on this node with its commit and on the others within <see cref="LookEvery"/>.
/// (Not <c>Categories</c>: that is the namespace.)
/// </summary>
internal sealed partial class CategoryBook : BackgroundService
{
    /// <summary>Of stored categories, built-in ones that were changed included.</summary>
    public const int Max = 500;

    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly ICategoryStore _store;
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger<CategoryBook> _log;
    private readonly Lock _lock = new();
    private FrozenDictionary<string, Category> _known = BuiltInCategories.All.ToFrozenDictionary(category => category.Name, StringComparer.Ordinal);
    private long _heard;

    public CategoryBook(ICategoryStore store, Database database, TimeProvider time, ILogger<CategoryBook> log)
    {
        (_store, _database, _time, _log) = (store, database, time, log);
        database.OnCommit<CategoryChanged>(Hear);
    }

    /// <summary>By its exact name; null for a name of none.</summary>
    public Category? Find(string name) => Volatile.Read(ref _known).GetValueOrDefault(name);

    /// <summary>What rules a notification whose category was deleted meanwhile: it goes into the inbox and nowhere else.</summary>
    public Category FindOrPlain(string name) =>
        Find(name) ?? new Category { Name = name, Titles = FrozenDictionary<string, string>.Empty, Channels = [DeliveryChannel.Inbox] };

    /// <summary>By name.</summary>
    public IReadOnlyList<Category> All() => [.. Volatile.Read(ref _known).Values.OrderBy(category => category.Name, StringComparer.Ordinal)];

    public Task<Result<Category>> PutAsync(Category category, CancellationToken cancellationToken) => _database.WriteAsync<Result<Category>>(
        tx =>
        {
            if (_store.Count(tx) >= Max)
            {
                return NotificationsErrors.TooManyCategories;
            }

            _store.Put(tx, category);
            tx.Publish(new CategoryChanged(category.Name, category));
            return category;
        },
        cancellationToken: cancellationToken);

    /// <summary>Whether there was a stored one; a built-in one of that name stands again as it was made.</summary>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => _database.WriteAsync(
        tx =>
        {
            if (!_store.Delete(tx, name))
            {
                return false;
            }

            tx.Publish(new CategoryChanged(name, null));
            return true;
        },
        cancellationToken: cancellationToken);

    /// <summary>Reads them all again.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var heard = Volatile.Read(ref _heard);
        var stored = await _store.AllAsync(cancellationToken);
        var known = BuiltInCategories.All.ToDictionary(category => category.Name, StringComparer.Ordinal);
        foreach (var category in stored)
        {
            known[category.Name] = category;
        }

        lock (_lock)
        {
            // A commit that came meanwhile may be newer than what was read: the next look settles it.
            if (heard == _heard)
            {
                _known = known.ToFrozenDictionary(StringComparer.Ordinal);
            }
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_store.IsShared)
        {
            return;
        }

        using var timer = new PeriodicTimer(LookEvery, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LoadAsync(stoppingToken);
            }

            // A database that cannot be reached ends no loop: what is known stays.
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                NotRead(fault.Message);
            }
        }
    }

    private void Hear(CategoryChanged changed)
    {
        lock (_lock)
        {
            _heard++;
            var known = _known.ToDictionary(StringComparer.Ordinal);
            if ((changed.Category ?? BuiltInCategories.Find(changed.Name)) is { } category)
            {
                known[changed.Name] = category;
            }
            else
            {
                known.Remove(changed.Name);
            }

            _known = known.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The categories were not read again: {Reason}")]
    private partial void NotRead(string reason);
}

/// <summary>Committed: this category is so from now on; null when it was deleted.</summary>
internal sealed record CategoryChanged(string Name, Category? Category);
