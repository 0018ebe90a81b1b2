using System.Text.Json;

namespace Madang.Tests.Unit.Client;

/// <summary>docs/realtime/vectors: what every client must do, in the same words for all.</summary>
internal static class Vectors
{
    private static readonly string Folder = Path.Combine(Root(), "docs", "realtime", "vectors");

    public static JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name))).RootElement;

    public static IEnumerable<string> Scripts() => Directory.EnumerateFiles(Folder, "client-*.json").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    /// <summary>Whether each field of <paramref name="wanted"/> stands in <paramref name="actual"/>, nested objects likewise; more fields may be there.</summary>
    public static bool Matches(JsonElement wanted, JsonElement actual) => wanted.ValueKind switch
    {
        JsonValueKind.Object => actual.ValueKind == JsonValueKind.Object && wanted.EnumerateObject().All(field => field.Name == "absent"
            ? field.Value.EnumerateArray().All(name => !actual.TryGetProperty(name.GetString()!, out _))
            : actual.TryGetProperty(field.Name, out var found) && Matches(field.Value, found)),
        JsonValueKind.Array => actual.ValueKind == JsonValueKind.Array && wanted.GetArrayLength() == actual.GetArrayLength()
            && wanted.EnumerateArray().Zip(actual.EnumerateArray()).All(pair => Matches(pair.First, pair.Second)),
        _ => JsonElement.DeepEquals(wanted, actual),
    };

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Madang.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No Madang.slnx above the tests.");
        }

        return folder.FullName;
    }
}
