using System.Globalization;
using System.Text;
using Madang.Crawler.Endpoints;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Exports;

/// <summary>A page as a row of CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV injection).</summary>
internal static class PageCsv
{
    public const string Head =
        "url,status,fault,title,language,content_type,depth,words,bytes,elapsed_ms,fetched_at,duplicate,duplicate_of,target,noise,no_index,importance,changes,fetches,warc_file,warc_offset,warc_length\r\n";

    public static string Row(CrawledPageJson page, PageRow row)
    {
        var line = new StringBuilder();
        Text(line, page.Url).Append(',').Append(CultureInfo.InvariantCulture, $"{page.Status},");
        Text(line, page.Fault).Append(',');
        Text(line, page.Title).Append(',');
        Text(line, page.Language).Append(',');
        Text(line, page.ContentType).Append(CultureInfo.InvariantCulture, $",{page.Depth},{page.Words},{page.Bytes},{page.ElapsedMs},{page.FetchedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'},");
        Text(line, page.Duplicate?.Kind).Append(',');
        Text(line, page.Duplicate?.Url).Append(',');
        Text(line, page.Target).Append(CultureInfo.InvariantCulture, $",{page.Noise},{(page.NoIndex ? "true" : "false")},{row.Importance:R},{page.Changes},{page.Fetches},");
        Text(line, page.Archive?.File).Append(CultureInfo.InvariantCulture, $",{page.Archive?.Offset},{page.Archive?.Length}\r\n");
        return line.ToString();
    }

    /// <summary>A cell; empty for null.</summary>
    internal static StringBuilder Text(StringBuilder line, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return line;
        }

        var isFormula = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠';
        if (!isFormula && text.AsSpan().IndexOfAny("\",\r\n\0") < 0)
        {
            return line.Append(text);
        }

        return line.Append('"').Append(isFormula ? "'" : "").Append(text.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal)).Append('"');
    }
}
