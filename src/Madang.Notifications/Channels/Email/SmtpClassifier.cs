namespace Madang.Notifications.Channels.Email;

/// <summary>What a server's word means for a delivery: RFC 5321 §4.2, RFC 3463, RFC 7504 and what large receivers write beside it.</summary>
internal static class SmtpClassifier
{
    public static ProviderAnswer Of(SmtpOutcome outcome) => outcome.Reply is { } reply
        ? Of(outcome.Stage, reply)
        : OfFault(outcome.Stage, outcome.Fault ?? "connection_lost", outcome.Detail);

    /// <summary>What a bounce says (RFC 3464): the server that wrote it had taken the message and gave up.</summary>
    /// <param name="diagnostic">The reply of the server beyond it, if it is told: <c>550 5.1.1 No such user</c>.</param>
    public static ProviderAnswer OfBounce(string status, string? diagnostic)
    {
        var code = diagnostic is { Length: >= 3 } && int.TryParse(diagnostic.AsSpan(0, 3), out var told) && told is >= 400 and < 600 ? told : status.StartsWith('4') ? 450 : 550;
        var text = diagnostic is null ? "" : diagnostic.Length > 4 && char.IsAsciiDigit(diagnostic[0]) ? diagnostic[4..] : diagnostic;
        var reply = SmtpReply.Of(code, text);
        return Of(SmtpStage.Recipient, reply with { Enhanced = reply.Enhanced ?? status });
    }

    private static ProviderAnswer Of(SmtpStage stage, SmtpReply reply) => (reply.Code switch
    {
        >= 200 and < 300 when stage == SmtpStage.Dot => ProviderAnswer.Ok(reply.Word),
        >= 400 and < 500 => Later(stage, reply),
        >= 500 and < 600 => Never(stage, reply),

        // Neither yes nor no: this is no SMTP server, or it lost its place.
        _ => new ProviderAnswer(AnswerClass.Retry, reply.Word) { Scope = AnswerScope.Provider },
    }) with
    { Detail = ProviderHttp.Short(reply.Text) };

    private static ProviderAnswer OfFault(SmtpStage stage, string fault, string? detail) => (stage switch
    {
        SmtpStage.Dot => ProviderAnswer.Ambiguous(fault),
        SmtpStage.StartTls => new ProviderAnswer(AnswerClass.Config, fault) { Scope = AnswerScope.Provider },
        SmtpStage.Auth when fault == "no_auth" => new ProviderAnswer(AnswerClass.Config, fault) { Scope = AnswerScope.Provider },
        SmtpStage.Connect or SmtpStage.Banner or SmtpStage.Hello or SmtpStage.Auth => new ProviderAnswer(AnswerClass.Retry, fault) { Scope = AnswerScope.Provider },
        _ => new ProviderAnswer(AnswerClass.Retry, fault),
    }) with
    { Detail = detail is null ? null : ProviderHttp.Short(detail) };

    private static ProviderAnswer Later(SmtpStage stage, SmtpReply reply) => new(AnswerClass.Retry, reply.Word)
    {
        Scope = (stage, reply.Enhanced) switch
        {
            ( < SmtpStage.Mail, _) => AnswerScope.Provider,

            // Rates and reputation at one receiver (Gmail's 4.7.28, Yahoo's TSS): the others go on.
            _ when reply.Code == 421 || IsRate(reply.Enhanced) => AnswerScope.Domain,

            // The smarthost's own disk or load.
            (_, ['4', '.', '3', '.', ..]) => AnswerScope.Provider,
            _ => AnswerScope.Delivery,
        },
    };

    private static ProviderAnswer Never(SmtpStage stage, SmtpReply reply)
    {
        var word = reply.Word;
        ProviderAnswer Config() => new(AnswerClass.Config, word) { Scope = AnswerScope.Provider };
        ProviderAnswer Dead() => new(AnswerClass.DeadAddress, word);
        ProviderAnswer Reject() => new(AnswerClass.Reject, word);
        return (reply.Code, reply.Enhanced) switch
        {
            // Before a message was named it can only be us.
            _ when stage < SmtpStage.Mail => Config(),
            (530 or 534 or 535 or 538, _) or (_, "5.7.8" or "5.7.9" or "5.7.11") => Config(),
            _ when IsRelayDenied(reply) => Config(),

            // The sender's address is ours, and nobody else's fault.
            (_, "5.1.7" or "5.1.8") => Config(),
            (552, _) when stage == SmtpStage.Mail => Reject(),
            _ when stage == SmtpStage.Mail && reply.Enhanced is null or "5.1.0" or "5.1.1" or "5.1.2" or "5.1.3" => Config(),
            (_, "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" or "5.2.1") => Dead(),

            // Only time empties a mailbox.
            (_, "5.2.2") => new ProviderAnswer(AnswerClass.Retry, word) { Scope = AnswerScope.Address },
            (552, null) when stage == SmtpStage.Recipient => new ProviderAnswer(AnswerClass.Retry, word + " 5.2.2") { Scope = AnswerScope.Address },
            (_, "5.3.4" or "5.2.3") or (552, _) => Reject(),

            // Policy, reputation, spam: the address is well, our name is not.
            (_, ['5', '.', '7', '.', ..]) => Reject(),
            (_, ['5', '.', '6', '.', ..]) => Reject(),
            (551 or 553 or 556, _) when stage == SmtpStage.Recipient => Dead(),
            (550, null or "5.0.0" or "5.1.0") when stage == SmtpStage.Recipient && IsUnknown(reply.Text) => Dead(),
            _ => Reject(),
        };
    }

    /// <summary>Whether a refusal is about the sender's name in the world, so that somebody should be told.</summary>
    public static bool IsReputation(ProviderAnswer answer) => answer.Class == AnswerClass.Reject && answer.Code.Contains(" 5.7.", StringComparison.Ordinal);

    private static bool IsRate(string? enhanced) => enhanced is "4.7.28" or "4.7.26" or "4.7.27" or "4.7.29" or "4.7.30" or "4.7.32" or "4.7.650";

    private static bool IsRelayDenied(SmtpReply reply) =>
        (reply.Enhanced is "5.7.1" or "5.7.0" or "5.7.64" or null) && reply.Text.Contains("relay", StringComparison.OrdinalIgnoreCase);

    /// <summary>For servers that give no enhanced code: the words of the common ones.</summary>
    private static bool IsUnknown(string text) =>
        s_unknown.Any(words => text.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] s_unknown =
    [
        "user unknown", "unknown user", "no such user", "no such recipient", "does not exist", "unknown recipient", "recipient unknown", "invalid recipient", "invalid mailbox",
        "mailbox unavailable", "mailbox not found", "user not found", "no mailbox", "not a valid mailbox", "unrouteable address",
    ];
}
