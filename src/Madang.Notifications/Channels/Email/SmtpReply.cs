using System.Globalization;
using System.Text.RegularExpressions;

namespace Madang.Notifications.Channels.Email;

/// <summary>What a server answered to one command (RFC 5321 §4.2), with its enhanced code if it gave one (RFC 3463).</summary>
/// <param name="Enhanced">Such as <c>5.1.1</c>; null when there is none.</param>
/// <param name="Text">All lines, without codes.</param>
internal readonly partial record struct SmtpReply(int Code, string? Enhanced, string Text)
{
    /// <summary>Short and stable: <c>550 5.1.1</c>.</summary>
    public string Word => Enhanced is null ? Code.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Code} {Enhanced}");

    public bool IsOk => Code is >= 200 and < 300;

    public static SmtpReply Of(int code, string text)
    {
        var found = EnhancedCode().Match(text);
        // An enhanced code of another class than the reply's is somebody's mistake: the reply counts.
        return found.Success && text[0] - '0' == code / 100 ? new SmtpReply(code, found.Groups[1].Value, text[found.Length..]) : new SmtpReply(code, null, text);
    }

    [GeneratedRegex(@"^([245]\.\d{1,3}\.\d{1,3})(?: +|$)", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedCode();
}

/// <summary>Where in the dialogue a server said something, or fell silent.</summary>
internal enum SmtpStage
{
    Connect,
    Banner,
    Hello,
    StartTls,
    Auth,
    Mail,
    Recipient,

    /// <summary>DATA itself, and the message up to its last line.</summary>
    Data,

    /// <summary>From the first byte of the dot that ends the message: it may have been taken.</summary>
    Dot,
}

/// <summary>How a hand-over, or the way to one, ended: a reply, or a fault of the line.</summary>
internal readonly record struct SmtpOutcome(SmtpStage Stage, SmtpReply? Reply, string? Fault)
{
    public string? Detail { get; init; }

    public static SmtpOutcome Said(SmtpStage stage, SmtpReply reply) => new(stage, reply, null);

    public static SmtpOutcome Broke(SmtpStage stage, string fault, string? detail = null) => new(stage, null, fault) { Detail = detail };

    public bool IsOk => Stage == SmtpStage.Dot && Reply is { IsOk: true };
}
