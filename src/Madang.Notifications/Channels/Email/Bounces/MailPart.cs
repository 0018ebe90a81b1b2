using System.Text;

namespace Madang.Notifications.Channels.Email.Bounces;

/// <summary>
/// A message, or a part of one, as mail servers write their reports (RFC 5322, RFC 2046). What comes in is anybody's: 1 MB at most, 300 fields a head, 32 parts,
/// 4 deep; what is beyond that is not looked at.
/// </summary>
internal sealed class MailPart
{
    public const int MaxBytes = 1024 * 1024;
    private const int MaxFields = 300;
    private const int MaxParts = 32;
    private const int MaxDepth = 4;
    private readonly List<KeyValuePair<string, string>> _fields;

    private MailPart(List<KeyValuePair<string, string>> fields, string body) => (_fields, Body) = (fields, body);

    /// <summary>Lower case, without parameters; <c>text/plain</c> when it does not say.</summary>
    public string Type => (First("Content-Type") ?? "text/plain").Split(';')[0].Trim().ToLowerInvariant();

    /// <summary>As it came, each byte a character.</summary>
    public string Body { get; }

    public IReadOnlyList<MailPart> Parts { get; private init; } = [];

    public string? First(string name) => All(name).FirstOrDefault();

    public IEnumerable<string> All(string name) => _fields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    /// <summary>This part and all within it, outermost first.</summary>
    public IEnumerable<MailPart> Walk() => Parts.SelectMany(part => part.Walk()).Prepend(this);

    /// <summary>The body with its transfer encoding undone.</summary>
    public string Text()
    {
        switch (First("Content-Transfer-Encoding")?.Trim().ToLowerInvariant())
        {
            case "base64":
                var letters = string.Concat(Body.Where(letter => !char.IsWhiteSpace(letter)));
                var bytes = new byte[letters.Length];
                return Convert.TryFromBase64String(letters, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : Body;
            case "quoted-printable":
                return Unquote(Body);
            default:
                return Body;
        }
    }

    public static MailPart Read(ReadOnlySpan<byte> message) => Read(Encoding.Latin1.GetString(message[..Math.Min(message.Length, MaxBytes)]).Replace("\r\n", "\n", StringComparison.Ordinal), 0);

    /// <summary>Fields alone, as the groups of a report are written.</summary>
    public static MailPart ReadFields(string text) => new(Fields(text), "");

    private static MailPart Read(string text, int depth)
    {
        // A message that begins with an empty line has no head.
        var end = text.StartsWith('\n') ? 0 : text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = end < 0 ? text : text[..end];
        var body = end < 0 ? "" : text[Math.Min(text.Length, end == 0 ? 1 : end + 2)..];
        var part = new MailPart(Fields(head), body);
        if (depth >= MaxDepth || !part.Type.StartsWith("multipart/", StringComparison.Ordinal) || Boundary(part.First("Content-Type")!) is not { } boundary)
        {
            return part;
        }

        return new MailPart(part._fields, body) { Parts = [.. Cut(body, boundary).Select(inner => Read(inner, depth + 1))] };
    }

    private static List<KeyValuePair<string, string>> Fields(string head)
    {
        List<KeyValuePair<string, string>> fields = [];
        foreach (var line in head.Split('\n', MaxFields + 1).Take(MaxFields))
        {
            if (line.Length > 0 && line[0] is ' ' or '\t' && fields.Count > 0)
            {
                fields[^1] = new(fields[^1].Key, fields[^1].Value + " " + line.Trim());
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                fields.Add(new(line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }
        }

        return fields;
    }

    private static string? Boundary(string type)
    {
        var at = type.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        var rest = type[(at + 9)..].Trim();
        var boundary = rest.StartsWith('"') && rest.IndexOf('"', 1) is > 1 and var close ? rest[1..close] : rest.Split(';', ' ')[0];
        return boundary.Length is > 0 and <= 200 ? boundary : null;
    }

    private static List<string> Cut(string body, string boundary)
    {
        List<string> parts = [];
        var mark = "--" + boundary;
        int? open = null;
        for (var at = 0; at <= body.Length && parts.Count < MaxParts;)
        {
            var end = body.IndexOf('\n', at);
            var line = body.AsSpan(at, (end < 0 ? body.Length : end) - at).TrimEnd();
            if (line.StartsWith(mark, StringComparison.Ordinal))
            {
                if (open is { } start)
                {
                    parts.Add(body[start..Math.Max(start, at - 1)]);
                }

                if (line.Length >= mark.Length + 2 && line[mark.Length..].SequenceEqual("--"))
                {
                    return parts;
                }

                open = end < 0 ? null : end + 1;
            }

            if (end < 0)
            {
                break;
            }

            at = end + 1;
        }

        // Cut off on its way: what there is of the last part counts.
        if (open is { } last && parts.Count < MaxParts)
        {
            parts.Add(body[last..]);
        }

        return parts;
    }

    private static string Unquote(string body)
    {
        var bytes = new List<byte>(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '=')
            {
                bytes.Add((byte)body[i]);
            }
            else if (i + 1 < body.Length && body[i + 1] == '\n')
            {
                i++;
            }
            else if (i + 2 < body.Length && char.IsAsciiHexDigit(body[i + 1]) && char.IsAsciiHexDigit(body[i + 2]))
            {
                bytes.Add(Convert.ToByte(body.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                bytes.Add((byte)'=');
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
