using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Email;
using Madang.Notifications.Channels.Email.Bounces;
using Madang.Notifications.Delivering;

namespace Madang.Tests.Unit.Notifications.Channels.Email;

/// <summary>Bounces and complaints as servers write them, and as those do who wish us ill.</summary>
public sealed class MailReportTests
{
    private static readonly string s_name = Mails.Seal.Seal(ReturnSeal.Mail, new DeliveryId(42), 0);

    [Fact]
    public void A_bounce_of_postfix_names_the_delivery_and_why()
    {
        var report = MailReport.Read(Encoding.UTF8.GetBytes(Bounce("failed", "5.1.1", "smtp; 550 5.1.1 <mina@example.org>: Recipient address\n    rejected: User unknown")));
        Assert.Equal((MailReportKind.Bounce, "5.1.1", "550 5.1.1 <mina@example.org>: Recipient address rejected: User unknown"), (report.Kind, report.Status, report.Diagnostic));
        Assert.Equal(s_name, Assert.Single(report.Names));
        var answer = SmtpClassifier.OfBounce(report.Status!, report.Diagnostic);
        Assert.Equal((AnswerClass.DeadAddress, "550 5.1.1"), (answer.Class, answer.Code));
    }

    [Theory]
    [InlineData("failed", "5.1.1", null, AnswerClassName.DeadAddress)]
    [InlineData("failed", "5.1.2", null, AnswerClassName.DeadAddress)]
    [InlineData("failed", "5.2.2", null, AnswerClassName.Retry)]
    [InlineData("failed", "4.4.7", null, AnswerClassName.Retry)]
    [InlineData("failed", "5.7.1", "smtp; 550 5.7.1 Spam", AnswerClassName.Reject)]
    [InlineData("failed", "5.0.0", "smtp; 550 No such user here", AnswerClassName.DeadAddress)]
    [InlineData("failed", "nonsense", "x-local; whatever", AnswerClassName.Reject)]
    public void A_bounce_is_classed_like_the_reply_that_it_reports(string action, string status, string? diagnostic, AnswerClassName means)
    {
        var report = MailReport.Read(Encoding.UTF8.GetBytes(Bounce(action, status, diagnostic)));
        Assert.Equal(MailReportKind.Bounce, report.Kind);
        Assert.Equal((AnswerClass)means, SmtpClassifier.OfBounce(report.Status!, report.Diagnostic).Class);
    }

    [Theory]
    [InlineData("delayed", "Delayed")]
    [InlineData("delivered", "Delivered")]
    [InlineData("relayed", "Delivered")]
    [InlineData("eaten", "None")]
    public void Only_a_failure_is_a_bounce(string action, string kind) =>
        Assert.Equal(kind, MailReport.Read(Encoding.UTF8.GetBytes(Bounce(action, "4.0.0", null))).Kind.ToString());

    [Theory]
    [InlineData("abuse", "Complaint")]
    [InlineData("fraud", "Complaint")]
    [InlineData("opt-out", "Complaint")]
    [InlineData("not-spam", "None")]
    [InlineData("auth-failure", "None")]
    public void A_complaint_names_the_delivery_by_its_message_id(string type, string kind)
    {
        var report = MailReport.Read(Encoding.UTF8.GetBytes($"""
            From: <abuse@mailbox.example>
            To: <abuse@madang.example.org>
            Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

            --part1
            Content-Type: text/plain

            This is an email abuse report.
            --part1
            Content-Type: message/feedback-report

            Feedback-Type: {type}
            User-Agent: SomeGenerator/1.0
            Version: 1

            --part1
            Content-Type: message/rfc822

            From: <hello@madang.example.org>
            Message-ID: <{s_name}@madang.example.org>
            Subject: Hello

            Text
            --part1--
            """));
        Assert.Equal(kind, report.Kind.ToString());
        Assert.True(Mails.Seal.TryOpen(ReturnSeal.Mail, report.Names.Single(), out var delivery, out _) && delivery.Value == 42);
    }

    [Fact]
    public void An_absence_note_is_no_report() =>
        Assert.Equal(MailReportKind.None, MailReport.Read(Encoding.UTF8.GetBytes($"To: bounces+{s_name}@madang.example.org\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n")).Kind);

    [Fact]
    public void A_report_in_base64_is_read_as_well()
    {
        var inner = Convert.ToBase64String(Encoding.ASCII.GetBytes("Reporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"));
        var report = MailReport.Read(Encoding.ASCII.GetBytes($"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n{inner}\r\n--b--\r\n"));
        Assert.Equal((MailReportKind.Bounce, "5.1.1"), (report.Kind, report.Status));
    }

    [Fact]
    public void Depth_parts_and_names_are_bounded()
    {
        var nested = new StringBuilder();
        for (var i = 0; i < 2_000; i++)
        {
            nested.Append("Content-Type: multipart/mixed; boundary=b").Append(i).Append("\n\n--b").Append(i).Append('\n');
        }

        Assert.Equal(MailReportKind.None, MailReport.Read(Encoding.ASCII.GetBytes(nested.ToString())).Kind);
        var many = "Content-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\nContent-Type: message/rfc822\n\nMessage-ID: <x>\n", 100_000));
        Assert.True(MailPart.Read(Encoding.ASCII.GetBytes(many)).Walk().Count() <= 33);
        var names = "To: " + string.Join(' ', Enumerable.Range(0, 1_000).Select(i => Mails.Seal.Seal("other", new DeliveryId(i), 0)));
        Assert.Equal(32, MailReport.Read(Encoding.ASCII.GetBytes(names)).Names.Count);
    }

    [Fact]
    public void Whatever_comes_in_is_read_without_a_fault() => Prop.ForAll<byte[], string>((noise, text) =>
    {
        _ = MailReport.Read(noise);
        _ = MailReport.Read(Encoding.UTF8.GetBytes(Bounce(text ?? "", text ?? "", text)));
        return true;
    }).QuickCheckThrowOnFailure();

    private static string Bounce(string action, string status, string? diagnostic) => $"""
        Return-Path: <>
        Date: Mon, 1 Jun 2026 09:00:00 +0000 (UTC)
        From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: bounces+{s_name}@madang.example.org
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
         boundary="ABC.123/mx.example.net"

        This is a MIME-encapsulated message.

        --ABC.123/mx.example.net
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --ABC.123/mx.example.net
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net
        Original-Envelope-Id: {s_name}
        Arrival-Date: Mon, 1 Jun 2026 09:00:00 +0000 (UTC)

        Final-Recipient: rfc822; mina@example.org
        Original-Recipient: rfc822;mina@example.org
        Action: {action}
        Status: {status}
        {(diagnostic is null ? "X-Nothing: 1" : "Diagnostic-Code: " + diagnostic)}

        --ABC.123/mx.example.net
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        Message-ID: <{s_name}@madang.example.org>
        Subject: Hello

        --ABC.123/mx.example.net--
        """;
}
