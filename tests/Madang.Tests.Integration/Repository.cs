using System.Runtime.CompilerServices;

namespace Madang.Tests.Integration;

/// <summary>The folder that these tests were built from, for what is generated into it.</summary>
internal static class Repository
{
    /// <summary>Set to 1, tests of generated files write them instead of comparing.</summary>
    private const string UpdateVariable = "MADANG_UPDATE_DOCS";

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Folder(), "..", ".."));

    public static bool IsUpdating => Environment.GetEnvironmentVariable(UpdateVariable) == "1";

    /// <summary>The file is as it was generated; says how to bring it up to date.</summary>
    public static async Task AssertGeneratedAsync(string path, string content)
    {
        var file = Path.Combine(Root, path);
        if (IsUpdating)
        {
            await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        }

        Assert.True(
            File.Exists(file) && await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) == content,
            $"{path} is out of date: run the integration tests once with {UpdateVariable}=1 and commit what it writes");
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
