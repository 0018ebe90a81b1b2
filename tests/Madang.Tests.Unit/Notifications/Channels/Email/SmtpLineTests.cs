using FsCheck;
using FsCheck.Fluent;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Email;
using Madang.Notifications.Delivering;
using Madang.Sandbox;
using Madang.Sandbox.Smtp;

namespace Madang.Tests.Unit.Notifications.Channels.Email;

/// <summary>TLS, signing in, settings and the self-test.</summary>
public sealed class SmtpLineTests
{
    private const string Address = "mina@example.org";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_line_is_secured_before_anybody_signs_in(bool isImplicit)
    {
        using var certificate = SandboxCertificate.Create(TimeProvider.System);
        await using var standIn = new SmtpStandIn(TimeProvider.System, certificate) { IsImplicitTls = isImplicit, Login = ("madang", "geheim") };
        await standIn.StartAsync(0, Token);
        var file = await PemAsync(certificate.ExportCertificatePem());
        await using var provider = Mails.Provider(TimeProvider.System, standIn.Settings, ("Username", "madang"), ("Password", "geheim"), ("CertificateFile", file));
        Assert.Equal(AnswerClass.Ok, (await provider.SendAsync(Mails.To(Address), Token)).Class);
        Assert.Equal("true", Assert.Single(standIn.Received.Last()).Facts!["tls"]);
        File.Delete(file);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_a_matter_of_configuration()
    {
        using var certificate = SandboxCertificate.Create(TimeProvider.System);
        await using var standIn = new SmtpStandIn(TimeProvider.System, certificate);
        await standIn.StartAsync(0, Token);
        await using var provider = Mails.Provider(TimeProvider.System, standIn.Settings);
        var answer = await provider.SendAsync(Mails.To(Address), Token);
        Assert.Equal((AnswerClass.Config, AnswerScope.Provider, "tls_failed"), (answer.Class, answer.Scope, answer.Code));
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_no_mail_that_was_to_be_secured()
    {
        await using var standIn = new SmtpStandIn(TimeProvider.System);
        await standIn.StartAsync(0, Token);
        await using var provider = Mails.Provider(TimeProvider.System, standIn.Settings, ("Security", "starttls"));
        var answer = await provider.SendAsync(Mails.To(Address), Token);
        Assert.Equal((AnswerClass.Config, "no_starttls"), (answer.Class, answer.Code));
        Assert.Equal(0, standIn.Received.Counts.Taken);
    }

    [Fact]
    public async Task What_is_said_before_the_line_is_safe_is_not_believed_after()
    {
        using var certificate = SandboxCertificate.Create(TimeProvider.System);
        await using var standIn = new SmtpStandIn(TimeProvider.System, certificate);
        await standIn.StartAsync(0, Token);
        standIn.Faults.Set(new FaultRule { Stage = "starttls", Status = 220, Body = "220 Go ahead\r\n250 Injected\r\n" });
        await using var provider = Mails.Provider(TimeProvider.System, standIn.Settings);
        Assert.Equal((AnswerClass.Config, "tls_failed"), await provider.SendAsync(Mails.To(Address), Token) is var answer ? (answer.Class, answer.Code) : default);
    }

    [Theory]
    [InlineData("", "geheim", AnswerClassName.Ok)]
    [InlineData("PLAIN", "geheim", AnswerClassName.Ok)]
    [InlineData("", "falsch", AnswerClassName.Config)]
    [InlineData("PLAIN", "falsch", AnswerClassName.Config)]
    public async Task Whoever_may_sign_in_does_so_by_PLAIN_or_else_by_LOGIN(string without, string password, AnswerClassName means)
    {
        await using var standIn = new SmtpStandIn(TimeProvider.System) { Login = ("madang", "geheim"), Without = [without] };
        await standIn.StartAsync(0, Token);
        await using var provider = Mails.Provider(TimeProvider.System, standIn.Settings, ("Username", "madang"), ("Password", password));
        var answer = await provider.SendAsync(Mails.To(Address), Token);
        Assert.Equal((AnswerClass)means, answer.Class);
        Assert.Equal(means == AnswerClassName.Ok ? "250 2.0.0" : "535 5.7.8", answer.Code);
    }

    [Fact]
    public async Task A_sign_in_that_fails_for_now_is_tried_again()
    {
        await using var standIn = new SmtpStandIn(TimeProvider.System) { Login = ("madang", "geheim") };
        await standIn.StartAsync(0, Token);
        standIn.Faults.Set(new FaultRule { Stage = "auth", Status = 454, Reason = "4.7.0 Temporary authentication failure" });
        await using var provider = Mails.Provider(TimeProvider.System, standIn.Settings, ("Username", "madang"), ("Password", "geheim"));
        var answer = await provider.SendAsync(Mails.To(Address), Token);
        Assert.Equal((AnswerClass.Retry, AnswerScope.Provider), (answer.Class, answer.Scope));
    }

    [Fact]
    public async Task The_self_test_signs_in_and_sends_nothing()
    {
        await using var standIn = new SmtpStandIn(TimeProvider.System) { Login = ("madang", "geheim") };
        await standIn.StartAsync(0, Token);
        await using var provider = Mails.Provider(TimeProvider.System, standIn.Settings, ("Username", "madang"), ("Password", "geheim"));
        Assert.Empty(await provider.CheckAsync(Token));
        await using var wrong = Mails.Provider(TimeProvider.System, standIn.Settings, ("Username", "madang"), ("Password", "falsch"));
        Assert.Contains("535", Assert.Single(await wrong.CheckAsync(Token)));
        Assert.Equal(0, standIn.Received.Counts.Taken);
    }

    [Fact]
    public void Every_fault_of_the_settings_is_said_at_once()
    {
        var (provider, faults) = Mails.Kind(TimeProvider.System).Create("mail", Pushes.Section(new Dictionary<string, string>
        {
            ["Security"] = "ssl",
            ["Port"] = "0",
            ["From"] = "nobody",
            ["Username"] = "madang",
            ["DkimSelector"] = "s1",
            ["DkimKey"] = "not a key",
        }));
        Assert.Null(provider);
        foreach (var key in new[] { "Host", "Security", "Port", "From", "Password", "DkimKey" })
        {
            Assert.Contains(faults, fault => fault.StartsWith($"Madang:Notifications:Providers:mail:{key} ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_password_never_goes_over_an_open_line_to_another_machine()
    {
        var (_, faults) = Mails.Kind(TimeProvider.System).Create("mail", Pushes.Section(new Dictionary<string, string>
        {
            ["Host"] = "mail.example.org",
            ["Security"] = "none",
            ["From"] = "hello@example.org",
            ["Username"] = "madang",
            ["Password"] = "geheim",
        }));
        Assert.Contains("Security", Assert.Single(faults));
    }

    /// <summary>The receiver's rule (RFC 5321 §4.5.2) undoes the stuffing, and no line of a message ends it.</summary>
    [Fact]
    public void Stuffed_dots_come_off_again() => Prop.ForAll<string[]>(ComeOff).QuickCheckThrowOnFailure();

    private static bool ComeOff(string[] lines)
    {
        var message = string.Concat(lines.Select(line => (line ?? "").ReplaceLineEndings("") + "\r\n"));
        var stuffed = System.Text.Encoding.UTF8.GetString(SmtpConnection.Stuff(System.Text.Encoding.UTF8.GetBytes(message)));
        var back = stuffed.Split("\r\n").Select(line => line.StartsWith('.') ? line[1..] : line);
        return !stuffed.Split("\r\n").Contains(".") && string.Join("\r\n", back) == System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(message));
    }

    [Fact]
    public void What_was_sealed_is_opened_in_either_case() => Prop.ForAll<long, ushort>(Opens).QuickCheckThrowOnFailure();

    private static bool Opens(long id, ushort attempt)
    {
        var text = Mails.Seal.Seal(ReturnSeal.Mail, new DeliveryId(id), attempt);
        return text.Length == 32 && Mails.Seal.TryOpen(ReturnSeal.Mail, text.ToUpperInvariant(), out var delivery, out var found) && delivery.Value == id && found == attempt;
    }

    [Fact]
    public void A_seal_with_one_letter_changed_opens_nothing() => Prop.ForAll<long, byte, byte>(OpensNothing).QuickCheckThrowOnFailure();

    private static bool OpensNothing(long id, byte at, byte letter)
    {
        var text = Mails.Seal.Seal(ReturnSeal.Mail, new DeliveryId(id), 1).ToCharArray();
        var other = "abcdefghijklmnopqrstuvwxyz234567"[letter % 32];
        if (text[at % 32] == other)
        {
            return true;
        }

        text[at % 32] = other;
        return !Mails.Seal.TryOpen(ReturnSeal.Mail, new string(text), out _, out _);
    }

    [Fact]
    public void A_seal_of_another_key_or_purpose_opens_nothing()
    {
        var text = Mails.Seal.Seal(ReturnSeal.Mail, new DeliveryId(7), 1);
        Assert.False(Mails.Seal.TryOpen(ReturnSeal.Sms, text, out _, out _));
        Assert.False(new ReturnSeal([9]).TryOpen(ReturnSeal.Mail, text, out _, out _));
        Assert.False(Mails.Seal.TryOpen(ReturnSeal.Mail, null, out _, out _));
        Assert.False(Mails.Seal.TryOpen(ReturnSeal.Mail, new string('!', 32), out _, out _));
    }

    /// <summary>Whatever is written, every line is short, in seven bits, and reads back.</summary>
    [Fact]
    public void Text_reads_back_from_its_transfer_encoding() => Prop.ForAll<string>(TextReadsBack).QuickCheckThrowOnFailure();

    private static bool TextReadsBack(string text)
    {
        var (name, lines) = TransferEncoding.Encode(text ?? "");
        var wanted = (text ?? "").ReplaceLineEndings("\r\n").Replace("\0", "", StringComparison.Ordinal);
        wanted = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(wanted.EndsWith("\r\n", StringComparison.Ordinal) ? wanted : wanted + "\r\n"));
        var mail = SmtpMail.Read(System.Text.Encoding.ASCII.GetBytes($"Content-Type: text/plain\r\nContent-Transfer-Encoding: {name}\r\n\r\n{lines}"));
        return lines.All(char.IsAscii) && lines.Split("\r\n").All(line => line.Length <= 76 && !line.StartsWith('.') && !line.StartsWith("From ", StringComparison.Ordinal)) && mail.Text == wanted;
    }

    [Fact]
    public void A_subject_reads_back_from_short_lines_of_seven_bits() => Prop.ForAll<string>(SubjectReadsBack).QuickCheckThrowOnFailure();

    private static bool SubjectReadsBack(string text)
    {
        var field = HeaderField.Unstructured("Subject", text ?? "").ToString();
        var read = SmtpMail.Read(System.Text.Encoding.ASCII.GetBytes(field + "\r\n")).Subject;
        var wanted = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(string.Concat((text ?? "").EnumerateRunes().Select(rune => System.Text.Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? " " : rune.ToString())).Trim()));
        return field.All(letter => char.IsAscii(letter)) && field.TrimEnd().Split("\r\n").All(line => line.Length <= 78) && read == wanted;
    }

    private static async Task<string> PemAsync(string pem)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, pem, Token);
        return file;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
