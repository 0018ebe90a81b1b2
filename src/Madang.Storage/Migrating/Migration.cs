using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Madang.Storage.Migrating;

/// <summary>One numbered step of one module's schema: <c>Migrations/Chat/0001_room.sql</c> of an adapter.</summary>
internal sealed record Migration(string Module, int Number, string Name, string Sql)
{
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Module}/{Number:0000}_{Name}");

    /// <summary>SHA-256 of the text, whatever the line ends of the checkout.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The modules whose tables exist, each after those it refers to.</summary>
    public static IReadOnlyList<string> Modules { get; } = ["Storage", "Jobs", "Accounts", "Webhooks", "Realtime", "Notifications", "Deliveries", "Preferences", "Templates", "Tracking", "Chat", "Crawler", "Crawl", "Graph", "Posts", "Timelines", "Sources", "Outward"];

    /// <summary>The steps embedded in an adapter, in the order they run.</summary>
    public static IReadOnlyList<Migration> EmbeddedIn(Assembly adapter)
    {
        var prefix = $"{adapter.GetName().Name}.Migrations.";
        return InOrder(adapter.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Read(adapter, name, name[prefix.Length..^".sql".Length])));
    }

    public static IReadOnlyList<Migration> InOrder(IEnumerable<Migration> migrations)
    {
        var ordered = migrations.OrderBy(m => Rank(m.Module)).ThenBy(m => m.Number).ToList();
        foreach (var module in ordered.GroupBy(m => m.Module))
        {
            var expected = 1;
            foreach (var migration in module)
            {
                if (migration.Number != expected++)
                {
                    throw new InvalidOperationException($"The migrations of a module are numbered 1, 2, 3…: {migration.Id}");
                }
            }
        }

        return ordered;
    }

    private static int Rank(string module)
    {
        for (var i = 0; i < Modules.Count; i++)
        {
            if (Modules[i] == module)
            {
                return i;
            }
        }

        throw new InvalidOperationException($"Unknown module of a migration: {module}");
    }

    private static Migration Read(Assembly adapter, string resource, string name)
    {
        // Module.0001_name
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var underscore = name.IndexOf('_', StringComparison.Ordinal);
        using var reader = new StreamReader(adapter.GetManifestResourceStream(resource)!);
        return new Migration(name[..dot], int.Parse(name.AsSpan(dot + 1, underscore - dot - 1), CultureInfo.InvariantCulture), name[(underscore + 1)..],
            reader.ReadToEnd());
    }
}

/// <summary>A row of the table <c>migration</c>: what ran, and which version of the program ran it.</summary>
internal sealed record AppliedMigration(string Module, int Number, string Name, string Hash, string Version)
{
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Module}/{Number:0000}_{Name}");
}
