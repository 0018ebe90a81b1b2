using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Madang.Notifications.Channels.Apns;

namespace Madang.Notifications.Channels.Email;

/// <summary>How the line is protected.</summary>
internal enum SmtpSecurity
{
    /// <summary>STARTTLS, and nothing without it (port 587).</summary>
    StartTls,

    /// <summary>TLS from the first byte (port 465, RFC 8314).</summary>
    Tls,

    /// <summary>None: a server on this machine, or a stand-in.</summary>
    None,
}

/// <summary>How long each step may take; RFC 5321 §4.5.3.2 unless set.</summary>
internal sealed record SmtpTimeouts(TimeSpan Connect, TimeSpan Command, TimeSpan Data, TimeSpan Block, TimeSpan Dot);

/// <summary>Settings of a provider of kind <c>smtp</c>: the operator's smarthost, which may be anywhere.</summary>
internal sealed record SmtpSettings
{
    public required string Name { get; init; }

    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary><c>Security</c>: <c>starttls</c>, <c>tls</c> or <c>none</c>.</summary>
    public required SmtpSecurity Security { get; init; }

    /// <summary><c>Hello</c>: our name in EHLO; the machine's unless set.</summary>
    public required string Hello { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary><c>From</c>: <c>Madang &lt;hello@example.org&gt;</c>.</summary>
    public required string FromName { get; init; }

    public required MailAddress From { get; init; }

    public (string Display, MailAddress Address)? ReplyTo { get; init; }

    /// <summary><c>ReturnAddress</c>: where bounces go, with <c>+</c> and the sealed name of the delivery put behind the local part unless <c>Verp</c> is false. The sender unless set.</summary>
    public required MailAddress Return { get; init; }

    public required bool Verp { get; init; }

    /// <summary><c>DkimDomain</c>, <c>DkimSelector</c> and <c>DkimKey</c> or <c>DkimKeyFile</c> (PEM, RSA of 1024 bits at least); null when the smarthost signs.</summary>
    public DkimSigner? Dkim { get; init; }

    /// <summary><c>ConnectSeconds</c> 30, <c>CommandSeconds</c> 300, <c>DataSeconds</c> 120, <c>BlockSeconds</c> 180, <c>DotSeconds</c> 600.</summary>
    public required SmtpTimeouts Timeouts { get; init; }

    /// <summary><c>MessagesPerConnection</c>: 100 by default.</summary>
    public required int MessagesPerConnection { get; init; }

    /// <summary><c>IdleSeconds</c>: 30 by default; after that a connection is closed.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary><c>CertificateFile</c>: PEM of one certificate that is accepted beside the machine's roots.</summary>
    public X509Certificate2? Trusted { get; init; }

    public string ReturnPath(string token)
    {
        var at = Return.Text.LastIndexOf('@');
        return Verp ? $"{Return.Text[..at]}+{token}{Return.Text[at..]}" : Return.Text;
    }

    /// <summary>Null when the section has faults.</summary>
    public static SmtpSettings? Read(ProviderSection section)
    {
        var host = section.Required("Host", "the name or address of the mail server");
        var security = ReadSecurity(section);
        var port = section.Number("Port", security == SmtpSecurity.Tls ? 465 : 587, 1, 65_535);
        var from = section.Required("From", "the sender, such as Madang <hello@example.org>");
        var sender = from.Length == 0 ? null : MailAddress.ReadWithName(from);
        if (from.Length > 0 && sender is not { Address.NeedsUtf8: false })
        {
            section.Fault("From", $"\"{from}\" is not a sender such as Madang <hello@example.org>.");
        }

        var bounces = section.Text("ReturnAddress") is { } text ? MailAddress.Read(text) : sender?.Address;
        if (bounces is not { NeedsUtf8: false } && section.Text("ReturnAddress") is not null)
        {
            section.Fault("ReturnAddress", "is not an address such as bounces@example.org.");
        }

        (string Display, MailAddress Address)? replyTo = section.Text("ReplyTo") is { } reply ? MailAddress.ReadWithName(reply) : null;
        if (section.Text("ReplyTo") is not null && replyTo is null)
        {
            section.Fault("ReplyTo", "is not an address such as Help <help@example.org>.");
        }

        var username = section.Text("Username");
        var password = section.Secret("Password");
        if (username is null != password is null)
        {
            section.Fault(username is null ? "Username" : "Password", "is missing: there is one only with the other.");
        }

        if (username is not null && security == SmtpSecurity.None && !IsHere(host))
        {
            section.Fault("Security", "is none: a password goes over a protected line, or to this machine.");
        }

        var hello = section.Text("Hello") ?? Dns.GetHostName();
        if (!hello.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '[' or ']' or ':'))
        {
            section.Fault("Hello", $"\"{hello}\" is not the name of a host.");
        }

        TimeSpan Seconds(string key, int otherwise, int most) => TimeSpan.FromSeconds(section.Number(key, otherwise, 1, most));
        var timeouts = new SmtpTimeouts(Seconds("ConnectSeconds", 30, 300), Seconds("CommandSeconds", 300, 600), Seconds("DataSeconds", 120, 600), Seconds("BlockSeconds", 180, 600), Seconds("DotSeconds", 600, 1_800));
        var perConnection = section.Number("MessagesPerConnection", 100, 1, 10_000);
        var idle = Seconds("IdleSeconds", 30, 3_600);
        var trusted = ApnsSettings.ReadCertificate(section);
        var verp = section.Flag("Verp", section.Text("ReturnAddress") is not null);
        var dkim = ReadDkim(section, sender?.Address.Domain);
        return section.Faults.Count > 0 || sender is not { } whole || bounces is not { } back ? null : new SmtpSettings
        {
            Name = section.Name,
            Host = host,
            Port = port,
            Security = security,
            Hello = hello,
            Username = username,
            Password = password,
            FromName = whole.Display,
            From = whole.Address,
            ReplyTo = replyTo,
            Return = back,
            Verp = verp,
            Dkim = dkim,
            Timeouts = timeouts,
            MessagesPerConnection = perConnection,
            Idle = idle,
            Trusted = trusted,
        };
    }

    private static SmtpSecurity ReadSecurity(ProviderSection section)
    {
        switch (section.Text("Security")?.ToLowerInvariant())
        {
            case null or "starttls":
                return SmtpSecurity.StartTls;
            case "tls":
                return SmtpSecurity.Tls;
            case "none":
                return SmtpSecurity.None;
            default:
                section.Fault("Security", $"\"{section.Text("Security")}\" is not starttls, tls or none.");
                return SmtpSecurity.StartTls;
        }
    }

    private static DkimSigner? ReadDkim(ProviderSection section, string? senderDomain)
    {
        if (section.Secret("DkimKey") is not { } pem)
        {
            if (section.Text("DkimSelector") is not null && section.Text("DkimKeyFile") is null)
            {
                section.Fault("DkimKeyFile", "is missing: the PEM file of the key that the selector names.");
            }

            return null;
        }

        var domain = section.Text("DkimDomain") ?? senderDomain ?? "";
        var selector = section.Required("DkimSelector", "the name under which the DKIM key is in DNS");
        if (!domain.All(IsNameLetter) || !selector.All(IsNameLetter))
        {
            section.Fault("DkimSelector", "and DkimDomain are names in DNS.");
        }

        var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize >= 1_024)
            {
                _ = key.ExportParameters(includePrivateParameters: true);
                return new DkimSigner(domain, selector, key);
            }
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            // Said below, without a word of the key.
        }

        key.Dispose();
        section.Fault(section.Text("DkimKey") is null ? "DkimKeyFile" : "DkimKey", "is not the PEM of a private RSA key of 1024 bits or more (Ed25519 is not known here).");
        return null;
    }

    private static bool IsNameLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_';

    private static bool IsHere(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
