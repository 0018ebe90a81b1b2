using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Text;

namespace Madang.Notifications.Channels.Email;

/// <summary>What a server offered after EHLO.</summary>
internal sealed record SmtpOffers(bool StartTls, bool Pipelining, bool Utf8, bool EightBit, bool Dsn, long MaxSize, IReadOnlySet<string> Auth)
{
    public static SmtpOffers Read(string text)
    {
        // The first line is the server's name.
        var lines = text.Split('\n').Skip(1).Select(line => line.Trim().ToUpperInvariant().Replace("AUTH=", "AUTH ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 0).ToList();
        bool Has(string word) => lines.Any(words => words[0] == word);
        var size = lines.FirstOrDefault(words => words[0] == "SIZE");
        return new SmtpOffers(
            Has("STARTTLS"), Has("PIPELINING"), Has("SMTPUTF8"), Has("8BITMIME"), Has("DSN"),
            size is [_, var most] && long.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0,
            lines.Where(words => words[0] == "AUTH").SelectMany(words => words.Skip(1)).ToHashSet());
    }
}

/// <summary>One session with the smarthost: greeted, secured, signed in, and good for many messages one after another.</summary>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int BlockBytes = 64 * 1024;
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(2);
    private readonly SmtpLine _line;
    private readonly SmtpSettings _settings;
    private readonly SmtpOffers _offers;
    private readonly TimeProvider _time;
    private bool _isUsed;

    private SmtpConnection(SmtpLine line, SmtpSettings settings, SmtpOffers offers, TimeProvider time) => (_line, _settings, _offers, _time) = (line, settings, offers, time);

    /// <summary>Messages that were handed over here.</summary>
    public int Sent { get; private set; }

    /// <summary>Nothing is open on it: the next message may follow.</summary>
    public bool IsUsable { get; private set; } = true;

    public long IdleSince { get; set; }

    public bool IsQuiet => _line.IsQuiet;

    /// <summary>A session, or why there is none.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<(SmtpConnection? Connection, SmtpOutcome Outcome)> OpenAsync(SmtpSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        SmtpLine? line = null;
        var stage = SmtpStage.Connect;
        try
        {
            line = await SmtpLine.ConnectAsync(settings.Host, settings.Port, settings.Timeouts.Connect, time, cancellationToken);
            if (settings.Security == SmtpSecurity.Tls)
            {
                await line.SecureAsync(Tls(settings), settings.Timeouts.Connect, cancellationToken);
            }

            stage = SmtpStage.Banner;
            var reply = await line.ReadAsync(settings.Timeouts.Command, cancellationToken);
            if (!reply.IsOk)
            {
                return (await DropAsync(line), SmtpOutcome.Said(stage, reply));
            }

            stage = SmtpStage.Hello;
            reply = await TellAsync(line, settings, $"EHLO {settings.Hello}", cancellationToken);
            if (reply.IsOk && settings.Security == SmtpSecurity.StartTls)
            {
                if (!SmtpOffers.Read(reply.Text).StartTls)
                {
                    return (await DropAsync(line), SmtpOutcome.Broke(SmtpStage.StartTls, "no_starttls", "The server offers no STARTTLS."));
                }

                stage = SmtpStage.StartTls;
                var ready = await TellAsync(line, settings, "STARTTLS", cancellationToken);
                if (!ready.IsOk)
                {
                    return (await DropAsync(line), SmtpOutcome.Said(stage, ready));
                }

                await line.SecureAsync(Tls(settings), settings.Timeouts.Connect, cancellationToken);

                // What was offered before does not count (RFC 3207 §4.2).
                stage = SmtpStage.Hello;
                reply = await TellAsync(line, settings, $"EHLO {settings.Hello}", cancellationToken);
            }

            if (!reply.IsOk)
            {
                return (await DropAsync(line), SmtpOutcome.Said(stage, reply));
            }

            var offers = SmtpOffers.Read(reply.Text);
            stage = SmtpStage.Auth;
            var signedIn = await SignInAsync(line, settings, offers, cancellationToken);
            return signedIn is { Reply: { IsOk: false } } or { Fault: not null } ? (await DropAsync(line), signedIn)
                : (new SmtpConnection(line, settings, offers, time), signedIn);
        }
        catch (SmtpLineException fault)
        {
            await DropAsync(line);
            return (null, SmtpOutcome.Broke(fault.Fault == "tls_failed" ? SmtpStage.StartTls : stage == SmtpStage.StartTls ? SmtpStage.Hello : stage, fault.Fault, fault.Message));
        }
        catch
        {
            await DropAsync(line);
            throw;
        }
    }

    /// <summary>Hands one message over.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled, and the message was not taken.</exception>
    public async Task<SmtpOutcome> SendAsync(ComposedMail mail, CancellationToken cancellationToken)
    {
        if (Unfit(mail) is { } unfit)
        {
            return unfit;
        }

        IsUsable = false;
        var stage = SmtpStage.Mail;
        try
        {
            var (refused, at) = await EnvelopeAsync(mail, cancellationToken);
            if (refused is { } reply)
            {
                IsUsable = reply.Code != 421;
                return SmtpOutcome.Said(at, reply);
            }

            stage = SmtpStage.Data;
            var stuffed = Stuff(mail.Message);
            for (var i = 0; i < stuffed.Length; i += BlockBytes)
            {
                await _line.WriteAsync(stuffed.AsMemory(i, Math.Min(BlockBytes, stuffed.Length - i)), _settings.Timeouts.Block, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            stage = SmtpStage.Dot;
            return await DotAsync(cancellationToken);
        }
        catch (SmtpLineException fault)
        {
            return SmtpOutcome.Broke(stage, fault.Fault, fault.Message);
        }
        catch (OperationCanceledException) when (stage == SmtpStage.Dot)
        {
            return SmtpOutcome.Broke(stage, "stopped");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (IsUsable)
        {
            try
            {
                await _line.WriteAsync("QUIT\r\n"u8.ToArray(), s_goodbye, CancellationToken.None);
            }
            catch (SmtpLineException)
            {
                // Gone already.
            }
        }

        await _line.DisposeAsync();
    }

    /// <summary>A dot before each line that begins with one (RFC 5321 §4.5.2). Every line of the message ends in CRLF.</summary>
    internal static byte[] Stuff(ReadOnlySpan<byte> message)
    {
        using var stuffed = new MemoryStream(message.Length + 64);
        while (!message.IsEmpty)
        {
            var end = message.IndexOf("\r\n"u8);
            var line = end < 0 ? message : message[..(end + 2)];
            if (line[0] == '.')
            {
                stuffed.WriteByte((byte)'.');
            }

            stuffed.Write(line);
            message = message[line.Length..];
            if (end < 0)
            {
                stuffed.Write("\r\n"u8);
            }
        }

        return stuffed.ToArray();
    }

    private SmtpOutcome? Unfit(ComposedMail mail)
    {
        if (mail.NeedsUtf8 && !(_offers.Utf8 && _offers.EightBit))
        {
            return SmtpOutcome.Said(SmtpStage.Data, SmtpReply.Of(553, "5.6.7 The server takes no addresses beyond ASCII (SMTPUTF8)."));
        }

        return _offers.MaxSize > 0 && mail.Message.Length > _offers.MaxSize
            ? SmtpOutcome.Said(SmtpStage.Mail, SmtpReply.Of(552, string.Create(CultureInfo.InvariantCulture, $"5.3.4 The server takes {_offers.MaxSize} bytes.")))
            : null;
    }

    /// <summary>From, to and DATA; null when the message may follow.</summary>
    private async Task<(SmtpReply? Refused, SmtpStage At)> EnvelopeAsync(ComposedMail mail, CancellationToken cancellationToken)
    {
        List<(string Command, SmtpStage Stage)> commands = [];
        if (_isUsed)
        {
            commands.Add(("RSET", SmtpStage.Mail));
        }

        _isUsed = true;
        var size = _offers.MaxSize > 0 ? string.Create(CultureInfo.InvariantCulture, $" SIZE={mail.Message.Length}") : "";
        var utf8 = mail.NeedsUtf8 ? " BODY=8BITMIME SMTPUTF8" : "";
        commands.Add(($"MAIL FROM:<{mail.ReturnPath}>{size}{utf8}{(_offers.Dsn ? $" RET=HDRS ENVID={mail.EnvelopeId}" : "")}", SmtpStage.Mail));
        commands.Add(($"RCPT TO:<{mail.To.Text}>{(_offers.Dsn ? " NOTIFY=FAILURE" + (mail.NeedsUtf8 ? "" : $" ORCPT=rfc822;{XText(mail.To.Text)}") : "")}", SmtpStage.Recipient));
        commands.Add(("DATA", SmtpStage.Data));
        (SmtpReply Reply, SmtpStage At)? refused = null;
        if (_offers.Pipelining)
        {
            // RFC 2920: all at once; DATA is the last of them.
            await _line.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(commands.Select(one => one.Command + "\r\n"))), _settings.Timeouts.Command, cancellationToken);
        }

        foreach (var (command, stage) in commands)
        {
            if (!_offers.Pipelining)
            {
                if (refused is not null)
                {
                    break;
                }

                await _line.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), _settings.Timeouts.Command, cancellationToken);
            }

            var reply = await _line.ReadAsync(stage == SmtpStage.Data ? _settings.Timeouts.Data : _settings.Timeouts.Command, cancellationToken);
            if (stage == SmtpStage.Data && reply.Code == 354 && refused is not null)
            {
                // A server that opens DATA without a recipient: an empty message ends it, for nobody (RFC 2920 §3.1).
                await _line.WriteAsync(".\r\n"u8.ToArray(), _settings.Timeouts.Command, cancellationToken);
                await _line.ReadAsync(_settings.Timeouts.Command, cancellationToken);
            }
            else if (stage == SmtpStage.Data ? reply.Code != 354 : !reply.IsOk)
            {
                refused ??= (reply, stage);
                if (reply.Code == 421)
                {
                    break;
                }
            }
        }

        return refused is { } no ? (no.Reply, no.At) : (null, SmtpStage.Data);
    }

    /// <summary>From here on it may have been taken, so who wants to stop waits a little for the answer.</summary>
    private async Task<SmtpOutcome> DotAsync(CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var wish = cancellationToken.Register(() => stop.CancelAfter(s_goodbye));
        await _line.WriteAsync(".\r\n"u8.ToArray(), _settings.Timeouts.Block, stop.Token);
        var reply = await _line.ReadAsync(_settings.Timeouts.Dot, stop.Token);
        Sent++;
        IdleSince = _time.GetTimestamp();
        IsUsable = reply.Code != 421;
        return SmtpOutcome.Said(SmtpStage.Dot, reply);
    }

    private static async Task<SmtpOutcome> SignInAsync(SmtpLine line, SmtpSettings settings, SmtpOffers offers, CancellationToken cancellationToken)
    {
        if (settings.Username is not { } user || settings.Password is not { } password)
        {
            return new SmtpOutcome(SmtpStage.Auth, new SmtpReply(250, null, ""), null);
        }

        string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        if (offers.Auth.Contains("PLAIN"))
        {
            return SmtpOutcome.Said(SmtpStage.Auth, await TellAsync(line, settings, $"AUTH PLAIN {Base64($"\0{user}\0{password}")}", cancellationToken));
        }

        if (!offers.Auth.Contains("LOGIN"))
        {
            return SmtpOutcome.Broke(SmtpStage.Auth, "no_auth", "The server offers neither AUTH PLAIN nor AUTH LOGIN.");
        }

        var reply = await TellAsync(line, settings, "AUTH LOGIN", cancellationToken);
        if (reply.Code == 334)
        {
            reply = await TellAsync(line, settings, Base64(user), cancellationToken);
        }

        return SmtpOutcome.Said(SmtpStage.Auth, reply.Code == 334 ? await TellAsync(line, settings, Base64(password), cancellationToken) : reply);
    }

    private static async Task<SmtpReply> TellAsync(SmtpLine line, SmtpSettings settings, string command, CancellationToken cancellationToken)
    {
        await line.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), settings.Timeouts.Command, cancellationToken);
        return await line.ReadAsync(settings.Timeouts.Command, cancellationToken);
    }

    private static SslClientAuthenticationOptions Tls(SmtpSettings settings) => new()
    {
        TargetHost = IPAddress.TryParse(settings.Host, out _) && settings.Trusted is not null ? "localhost" : settings.Host,
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => errors == SslPolicyErrors.None
            || (certificate is not null && settings.Trusted is { } trusted && certificate.GetRawCertData().AsSpan().SequenceEqual(trusted.RawData)),
    };

    private static async Task<SmtpConnection?> DropAsync(SmtpLine? line)
    {
        if (line is not null)
        {
            await line.DisposeAsync();
        }

        return null;
    }

    /// <summary>RFC 3461 §4.</summary>
    private static string XText(string text) =>
        string.Concat(text.Select(letter => letter is > ' ' and < '\u007F' and not ('+' or '=') ? letter.ToString() : "+" + ((int)letter).ToString("X2", CultureInfo.InvariantCulture)));
}
