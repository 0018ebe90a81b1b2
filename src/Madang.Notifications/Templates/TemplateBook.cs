using System.Collections.Concurrent;
using System.Collections.Frozen;
using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Templates;

/// <summary>
/// The templates, from memory: the current version of each, and older ones that something was accepted with. A change is seen on this node with its commit and on
/// the others within <see cref="LookEvery"/>. (Not <c>Templates</c>: that is the namespace.)
/// </summary>
internal sealed partial class TemplateBook : BackgroundService
{
    /// <summary>Of stored templates.</summary>
    public const int Max = 500;

    /// <summary>Old versions that are kept read.</summary>
    private const int MaxOld = 200;

    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly ITemplateStore _store;
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger<TemplateBook> _log;
    private readonly ConcurrentDictionary<TemplateRef, CompiledTemplate> _old = new();
    private readonly Lock _lock = new();
    private FrozenDictionary<string, CompiledTemplate> _current = BuiltInTemplates.All;
    private long _heard;

    public TemplateBook(ITemplateStore store, Database database, TimeProvider time, ILogger<TemplateBook> log)
    {
        (_store, _database, _time, _log) = (store, database, time, log);
        database.OnCommit<TemplateChanged>(Hear);
    }

    /// <summary>The version that is current now, for what is accepted with it; null for a name of none.</summary>
    public TemplateRef? Pin(string name) => Volatile.Read(ref _current).TryGetValue(name, out var current) ? current.Template.Ref : null;

    public CompiledTemplate? Current(string name) => Volatile.Read(ref _current).GetValueOrDefault(name);

    /// <summary>By name.</summary>
    public IReadOnlyList<CompiledTemplate> All() => [.. Volatile.Read(ref _current).Values.OrderBy(template => template.Template.Name, StringComparer.Ordinal)];

    /// <summary>The pinned version if it is in memory: call <see cref="LoadAsync(IEnumerable{TemplateRef}, CancellationToken)"/> once before a batch is rendered.</summary>
    public CompiledTemplate? Find(TemplateRef pinned)
    {
        var current = Current(pinned.Name);
        return current?.Template.Version == pinned.Version ? current
            : pinned.Version == 0 ? BuiltInTemplates.All.GetValueOrDefault(pinned.Name)
            : _old.GetValueOrDefault(pinned);
    }

    /// <summary>Reads what is not in memory yet. Costs nothing when all of it is, which is the usual case.</summary>
    public async ValueTask LoadAsync(IEnumerable<TemplateRef> pinned, CancellationToken cancellationToken)
    {
        var missing = pinned.Where(one => Find(one) is null).ToHashSet();
        if (missing.Count == 0)
        {
            return;
        }

        if (_old.Count + missing.Count > MaxOld)
        {
            _old.Clear();
        }

        foreach (var template in await _store.FindAsync(missing, cancellationToken))
        {
            if (Compile(template) is { } compiled)
            {
                _old[template.Ref] = compiled;
            }
        }
    }

    /// <summary>The next version, or the current one when nothing was changed. Codes: invalid_fields, template_limit.</summary>
    public async Task<Result<Template>> PutAsync(string name, TemplateBody given, long author, CancellationToken cancellationToken)
    {
        if (!TemplateRules.IsName(name))
        {
            return ApiErrors.Invalid("name", "invalid", $"A name is 1 to {TemplateRules.MaxName} of a–z, 0–9, _, . and -.");
        }

        var read = TemplateRules.Check(given);
        if (!read.IsOk)
        {
            return read.Error;
        }

        var text = TemplateJson.Write(read.Value.Body);
        return await _database.WriteAsync<Result<Template>>(
            tx =>
            {
                var last = _store.Lock(tx, name);
                if (Current(name) is { } current && current.Template.Version == last && last > 0 && TemplateJson.Write(current.Template.Body) == text)
                {
                    return current.Template;
                }

                if (last == 0 && _store.Count(tx) >= Max)
                {
                    return NotificationsErrors.TemplateLimit;
                }

                var template = new Template { Name = name, Version = last + 1, Body = read.Value.Body, CreatedBy = author, CreatedAt = tx.Now };
                _store.Put(tx, template);
                tx.Publish(new TemplateChanged(name, new CompiledTemplate(template, read.Value.Parts)));
                return template;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Whether there was a stored one; a built-in one of that name stands again as it was made.</summary>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => _database.WriteAsync(
        tx =>
        {
            if (!_store.Delete(tx, name))
            {
                return false;
            }

            tx.Publish(new TemplateChanged(name, null));
            return true;
        },
        cancellationToken: cancellationToken);

    /// <summary>Reads again what has changed.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var heard = Volatile.Read(ref _heard);
        var refs = await _store.CurrentAsync(cancellationToken);
        var fresh = refs.Where(one => Current(one.Name)?.Template.Version != one.Version).ToList();
        var read = fresh.Count == 0 ? [] : await _store.FindAsync(fresh, cancellationToken);
        var known = BuiltInTemplates.All.ToDictionary(StringComparer.Ordinal);
        foreach (var one in refs)
        {
            if ((Current(one.Name) is { } current && current.Template.Ref == one ? current : read.FirstOrDefault(template => template.Ref == one) is { } found ? Compile(found) : null) is { } compiled)
            {
                known[one.Name] = compiled;
            }
        }

        lock (_lock)
        {
            // A commit that came meanwhile may be newer than what was read: the next look settles it.
            if (heard == _heard)
            {
                _current = known.ToFrozenDictionary(StringComparer.Ordinal);
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

    private CompiledTemplate? Compile(Template template)
    {
        var read = TemplateRules.Check(template.Body);
        if (read.IsOk)
        {
            return new(template, read.Value.Parts);
        }

        // The rules have become stricter since it was stored.
        NotUnderstood(template.Name, template.Version, read.Error.Fields is [var first, ..] ? $"{first.Field}: {first.Detail}" : read.Error.Code);
        return null;
    }

    private void Hear(TemplateChanged changed)
    {
        lock (_lock)
        {
            _heard++;
            var known = _current.ToDictionary(StringComparer.Ordinal);
            if (known.TryGetValue(changed.Name, out var before) && before.Template.Version > 0 && _old.Count < MaxOld)
            {
                _old[before.Template.Ref] = before;
            }

            if ((changed.Template ?? BuiltInTemplates.All.GetValueOrDefault(changed.Name)) is { } template)
            {
                known[changed.Name] = template;
            }
            else
            {
                known.Remove(changed.Name);
            }

            _current = known.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The templates were not read again: {Reason}")]
    private partial void NotRead(string reason);

    [LoggerMessage(LogLevel.Warning, "Version {Version} of the template {Name} is not understood any more: {Reason}")]
    private partial void NotUnderstood(string name, int version, string reason);
}

/// <summary>Committed: this is the template from now on; null when it was deleted.</summary>
internal sealed record TemplateChanged(string Name, CompiledTemplate? Template);
