using System.Collections.Concurrent;
using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Templates;

/// <summary>The templates: the current version of each, and older ones that something was accepted with. (Not <c>Templates</c>: that is the namespace.)</summary>
internal sealed partial class TemplateBook(ITemplateStore store, Database database, TimeProvider time, ILogger<TemplateBook> log)
    : NamedBook<CompiledTemplate>(BuiltInTemplates.All, store.IsShared, database, time, log)
{
    /// <summary>Of stored templates.</summary>
    public const int Max = 500;

    /// <summary>Old versions that are kept read.</summary>
    private const int MaxOld = 200;

    private readonly Database _database = database;
    private readonly ILogger<TemplateBook> _log = log;
    private readonly ConcurrentDictionary<TemplateRef, CompiledTemplate> _old = new();

    /// <summary>The version that is current now, for what is accepted with it; null for a name of none.</summary>
    public TemplateRef? Pin(string name) => Find(name)?.Template.Ref;

    /// <summary>The pinned version if it is in memory: call <see cref="LoadAsync(IEnumerable{TemplateRef}, CancellationToken)"/> once before a batch is rendered.</summary>
    public CompiledTemplate? Find(TemplateRef pinned)
    {
        var current = Find(pinned.Name);
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

        foreach (var template in await store.FindAsync(missing, cancellationToken))
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
                var last = store.Lock(tx, name);
                if (Find(name) is { } current && current.Template.Version == last && last > 0 && TemplateJson.Write(current.Template.Body) == text)
                {
                    return current.Template;
                }

                if (last == 0 && store.Count(tx) >= Max)
                {
                    return NotificationsErrors.TemplateLimit;
                }

                var template = new Template { Name = name, Version = last + 1, Body = read.Value.Body, CreatedBy = author, CreatedAt = tx.Now };
                store.Put(tx, template);
                Tell(tx, name, new CompiledTemplate(template, read.Value.Parts));
                return template;
            },
            cancellationToken: cancellationToken);
    }

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

    protected override async Task<IReadOnlyList<(string Name, CompiledTemplate Stored)>> ReadAsync(CancellationToken cancellationToken)
    {
        var current = await store.CurrentAsync(cancellationToken);
        var fresh = current.Where(one => Find(one.Name)?.Template.Ref != one).ToList();
        var read = fresh.Count == 0 ? [] : (await store.FindAsync(fresh, cancellationToken)).ToDictionary(template => template.Ref);
        List<(string, CompiledTemplate)> stored = [];
        foreach (var one in current)
        {
            if ((Find(one.Name) is { } known && known.Template.Ref == one ? known : read.TryGetValue(one, out var found) ? Compile(found) : null) is { } compiled)
            {
                stored.Add((one.Name, compiled));
            }
        }

        return stored;
    }

    protected override void Replaced(CompiledTemplate before)
    {
        if (before.Template.Version > 0 && _old.Count < MaxOld)
        {
            _old[before.Template.Ref] = before;
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

    [LoggerMessage(LogLevel.Warning, "Version {Version} of the template {Name} is not understood any more: {Reason}")]
    private partial void NotUnderstood(string name, int version, string reason);
}
