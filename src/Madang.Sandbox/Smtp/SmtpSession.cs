using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Madang.Sandbox.Smtp;

/// <summary>One client's dialogue.</summary>
internal sealed class SmtpSession(SmtpStandIn owner, TcpClient client) : IAsyncDisposable
{
    private const int MaxLine = 16 * 1024;
    private static readonly string[] s_mechanisms = ["PLAIN", "LOGIN"];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Stream _stream = client.GetStream();
    private int _start;
    private int _end;
    private bool _isSecure;
    private bool _isSignedIn;
    private string? _from;
    private string? _envelopeId;
    private string? _to;

    public async Task RunAsync(CancellationToken stop)
    {
        if (owner.IsImplicitTls)
        {
            await SecureAsync(stop);
        }

        if (!await SayAsync("banner", 220, "sandbox ESMTP", stop))
        {
            return;
        }

        while (await ReadLineAsync(stop) is { } bytes)
        {
            var line = Encoding.UTF8.GetString(bytes);
            var verb = line.Split(' ', 2)[0].ToUpperInvariant();
            if (!await AnswerAsync(verb, line, stop))
            {
                return;
            }
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private Task<bool> AnswerAsync(string verb, string line, CancellationToken stop) => verb switch
    {
        "EHLO" => HelloAsync(stop),
        "HELO" => SayAsync("ehlo", 250, "sandbox", stop),
        "STARTTLS" when owner.Certificate is not null && !_isSecure => StartTlsAsync(stop),
        "AUTH" when owner.Login is not null => SignInAsync(line, stop),
        "MAIL" => MailAsync(line, stop),
        "RCPT" => RecipientAsync(line, stop),
        "DATA" => DataAsync(stop),
        "RSET" => ResetAsync(stop),
        "NOOP" => SayAsync("noop", 250, "2.0.0 Ok", stop),
        "QUIT" => QuitAsync(stop),
        _ => SayAsync("other", 500, "5.5.2 Not known here", stop),
    };

    private Task<bool> HelloAsync(CancellationToken stop)
    {
        string[] offers =
        [
            "PIPELINING", $"SIZE {owner.MaxSize}", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES",
            .. owner.Certificate is not null && !_isSecure ? (string[])["STARTTLS"] : [],
            .. owner.Login is not null ? (string[])["AUTH " + string.Join(' ', s_mechanisms.Except(owner.Without))] : [],
        ];
        return SayAsync("ehlo", 250, string.Join('\n', ["sandbox", .. offers.Where(offer => !owner.Without.Contains(offer.Split(' ')[0]))]), stop);
    }

    private async Task<bool> StartTlsAsync(CancellationToken stop)
    {
        if (!await SayAsync("starttls", 220, "2.0.0 Go ahead", stop) || _start != _end)
        {
            return false;
        }

        await SecureAsync(stop);
        return true;
    }

    private async Task SecureAsync(CancellationToken stop)
    {
        var secured = new SslStream(_stream);
        _stream = secured;
        _isSecure = true;
        await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = owner.Certificate }, stop);
    }

    private async Task<bool> SignInAsync(string line, CancellationToken stop)
    {
        var words = line.Split(' ');
        string[] given = [];
        if (words is [_, "PLAIN", var all])
        {
            given = Decode(all).Split('\0')[1..];
        }
        else if (words is [_, "LOGIN"])
        {
            await WriteAsync("334 VXNlcm5hbWU6\r\n", stop);
            var user = Decode(Encoding.ASCII.GetString(await ReadLineAsync(stop) ?? []));
            await WriteAsync("334 UGFzc3dvcmQ6\r\n", stop);
            given = [user, Decode(Encoding.ASCII.GetString(await ReadLineAsync(stop) ?? []))];
        }

        _isSignedIn = given is [var name, var password] && (name, password) == owner.Login;
        return await (_isSignedIn ? SayAsync("auth", 235, "2.7.0 Welcome", stop) : SayAsync("auth", 535, "5.7.8 Not with this name and password", stop));
    }

    private async Task<bool> MailAsync(string line, CancellationToken stop)
    {
        if (owner.Login is not null && !_isSignedIn)
        {
            return await SayAsync("other", 530, "5.7.0 Sign in first", stop);
        }

        _to = null;
        _from = Path(line);
        _envelopeId = line.Split(' ').FirstOrDefault(word => word.StartsWith("ENVID=", StringComparison.OrdinalIgnoreCase))?[6..];
        var (went, said) = await TrySayAsync("mail", 250, "2.1.0 Ok", stop);
        _from = said == 250 ? _from : null;
        return went;
    }

    private async Task<bool> RecipientAsync(string line, CancellationToken stop)
    {
        var to = Path(line);
        if (_from is null)
        {
            return await SayAsync("other", 503, "5.5.1 MAIL first", stop);
        }

        var (went, said) = await TrySayAsync("rcpt", 250, "2.1.5 Ok", stop, to);
        _to = said == 250 ? to : _to;
        return went;
    }

    private async Task<bool> DataAsync(CancellationToken stop)
    {
        if (_to is not { } to)
        {
            return await SayAsync("other", 554, "5.5.1 No valid recipients", stop);
        }

        var (went, said) = await TrySayAsync("data", 354, "Go ahead", stop, to);
        if (!went || said != 354)
        {
            return went;
        }

        using var message = new MemoryStream();
        while (await ReadLineAsync(stop) is { } line)
        {
            if (line is [(byte)'.'])
            {
                return await TakeAsync(to, message.ToArray(), stop);
            }

            message.Write(line is [(byte)'.', ..] ? line.AsSpan(1) : line);
            message.Write("\r\n"u8);
        }

        return false;
    }

    private async Task<bool> TakeAsync(string to, byte[] message, CancellationToken stop)
    {
        var fault = owner.Faults.Meet(to, "dot");
        if (fault is { LatencyMs: > 0 })
        {
            await Task.Delay(fault.LatencyMs, stop);
        }

        if (fault?.Status is { } status && status != 250)
        {
            owner.Received.Refuse();
            await WriteAsync(Lines(status, fault.Reason ?? "Not this one"), stop);
            return status != 421;
        }

        if (message.Length > owner.MaxSize)
        {
            owner.Received.Refuse();
            await WriteAsync(Lines(552, "5.3.4 Too large"), stop);
            return true;
        }

        var mail = SmtpMail.Read(message);
        var isLost = fault?.Effect is FaultEffect.Lost or FaultEffect.Cut or FaultEffect.Silent;
        owner.Received.Take(new ReceivedMessage(to, mail.Header("Message-ID") ?? "", null, Encoding.UTF8.GetString(message), !isLost, owner.Time.GetUtcNow())
        {
            Facts = new Dictionary<string, string>
            {
                ["mail_from"] = _from ?? "",
                ["envid"] = _envelopeId ?? "",
                ["subject"] = mail.Subject,
                ["text"] = mail.Text,
                ["html"] = mail.Html,
                ["tls"] = _isSecure ? "true" : "false",
            },
        });
        (_from, _to) = (null, null);
        switch (fault?.Effect)
        {
            case FaultEffect.Lost or FaultEffect.Cut:
                return false;
            case FaultEffect.Silent:
                await Task.Delay(Timeout.Infinite, stop);
                return false;
            case FaultEffect.Goaway:
                await WriteAsync(Lines(250, "2.0.0 Ok: queued"), stop);
                await WriteAsync(Lines(421, "4.3.2 Going away"), stop);
                return false;
            default:
                await WriteAsync(Lines(250, "2.0.0 Ok: queued"), stop);
                return true;
        }
    }

    private Task<bool> ResetAsync(CancellationToken stop)
    {
        (_from, _to) = (null, null);
        return SayAsync("rset", 250, "2.0.0 Ok", stop);
    }

    private async Task<bool> QuitAsync(CancellationToken stop)
    {
        await WriteAsync(Lines(221, "2.0.0 Bye"), stop);
        return false;
    }

    private async Task<bool> SayAsync(string stage, int code, string text, CancellationToken stop) => (await TrySayAsync(stage, code, text, stop)).Went;

    /// <summary>Whether the dialogue goes on, and what was said.</summary>
    private async Task<(bool Went, int Said)> TrySayAsync(string stage, int code, string text, CancellationToken stop, string device = "")
    {
        var fault = owner.Faults.Meet(device, stage);
        if (fault is { LatencyMs: > 0 })
        {
            await Task.Delay(fault.LatencyMs, stop);
        }

        if (fault?.Effect is FaultEffect.Cut or FaultEffect.Lost)
        {
            return (false, 0);
        }

        if (fault?.Effect == FaultEffect.Silent)
        {
            await Task.Delay(Timeout.Infinite, stop);
        }

        var said = fault?.Status ?? code;
        if (fault?.Status is not null)
        {
            owner.Received.Refuse();
        }

        await WriteAsync(fault?.Body ?? Lines(said, fault?.Status is null ? text : fault.Reason ?? "Not now"), stop);
        return (said != 421, said);
    }

    private static string Lines(int code, string text)
    {
        var lines = text.Split('\n');
        return string.Concat(lines.Select((line, i) => $"{code}{(i == lines.Length - 1 ? ' ' : '-')}{line}\r\n"));
    }

    private static string Path(string line) => line.IndexOf('<', StringComparison.Ordinal) is >= 0 and var open && line.IndexOf('>', open) is > 0 and var close ? line[(open + 1)..close] : "";

    private static string Decode(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            return "\0\0";
        }
    }

    private async Task WriteAsync(string text, CancellationToken stop)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
        await _stream.FlushAsync(stop);
    }

    /// <summary>Without its end; null when the client has gone, or sends a line without one.</summary>
    private async Task<byte[]?> ReadLineAsync(CancellationToken stop)
    {
        while (true)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (at >= 0)
            {
                var line = _buffer[_start..(_start + at)];
                _start += at + 2;
                return line;
            }

            if (_end - _start > MaxLine)
            {
                return null;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), stop);
            if (read == 0)
            {
                return null;
            }

            _end += read;
        }
    }
}
