using System.Text;
using System.Text.RegularExpressions;

namespace Madang.Sandbox.Smtp;

/// <summary>A message as a person would see it: enough of RFC 5322 and 2045 to 2047 to read what mail programs write.</summary>
public sealed partial class SmtpMail
{
    private readonly ILookup<string, string> _headers;

    private SmtpMail(ILookup<string, string> headers, string text, string html) => (_headers, Text, Html) = (headers, text, html);

    public string Subject => Header("Subject") ?? "";

    public string Text { get; }

    public string Html { get; }

    /// <summary>Unfolded, encoded words decoded; null when it is not there.</summary>
    public string? Header(string name) => _headers[name.ToLowerInvariant()].FirstOrDefault() is { } raw ? Decode(raw) : null;

    public static SmtpMail Read(ReadOnlySpan<byte> message)
    {
        var all = Encoding.Latin1.GetString(message);
        var (headers, body) = Split(all);
        var (text, html) = ("", "");
        Walk(headers, body, 0, ref text, ref html);
        return new SmtpMail(headers, text, html);
    }

    private static void Walk(ILookup<string, string> headers, string body, int depth, ref string text, ref string html)
    {
        var type = headers["content-type"].FirstOrDefault() ?? "text/plain";
        var boundary = Boundary().Match(type);
        if (type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) && boundary.Success && depth < 4)
        {
            foreach (var part in body.Split("--" + boundary.Groups[1].Value).Skip(1).TakeWhile(part => !part.StartsWith("--", StringComparison.Ordinal)))
            {
                var (inner, content) = Split(part.TrimStart('\r', '\n'));
                Walk(inner, content, depth + 1, ref text, ref html);
            }

            return;
        }

        var decoded = Body(headers["content-transfer-encoding"].FirstOrDefault()?.Trim().ToLowerInvariant(), body);
        if (type.StartsWith("text/html", StringComparison.OrdinalIgnoreCase))
        {
            html = decoded;
        }
        else if (text.Length == 0)
        {
            text = decoded;
        }
    }

    private static (ILookup<string, string> Headers, string Body) Split(string all)
    {
        var end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = end < 0 ? all : all[..end];
        var fields = Fold().Replace(head, " ").Split("\r\n").Select(line => line.Split(':', 2)).Where(field => field.Length == 2);
        return (fields.ToLookup(field => field[0].Trim().ToLowerInvariant(), field => field[1].Trim()), end < 0 ? "" : all[(end + 4)..]);
    }

    private static string Body(string? encoding, string body)
    {
        try
        {
            return Encoding.UTF8.GetString(encoding switch
            {
                "base64" => Convert.FromBase64String(string.Concat(body.Where(letter => !char.IsWhiteSpace(letter)))),
                "quoted-printable" => Quoted(SoftBreak().Replace(body, "")),
                _ => Encoding.Latin1.GetBytes(body),
            });
        }
        catch (FormatException)
        {
            return body;
        }
    }

    private static byte[] Quoted(string text) =>
        Encoding.Latin1.GetBytes(Octet().Replace(text, match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString()));

    private static string Decode(string raw) => EncodedWord().Replace(BetweenWords().Replace(raw, "$1"), match =>
    {
        var bytes = match.Groups[2].Value is "B" or "b"
            ? Convert.FromBase64String(match.Groups[3].Value)
            : Quoted(match.Groups[3].Value.Replace('_', ' '));
        return Encoding.UTF8.GetString(bytes);
    });

    [GeneratedRegex("boundary=\"?([^\";\r\n]+)\"?", RegexOptions.IgnoreCase)]
    private static partial Regex Boundary();

    [GeneratedRegex(@"\r\n[ \t]+")]
    private static partial Regex Fold();

    [GeneratedRegex("=\r\n")]
    private static partial Regex SoftBreak();

    [GeneratedRegex("=([0-9A-Fa-f]{2})")]
    private static partial Regex Octet();

    [GeneratedRegex(@"=\?([^?]+)\?([BbQq])\?([^?]*)\?=")]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"(=\?[^?]+\?[BbQq]\?[^?]*\?=)\s+(?==\?)")]
    private static partial Regex BetweenWords();
}
