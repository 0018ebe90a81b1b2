using System.Text.RegularExpressions;

namespace Madang.Notifications.Channels.Email.Bounces;

/// <summary>What a mail that came back says.</summary>
internal enum MailReportKind
{
    /// <summary>Nothing about a delivery: somebody's answer, an absence note.</summary>
    None,

    /// <summary>It was given up (RFC 3464, action failed).</summary>
    Bounce,

    /// <summary>It is still being tried; another report will follow if it fails.</summary>
    Delayed,

    /// <summary>It is in the mailbox, or was handed on.</summary>
    Delivered,

    /// <summary>The reader said that it is spam (RFC 5965).</summary>
    Complaint,
}

/// <param name="Status">The enhanced status of a bounce, <c>5.1.1</c>.</param>
/// <param name="Diagnostic">The reply of the server that refused it, without the word <c>smtp;</c>.</param>
/// <param name="Names">Where the sealed name of the delivery may stand, most certain first.</param>
internal sealed partial record MailReport(MailReportKind Kind, string? Status, string? Diagnostic, IReadOnlyList<string> Names)
{
    private const int MaxNames = 32;
    private const int MaxGroups = 100;
    private static readonly string[] s_recipients = ["X-Original-To", "Delivered-To", "Envelope-To", "To"];

    public static MailReport Read(ReadOnlySpan<byte> message)
    {
        var whole = MailPart.Read(message);
        var parts = whole.Walk().ToList();
        List<string> places = [.. s_recipients.SelectMany(whole.All)];
        var (kind, status, diagnostic) = (MailReportKind.None, (string?)null, (string?)null);
        if (parts.FirstOrDefault(part => part.Type is "message/delivery-status" or "message/global-delivery-status") is { } report)
        {
            var groups = Groups(report.Text());
            places.AddRange(groups.SelectMany(group => group.All("Original-Envelope-Id")));
            (kind, status, diagnostic) = OfGroups(groups);
        }
        else if (parts.FirstOrDefault(part => part.Type == "message/feedback-report") is { } feedback)
        {
            var fields = MailPart.ReadFields(feedback.Text().ReplaceLineEndings("\n").Trim('\n'));
            places.AddRange(fields.All("Original-Mail-From"));

            // "not-spam" takes a complaint back, "auth-failure" is about our signature.
            kind = fields.First("Feedback-Type")?.Trim().ToLowerInvariant() is "not-spam" or "auth-failure" ? MailReportKind.None : MailReportKind.Complaint;
        }

        foreach (var returned in parts.Where(part => part.Type is "message/rfc822" or "message/global" or "text/rfc822-headers" or "message/global-headers"))
        {
            var head = MailPart.ReadFields(returned.Text().ReplaceLineEndings("\n").TrimStart('\n').Split("\n\n", 2)[0]);
            places.AddRange(head.All("Message-ID").Concat(head.All("Return-Path")));
        }

        return new MailReport(kind, status, diagnostic, [.. places.SelectMany(place => SealedName().Matches(place)).Select(match => match.Value).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxNames)]);
    }

    /// <summary>The first group speaks of the message, each other one of a recipient (RFC 3464 §2.1).</summary>
    private static List<MailPart> Groups(string report) =>
        [.. report.ReplaceLineEndings("\n").Trim('\n').Split("\n\n", MaxGroups).Select(group => MailPart.ReadFields(group.Trim('\n')))];

    private static (MailReportKind Kind, string? Status, string? Diagnostic) OfGroups(List<MailPart> groups)
    {
        foreach (var (action, kind) in ((string, MailReportKind)[])[("failed", MailReportKind.Bounce), ("delayed", MailReportKind.Delayed), ("delivered", MailReportKind.Delivered), ("relayed", MailReportKind.Delivered), ("expanded", MailReportKind.Delivered)])
        {
            if (groups.FirstOrDefault(group => Word(group.First("Action")) == action) is not { } found)
            {
                continue;
            }

            var status = found.First("Status") is { } told && StatusCode().Match(told) is { Success: true } match ? match.Value : null;
            var said = found.First("Diagnostic-Code");
            var smtp = said?.IndexOf(';', StringComparison.Ordinal) is >= 0 and var at && said[..at].Trim().Equals("smtp", StringComparison.OrdinalIgnoreCase) ? said[(at + 1)..].Trim() : null;
            return (kind, status ?? (kind == MailReportKind.Bounce ? "5.0.0" : null), smtp);
        }

        return (MailReportKind.None, null, null);
    }

    private static string? Word(string? text) => text?.Split(' ', '(')[0].Trim().ToLowerInvariant();

    [GeneratedRegex(@"(?<![A-Za-z0-9])[a-zA-Z2-7]{32}(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex SealedName();

    [GeneratedRegex(@"[245]\.\d{1,3}\.\d{1,3}", RegexOptions.CultureInvariant)]
    private static partial Regex StatusCode();
}
