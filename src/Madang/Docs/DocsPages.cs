using System.Text;

namespace Madang.Docs;

/// <summary>The generated tables, compiled into the program from docs/, so that the <c>type</c> of every refusal leads somewhere.</summary>
internal static class DocsPages
{
    private static readonly string[] Names = ["errors", "limits", "configuration", "metrics"];

    public static string? Find(string page)
    {
        if (!Names.Contains(page))
        {
            return null;
        }

        using var stream = typeof(DocsPages).Assembly.GetManifestResourceStream($"docs/{page}.md");
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
