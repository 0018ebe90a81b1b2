using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Madang.Docs;

/// <summary>Renders what our own generators write, headings, paragraphs, tables, code and links, and nothing else. Not a Markdown library: its input is ours.</summary>
internal static partial class MarkdownPage
{
    public static string Render(string markdown)
    {
        var html = new StringBuilder();
        var inTable = false;
        foreach (var line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            var isRow = line.StartsWith('|');
            if (inTable != isRow)
            {
                html.Append(isRow ? "<table>" : "</table>\n");
                inTable = isRow;
            }

            if (isRow)
            {
                if (!line.StartsWith("|-", StringComparison.Ordinal))
                {
                    Row(html, line);
                }
            }
            else if (line.StartsWith('#'))
            {
                var level = line.TakeWhile(c => c == '#').Count();
                html.Append(CultureInfo.InvariantCulture, $"<h{level}>{Inline(line[level..].Trim())}</h{level}>\n");
            }
            else if (line.Length > 0 && !line.StartsWith("<!--", StringComparison.Ordinal))
            {
                html.Append(CultureInfo.InvariantCulture, $"<p>{Inline(line)}</p>\n");
            }
        }

        return html.Append(inTable ? "</table>" : "").ToString();
    }

    /// <summary>A row is addressed by its first cell: /docs/errors#not_found.</summary>
    private static void Row(StringBuilder html, string line)
    {
        var cells = line.Trim('|').Split('|').Select(cell => cell.Trim()).ToList();
        html.Append(CultureInfo.InvariantCulture, $"<tr id=\"{WebUtility.HtmlEncode(cells[0].Trim('`'))}\">");
        foreach (var cell in cells)
        {
            html.Append("<td>").Append(Inline(cell)).Append("</td>");
        }

        html.Append("</tr>\n");
    }

    private static string Inline(string text)
    {
        var safe = WebUtility.HtmlEncode(text);
        safe = Code().Replace(safe, "<code>$1</code>");
        safe = Link().Replace(safe, """<a href="$2">$1</a>""");
        return Strong().Replace(safe, "<strong>$1</strong>");
    }

    [GeneratedRegex("`([^`]+)`", RegexOptions.NonBacktracking)]
    private static partial Regex Code();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)]+)\)", RegexOptions.NonBacktracking)]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*([^*]+)\*\*", RegexOptions.NonBacktracking)]
    private static partial Regex Strong();
}
