using System.Text;

namespace Madang.Notifications.Templates.Html;

/// <summary>The frame of an HTML mail: for words that have none of their own, and around a fragment.</summary>
internal static class MailLayout
{
    private const string Font = "font:16px/1.6 system-ui,-apple-system,'Segoe UI','Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR',sans-serif";

    /// <summary>Title, body in paragraphs, and the address as a link.</summary>
    /// <param name="unsubscribe">Where the reader ends this kind of mail; null where that cannot be.</param>
    public static string Of(string title, string body, string? url, string locale, string? unsubscribe)
    {
        var html = new StringBuilder();
        html.Append("<h1 style=\"font-size:20px;margin:0 0 16px\">").Append(HtmlText.Encode(title)).Append("</h1>\n");
        foreach (var paragraph in body.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            html.Append("<p style=\"margin:0 0 16px\">").Append(HtmlText.Encode(paragraph).Replace("\n", "<br>\n", StringComparison.Ordinal)).Append("</p>\n");
        }

        if (url is not null)
        {
            html.Append("<p style=\"margin:24px 0\"><a href=\"").Append(HtmlText.Encode(url))
                .Append("\" style=\"display:inline-block;padding:10px 20px;border-radius:6px;background:#1f6feb;color:#fff;text-decoration:none\">")
                .Append(IsKorean(locale) ? "열어 보기" : "Open").Append("</a></p>\n");
        }

        if (unsubscribe is not null)
        {
            html.Append("<p style=\"margin:32px 0 0;font-size:13px\"><a style=\"color:#666\" href=\"").Append(HtmlText.Encode(unsubscribe)).Append("\">")
                .Append(IsKorean(locale) ? "이런 메일 그만 받기" : "Unsubscribe").Append("</a></p>\n");
        }

        return Wrap($"<div style=\"max-width:560px;margin:0 auto;padding:24px;{Font}\">\n{html}</div>", locale);
    }

    /// <summary>A document as it is, a fragment in a document.</summary>
    public static string Wrap(string html, string locale) => html.Contains("<html", StringComparison.OrdinalIgnoreCase)
        ? html
        : $"""
           <!doctype html>
           <html lang="{HtmlText.Encode(locale)}">
           <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
           <body>
           {html}
           </body>
           </html>

           """;

    private static bool IsKorean(string locale) => locale.StartsWith("ko", StringComparison.OrdinalIgnoreCase);
}
