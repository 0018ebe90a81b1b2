using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Channels.Email;

/// <summary>E-mail through the operator's smarthost: one recipient a message, many messages a connection.</summary>
internal sealed partial class SmtpProvider : IProvider, IAsyncDisposable
{
    private readonly SmtpSettings _settings;
    private readonly ReturnSeal _seal;
    private readonly EmailCheck _check;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SmtpPool _pool;

    public SmtpProvider(SmtpSettings settings, ReturnSeal seal, EmailCheck check, TimeProvider time, ILogger log)
    {
        (_settings, _seal, _check, _time, _log) = (settings, seal, check, time, log);
        _pool = new SmtpPool(settings, time);
    }

    public string Name => _settings.Name;

    public string Kind => SmtpKind.Word;

    public DeliveryChannel Channel => DeliveryChannel.Email;

    /// <summary>The Message-ID is the same, but most mailboxes show both.</summary>
    public bool Collapses => false;

    public async Task<ProviderAnswer> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Content is not EmailContent content)
        {
            return new ProviderAnswer(AnswerClass.Reject, "no_email_content");
        }

        // Without the attempt: a message keeps its name however often it is handed over.
        var token = _seal.Seal(ReturnSeal.Mail, envelope.Delivery, 0);
        var (mail, fault) = MailComposer.Compose(envelope, content, _settings, token, _time.GetUtcNow());
        if (mail is null)
        {
            return new ProviderAnswer(fault == "bad_address" ? AnswerClass.DeadAddress : AnswerClass.Reject, fault!);
        }

        var answer = SmtpClassifier.Of(await SendAsync(mail, cancellationToken));
        if (SmtpClassifier.IsReputation(answer))
        {
            LogReputation(Name, mail.To.Domain, answer.Code, answer.Detail);
        }

        return answer.Class == AnswerClass.Ok ? answer with { MessageId = $"{token}@{_settings.From.Domain}" } : answer;
    }

    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => _check.RunAsync(_settings, cancellationToken);

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private async Task<SmtpOutcome> SendAsync(ComposedMail mail, CancellationToken cancellationToken)
    {
        if (await _pool.TakeAsync() is { } waiting)
        {
            var outcome = await SendAsync(waiting, mail, cancellationToken);
            if (!IsStale(outcome))
            {
                return outcome;
            }
        }

        var (opened, failed) = await SmtpConnection.OpenAsync(_settings, _time, cancellationToken);
        return opened is null ? failed : await SendAsync(opened, mail, cancellationToken);
    }

    private async Task<SmtpOutcome> SendAsync(SmtpConnection connection, ComposedMail mail, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.SendAsync(mail, cancellationToken);
        }
        finally
        {
            await _pool.GiveBackAsync(connection);
        }
    }

    /// <summary>A session that the server had ended while it waited says nothing about this message, which nobody has.</summary>
    private static bool IsStale(SmtpOutcome outcome) => outcome.Stage == SmtpStage.Mail && (outcome.Fault is not null || outcome.Reply is { Code: 421 });

    [LoggerMessage(Level = LogLevel.Warning, Message = "Provider {Provider}: {Domain} refuses mail for what it thinks of the sender: {Code} {Detail}")]
    private partial void LogReputation(string provider, string domain, string code, string? detail);
}
