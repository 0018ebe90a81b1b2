using System.Collections.Frozen;
using Madang.Storage;

namespace Madang.Notifications.Templates;

/// <summary>The templates that come with the program, in Korean and English: <c>Templates/BuiltIn/*.json</c>. A stored one of the same name goes before.</summary>
internal static class BuiltInTemplates
{
    /// <summary>For several notifications in one: <c>items</c> (title, body, url, at), <c>count</c>, <c>more</c>.</summary>
    public const string Digest = "digest";

    public static FrozenDictionary<string, CompiledTemplate> All { get; } = Load();

    private static FrozenDictionary<string, CompiledTemplate> Load()
    {
        var assembly = typeof(BuiltInTemplates).Assembly;
        var prefix = $"{typeof(BuiltInTemplates).Namespace}.BuiltIn.";
        var all = new Dictionary<string, CompiledTemplate>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            var name = resource[prefix.Length..^".json".Length];
            var read = TemplateRules.Check(TemplateJson.Read(bytes.ToArray()));
            if (!read.IsOk)
            {
                throw new InvalidOperationException($"The built-in template {name} is wrong: {string.Join(' ', read.Error.Fields.Select(fault => $"{fault.Field}: {fault.Detail}"))}");
            }

            all[name] = new(new() { Name = name, Version = 0, Body = read.Value.Body, CreatedBy = -1, CreatedAt = Snowflake.Epoch }, read.Value.Parts);
        }

        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
