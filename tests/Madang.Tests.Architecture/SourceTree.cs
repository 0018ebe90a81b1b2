namespace Madang.Tests.Architecture;

/// <summary>The repository as the rules see it: paths with '/' from its root, and texts. Rules are pure over it, so a fault can be planted.</summary>
internal sealed class SourceTree(IReadOnlyDictionary<string, string> files)
{
    private static readonly string[] LeftOut = [".git", "bin", "obj", "node_modules", "dist", "artifacts", "madang-data"];

    public static SourceTree Repository { get; } = Read(Root());

    public IEnumerable<string> Paths(string suffix) => files.Keys.Where(path => path.EndsWith(suffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public string this[string path] => files[path];

    public bool Holds(string path) => files.ContainsKey(path);

    /// <summary>This tree with one file added or replaced: how a fault is planted.</summary>
    public SourceTree With(string path, string text) => new(new Dictionary<string, string>(files) { [path] = text });

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Madang.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run the tests from inside the repository.");
    }

    private static SourceTree Read(string root)
    {
        var files = new Dictionary<string, string>();
        var folders = new Stack<DirectoryInfo>([new DirectoryInfo(root)]);
        while (folders.TryPop(out var folder))
        {
            foreach (var sub in folder.EnumerateDirectories().Where(sub => !LeftOut.Contains(sub.Name)))
            {
                folders.Push(sub);
            }

            foreach (var file in folder.EnumerateFiles().Where(file => file.Extension is ".cs" or ".csproj" or ".md" or ".sql" or ".ts" or ".tsx"))
            {
                files[Path.GetRelativePath(root, file.FullName).Replace('\\', '/')] = File.ReadAllText(file.FullName);
            }
        }

        return new SourceTree(files);
    }
}
