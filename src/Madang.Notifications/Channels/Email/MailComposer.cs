using System.Globalization;
using System.Text;

namespace Madang.Notifications.Channels.Email;

/// <summary>A message as it goes over the wire, before the dots are stuffed, with what the envelope of SMTP needs.</summary>
/// <param name="ReturnPath">Where bounces go; empty for nowhere.</param>
/// <param name="EnvelopeId">Comes back in a bounce (RFC 3461 §4.4); ASCII letters and digits.</param>
internal sealed record ComposedMail(string ReturnPath, MailAddress To, string EnvelopeId, byte[] Message, bool NeedsUtf8);

/// <summary>Writes a message (RFC 5322, RFC 2045 to 2047): text and HTML as alternatives, seven bits, lines of at most 998 octets, signed.</summary>
internal static class MailComposer
{
    private const int MaxUnsubscribe = 900;

    /// <summary>Null and why when the content cannot be sent as it is.</summary>
    /// <param name="token">The sealed name of the delivery: the same for every attempt, and with it the Message-ID.</param>
    public static (ComposedMail? Mail, string? Fault) Compose(Envelope envelope, EmailContent content, SmtpSettings settings, string token, DateTimeOffset now)
    {
        if (MailAddress.Read(envelope.Address) is not { } to)
        {
            return (null, "bad_address");
        }

        if (content.UnsubscribeUrl is { } url && !IsHeaderUrl(url))
        {
            return (null, "bad_unsubscribe_url");
        }

        var (type, encoding, body) = Body(content, token);
        List<HeaderField> fields =
        [
            HeaderField.Mailbox("From", settings.FromName, settings.From.Text),
            HeaderField.Mailbox("To", "", to.Text),
        ];
        if (settings.ReplyTo is { } reply)
        {
            fields.Add(HeaderField.Mailbox("Reply-To", reply.Display, reply.Address.Text));
        }

        fields.Add(HeaderField.Unstructured("Subject", content.Subject));
        fields.Add(new("Date", now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)));
        fields.Add(new("Message-ID", $"<{token}@{settings.From.Domain}>"));
        fields.Add(new("MIME-Version", "1.0"));
        fields.Add(new("Auto-Submitted", "auto-generated")); // RFC 3834: nobody's absence note answers it
        if (envelope.Locale.Length > 0 && envelope.Locale.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
        {
            fields.Add(new("Content-Language", envelope.Locale));
        }

        if (content.UnsubscribeUrl is { } unsubscribe)
        {
            fields.Add(new("List-Unsubscribe", $"<{unsubscribe}>"));
            fields.Add(new("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }

        fields.Add(new("Content-Type", type));
        if (encoding is not null)
        {
            fields.Add(new("Content-Transfer-Encoding", encoding));
        }

        var bytes = Encoding.ASCII.GetBytes(body);
        var head = new StringBuilder();
        if (settings.Dkim is { } dkim)
        {
            head.Append(dkim.Sign(fields, bytes, now));
        }

        foreach (var field in fields)
        {
            head.Append(field);
        }

        head.Append("\r\n");
        return (new ComposedMail(settings.ReturnPath(token), to, token, [.. Encoding.UTF8.GetBytes(head.ToString()), .. bytes], to.NeedsUtf8), null);
    }

    private static (string Type, string? Encoding, string Body) Body(EmailContent content, string token)
    {
        var (plainEncoding, plain) = TransferEncoding.Encode(content.Text);
        const string plainType = "text/plain; charset=utf-8";
        if (content.Html is null)
        {
            return (plainType, plainEncoding, plain);
        }

        // "=_" stands in neither of the two encodings (RFC 2045 §6.7).
        var boundary = $"=_{token}";
        var (htmlEncoding, html) = TransferEncoding.Encode(content.Html);
        return ($"multipart/alternative;\r\n boundary=\"{boundary}\"", null, $"""
            --{boundary}
            Content-Type: {plainType}
            Content-Transfer-Encoding: {plainEncoding}

            {plain}
            --{boundary}
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: {htmlEncoding}

            {html}
            --{boundary}--

            """.ReplaceLineEndings("\r\n"));
    }

    private static bool IsHeaderUrl(string url) =>
        url.Length <= MaxUnsubscribe && url.StartsWith("https://", StringComparison.Ordinal) && url.All(letter => letter is > ' ' and < '\u007F' and not ('<' or '>' or ','));
}
