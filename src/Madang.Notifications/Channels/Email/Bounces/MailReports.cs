using Madang.Notifications.Addresses;
using Madang.Notifications.Delivering;
using Madang.Storage;

namespace Madang.Notifications.Channels.Email.Bounces;

/// <summary>What was made of a mail that came back.</summary>
/// <param name="Delivery">The one that it speaks of, when its name is sealed by us.</param>
/// <param name="Code">Of a bounce: what the receiving server said, <c>550 5.1.1</c>.</param>
/// <param name="IsNews">False for what was known already.</param>
internal sealed record MailReportOutcome(MailReportKind Kind, DeliveryId? Delivery, string? Code, bool IsNews);

/// <summary>
/// Takes bounces and complaints in. A report counts only when it bears the name that we sealed into the mail it is about, so that nobody can report an address dead
/// whose mail they have not had.
/// </summary>
internal sealed class MailReports(ReturnSeal seal, Deliveries deliveries, AddressBook addresses, IDeliveryLog log, Database database)
{
    public async Task<MailReportOutcome> TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var report = MailReport.Read(message.Span);
        if (report.Kind == MailReportKind.None || Name(report) is not { } id || await log.FindAsync(id, cancellationToken) is not { Channel: DeliveryChannel.Email } delivery)
        {
            return new MailReportOutcome(report.Kind, null, null, false);
        }

        ProviderAnswer? answer = report.Kind == MailReportKind.Bounce ? SmtpClassifier.OfBounce(report.Status!, report.Diagnostic) : null;
        var isNews = await database.WriteAsync(tx => Apply(tx, report, delivery, answer), cancellationToken: cancellationToken);
        return new MailReportOutcome(report.Kind, id, answer?.Code, isNews);
    }

    private bool Apply(WriteTx tx, MailReport report, Delivery delivery, ProviderAnswer? answer)
    {
        switch (report.Kind)
        {
            case MailReportKind.Complaint:
                addresses.Dead(tx, new DeadAddress(DeliveryChannel.Email, delivery.AddressId, delivery.Address, delivery.Provider, "complaint", IsSuppressed: true, tx.Now));
                return true;
            case MailReportKind.Delivered:
                return deliveries.Receipt(tx, delivery.Id, new Receipt(ReceiptKind.Delivered, tx.Now) { Code = "delivered" });
            case MailReportKind.Bounce when answer is { } told:
                return Bounced(tx, delivery, told);
            default:
                return false;
        }
    }

    /// <summary>The server beyond ours has given up, so there is nothing to repeat: either the address is dead, or this message is.</summary>
    private bool Bounced(WriteTx tx, Delivery delivery, ProviderAnswer told)
    {
        var isDead = told.Class == AnswerClass.DeadAddress;
        var isNews = deliveries.Receipt(tx, delivery.Id, new Receipt(ReceiptKind.Failed, tx.Now)
        {
            Code = "bounce " + told.Code,
            Failure = isDead ? told : new ProviderAnswer(AnswerClass.Reject, "bounce " + told.Code) { Detail = told.Detail },
        });
        if (isNews && told.Class == AnswerClass.Retry && delivery.AddressId != 0)
        {
            addresses.SoftBounced(tx, delivery.AddressId, told.Code, delivery.StartedAt ?? tx.Now);
        }

        return isNews;
    }

    private DeliveryId? Name(MailReport report)
    {
        foreach (var name in report.Names)
        {
            if (seal.TryOpen(ReturnSeal.Mail, name, out var delivery, out _))
            {
                return delivery;
            }
        }

        return null;
    }
}
