using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Madang.Tests.Architecture;

/// <summary>Each rule answers its violations, one line each, naming file and fault.</summary>
internal static partial class Rules
{
    private const string Table = "docs/ARCHITECTURE.md";

    private static readonly string[] BannedEndings =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Base", "Impl", "Service", "Handler", "Processor", "Info", "Data", "Dto"];

    private static readonly string[] BannedFolders =
        ["Models", "Interfaces", "Extensions", "Helpers", "Services", "Managers", "Utils", "Common", "Dtos"];

    /// <summary>Names that a framework gives us no choice about.</summary>
    private static readonly string[] FrameworkNames = ["AuthenticationHandler", "AuthorizationMiddlewareResultHandler"];

    public static IEnumerable<string> ImportsStandInTheTable(SourceTree tree)
    {
        var allowed = ImportTable(tree[Table]);
        foreach (var (project, _, references) in Projects(tree))
        {
            if (!allowed.TryGetValue(project, out var may))
            {
                yield return $"{project} has no row in {Table}";
                continue;
            }

            foreach (var reference in references.Except(may))
            {
                yield return $"{project} imports {reference}, which its row in {Table} does not allow";
            }
        }

        foreach (var project in allowed.Keys.Except(Projects(tree).Select(p => p.Project)))
        {
            yield return $"{Table} has a row for {project}, which is no project";
        }
    }

    public static IEnumerable<string> TheTableRunsDownward(SourceTree tree)
    {
        var seen = new HashSet<string>();
        foreach (var (project, may) in ImportTable(tree[Table]))
        {
            foreach (var upward in may.Where(import => !seen.Contains(import)))
            {
                yield return $"{Table}: {project} may import {upward}, which stands below it in the table";
            }

            seen.Add(project);
        }
    }

    public static IEnumerable<string> NoTypeEndsInAKind(SourceTree tree) =>
        from path in Code(tree)
        from Match type in TypeName().Matches(tree[path])
        let name = type.Groups["name"].Value
        where BannedEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)) && !FrameworkNames.Any(name.EndsWith)
        select $"{path}: {name} ends in a kind, not in what it is";

    public static IEnumerable<string> NoFolderIsAKind(SourceTree tree) =>
        from path in Code(tree)
        where path.Split('/')[..^1].Any(BannedFolders.Contains)
        select $"{path}: a folder is a step of the flow, never a kind";

    public static IEnumerable<string> FilesStayUnderTheCeiling(SourceTree tree) =>
        from path in Code(tree).Concat(tree.Paths(".ts")).Concat(tree.Paths(".tsx"))
        let lines = tree[path].AsSpan().Count('\n')
        let ceiling = path.StartsWith("tests/", StringComparison.Ordinal) || path.Contains(".test.", StringComparison.Ordinal) ? 900 : 600
        where lines > ceiling
        select $"{path}: {lines} lines, the ceiling is {ceiling}";

    public static IEnumerable<string> PortsAreInternalAndSmall(SourceTree tree)
    {
        foreach (var path in Code(tree).Where(path => path.StartsWith("src/", StringComparison.Ordinal) && path.EndsWith("Store.cs", StringComparison.Ordinal) && Path.GetFileName(path)[0] == 'I'))
        {
            if (PublicInterface().IsMatch(tree[path]))
            {
                yield return $"{path}: a port is internal";
            }

            var verbs = tree[path].Split('\n').Count(line => Verb().IsMatch(line));
            if (verbs > 12)
            {
                yield return $"{path}: {verbs} verbs, a port has at most 12";
            }
        }
    }

    public static IEnumerable<string> BothAdaptersHaveTheSameStores(SourceTree tree)
    {
        var sqlite = Stores(tree, "Sqlite");
        var postgres = Stores(tree, "Postgres");
        return sqlite.Except(postgres).Select(store => $"src/Madang.Postgres lacks {store}")
            .Concat(postgres.Except(sqlite).Select(store => $"src/Madang.Sqlite lacks {store}"));
    }

    public static IEnumerable<string> BothAdaptersHaveTheSameMigrations(SourceTree tree)
    {
        var sqlite = Migrations(tree, "Sqlite");
        var postgres = Migrations(tree, "Postgres");
        return sqlite.Except(postgres).Select(file => $"src/Madang.Postgres lacks Migrations/{file}")
            .Concat(postgres.Except(sqlite).Select(file => $"src/Madang.Sqlite lacks Migrations/{file}"));
    }

    public static IEnumerable<string> SqlLivesInTheAdapters(SourceTree tree) =>
        from path in Code(tree)
        where path.StartsWith("src/", StringComparison.Ordinal) && !path.StartsWith("src/Madang.Sqlite/", StringComparison.Ordinal) && !path.StartsWith("src/Madang.Postgres/", StringComparison.Ordinal)
        where Sql().IsMatch(tree[path])
        select $"{path}: SQL lives in Madang.Sqlite and Madang.Postgres";

    public static IEnumerable<string> NothingIsLeftForLater(SourceTree tree) =>
        from path in Code(tree).Concat(tree.Paths(".ts")).Concat(tree.Paths(".tsx"))
        where !path.StartsWith("tests/Madang.Tests.Architecture/", StringComparison.Ordinal)
        from Match later in Later().Matches(tree[path])
        select $"{path}: '{later.Value}' is work that is not done";

    public static IEnumerable<string> PragmasStateTheirReason(SourceTree tree) =>
        from path in Code(tree)
        from line in tree[path].Split('\n')
        where line.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal) && !line.Contains("//", StringComparison.Ordinal)
        select $"{path}: a #pragma states its reason on its line";

    public static IEnumerable<string> ModulesHaveAReadme(SourceTree tree) =>
        from project in Projects(tree)
        where project.Path.StartsWith("src/", StringComparison.Ordinal) && !tree.Holds($"{Path.GetDirectoryName(project.Path)}/README.md")
        select $"{project.Project} has no README.md";

    public static IEnumerable<string> TestsNamedInTheTableExist(SourceTree tree)
    {
        var classes = Code(tree).Where(path => path.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(path => TypeName().Matches(tree[path])).Select(type => type.Groups["name"].Value).ToHashSet();
        return from Match named in NamedTest().Matches(tree[Table])
               where !classes.Contains(named.Groups["name"].Value)
               select $"{Table} names the test {named.Groups["name"].Value}, which does not exist";
    }

    private static IEnumerable<string> Code(SourceTree tree) => tree.Paths(".cs");

    private static IEnumerable<(string Project, string Path, IReadOnlyList<string> References)> Projects(SourceTree tree) =>
        from path in tree.Paths(".csproj")
        where !path.StartsWith("tests/", StringComparison.Ordinal)
        select (Path.GetFileNameWithoutExtension(path), path,
            (IReadOnlyList<string>)[.. XDocument.Parse(tree[path]).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))]);

    /// <summary>The rows of the import table, in order: project → what it may import. Dictionaries keep the order they are filled in.</summary>
    private static Dictionary<string, IReadOnlyList<string>> ImportTable(string architecture)
    {
        var rows = new Dictionary<string, IReadOnlyList<string>>();
        foreach (Match row in TableRow().Matches(architecture))
        {
            rows[row.Groups["project"].Value] = row.Groups["imports"].Value.Trim() is "–"
                ? []
                : [.. row.Groups["imports"].Value.Split(',').Select(name => $"Madang.{name.Trim()}")];
        }

        return rows;
    }

    private static HashSet<string> Stores(SourceTree tree, string engine) =>
        [.. from path in Code(tree)
            let prefix = $"src/Madang.{engine}/"
            where path.StartsWith(prefix, StringComparison.Ordinal) && path.EndsWith("Store.cs", StringComparison.Ordinal)
            select path[prefix.Length..].Replace(engine, "", StringComparison.Ordinal)];

    private static HashSet<string> Migrations(SourceTree tree, string engine) =>
        [.. from path in tree.Paths(".sql")
            let prefix = $"src/Madang.{engine}/Migrations/"
            where path.StartsWith(prefix, StringComparison.Ordinal)
            select path[prefix.Length..]];

    [GeneratedRegex(@"^\| (?<project>Madang[\w.]*) \|[^|]*\|(?<imports>[^|]*)\|\s*$", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|sealed|static|abstract|partial|readonly|file)\s+)*(?:class|struct|record(?:\s+struct|\s+class)?|interface|enum)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeName();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]+(?:Tests|Facts))`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"^public (?:partial )?interface", RegexOptions.Multiline)]
    private static partial Regex PublicInterface();

    [GeneratedRegex(@"^    [\w<>\[\],.?() ]+ \w+(?:<\w+>)?\(.*\)?;?\s*$")]
    private static partial Regex Verb();

    [GeneratedRegex(@"\b(SELECT\s+[\w*(]|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s)")]
    private static partial Regex Sql();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|NotImplementedException)\b")]
    private static partial Regex Later();
}
