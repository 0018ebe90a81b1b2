using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Email;
using Madang.Notifications.Channels.Email.Bounces;
using Madang.Notifications.Delivering;
using Madang.Sandbox;
using Madang.Sandbox.Smtp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Madang.Tests.Integration.Notifications;

/// <summary>Debian's postfix takes our mail, and opendkim finds it signed; the postfix is a private one with folders and a port of its own.</summary>
public sealed class RealMailTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("madang-postfix-").FullName;
    private readonly ReturnSeal _seal = new([7]);
    private SmtpProvider? _provider;

    [Fact]
    public async Task A_mail_is_in_the_mailbox_with_its_signature_valid()
    {
        var provider = Provider();
        using var arrived = new Arrivals(Mailbox("mina"));
        var answer = await provider.SendAsync(To("mina@inside.test"), Token);
        Assert.Equal((AnswerClass.Ok, "250 2.0.0"), (answer.Class, answer.Code));
        var bytes = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(await arrived.NextAsync(), Token)).ReplaceLineEndings("\r\n"));
        var mail = SmtpMail.Read(bytes);
        Assert.Equal(("새 글이 올라왔어요 👋", $"<{answer.MessageId}>"), (mail.Subject, mail.Header("Message-ID")));
        Assert.Contains("안녕하세요", mail.Text, StringComparison.Ordinal);
        Assert.Contains("ESMTPS", mail.Header("Received"), StringComparison.Ordinal);
        Assert.Contains("List-Unsubscribe-Post", mail.Header("DKIM-Signature"), StringComparison.Ordinal);
        Assert.Contains("succeeded", await VerifyAsync(bytes), StringComparison.Ordinal);

        // The verifier can say no: one header that the signature covers was changed.
        var changed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("/t/u/abc>", "/t/u/abd>", StringComparison.Ordinal));
        Assert.Contains("failed", await VerifyAsync(changed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mailbox_that_is_none_is_told_at_once_and_one_that_is_gone_by_a_bounce()
    {
        var provider = Provider();
        var refused = await provider.SendAsync(To("nobody@inside.test"), Token);
        Assert.Equal((AnswerClass.DeadAddress, "550 5.1.1"), (refused.Class, refused.Code));

        using var arrived = new Arrivals(Mailbox("bounces"));
        var envelope = To("gone@inside.test");
        Assert.Equal(AnswerClass.Ok, (await provider.SendAsync(envelope, Token)).Class);
        var report = MailReport.Read(await File.ReadAllBytesAsync(await arrived.NextAsync(), Token));
        Assert.Equal((MailReportKind.Bounce, "5.1.1"), (report.Kind, report.Status));
        Assert.Contains(report.Names, name => _seal.TryOpen(ReturnSeal.Mail, name, out var delivery, out _) && delivery == envelope.Delivery);
        Assert.Equal(AnswerClass.DeadAddress, SmtpClassifier.OfBounce(report.Status!, report.Diagnostic).Class);
    }

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/postfix") && File.Exists("/usr/sbin/opendkim") && Environment.IsPrivilegedProcess, "Needs postfix, opendkim and root.");
        using var certificate = SandboxCertificate.Create(TimeProvider.System);
        await File.WriteAllTextAsync(Path.Combine(_folder, "tls.pem"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem(), Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "certificate.pem"), certificate.ExportCertificatePem(), Token);
        using var key = RSA.Create(2_048);
        await File.WriteAllTextAsync(Path.Combine(_folder, "dkim.pem"), key.ExportPkcs8PrivateKeyPem(), Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "keys"), $"s1._domainkey.madang.test v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}\n", Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "opendkim.conf"), $"Mode v\nTestPublicKeys {_folder}/keys\nSyslog no\n", Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "boxes"), "mina@inside.test mina/\nbounces@inside.test bounces/\n", Token);
        foreach (var folder in (string[])["etc", "spool", "data", .. Boxes("mina"), .. Boxes("bounces")])
        {
            Directory.CreateDirectory(Path.Combine(_folder, folder));
        }

        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(_folder, "etc/main.cf"), MainFile(_folder), Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "etc/master.cf"), MasterFile(port), Token);
        await RunAsync("chown", "-R", "postfix", Path.Combine(_folder, "data"));
        await RunAsync("chown", "-R", "nobody", Path.Combine(_folder, "mail"));
        await RunAsync("postfix", "-c", Path.Combine(_folder, "etc"), "start");
        _provider = (SmtpProvider)new SmtpKind(_seal, new EmailCheck((_, _) => Task.FromResult<IReadOnlyList<string>?>(null), TimeProvider.System), TimeProvider.System, NullLogger<SmtpProvider>.Instance)
            .Create("mail", new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Host"] = "127.0.0.1",
                ["Port"] = $"{port}",
                ["From"] = "마당 <hello@madang.test>",
                ["ReturnAddress"] = "bounces@inside.test",
                ["DkimSelector"] = "s1",
                ["DkimKeyFile"] = Path.Combine(_folder, "dkim.pem"),
                ["CertificateFile"] = Path.Combine(_folder, "certificate.pem"),
            }).Build()).Provider!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_provider is not null)
        {
            await _provider.DisposeAsync();
        }

        if (File.Exists(Path.Combine(_folder, "spool/pid/master.pid")))
        {
            await RunAsync("postfix", "-c", Path.Combine(_folder, "etc"), "stop");
        }

        Directory.Delete(_folder, recursive: true);
    }

    private SmtpProvider Provider() => _provider!;

    private string Mailbox(string name) => Path.Combine(_folder, "mail", name, "new");

    private static IEnumerable<string> Boxes(string name) => new[] { "new", "cur", "tmp" }.Select(inner => $"mail/{name}/{inner}");

    private async Task<string> VerifyAsync(byte[] message)
    {
        var file = Path.Combine(_folder, "message.eml");
        await File.WriteAllBytesAsync(file, message, Token);
        return await RunAsync("opendkim", "-x", Path.Combine(_folder, "opendkim.conf"), "-v", "-t", file);
    }

    /// <summary>Everything that it says, on both of its outputs.</summary>
    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var error = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        var said = await output + error;
        Assert.True(process.ExitCode == 0, said);
        return said;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Envelope To(string address) => new()
    {
        Delivery = new DeliveryId(RandomNumberGenerator.GetInt32(1, int.MaxValue)),
        Notification = new NotificationId(77),
        Attempt = 1,
        Category = "post.new",
        Address = address,
        RegisteredAt = DateTimeOffset.UnixEpoch,
        Content = new EmailContent("새 글이 올라왔어요 👋", "안녕하세요.\n.점\nFrom here on\n", "<p>안녕하세요</p>", "https://madang.example.org/t/u/abc"),
        CollapseKey = "post-1",
        ExpiresAt = DateTimeOffset.MaxValue,
        Priority = DeliveryPriority.Normal,
        Locale = "ko",
    };

    private static string MainFile(string folder) => $$"""
        compatibility_level = 3.6
        queue_directory = {{folder}}/spool
        data_directory = {{folder}}/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = mail.madang.test
        mydestination =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        recipient_delimiter = +
        virtual_mailbox_domains = inside.test
        virtual_mailbox_base = {{folder}}/mail
        virtual_mailbox_maps = texthash:{{folder}}/boxes
        virtual_minimum_uid = 1
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        virtual_alias_maps = inline:{ {gone@inside.test = nobody@inside.test} }
        smtpd_tls_security_level = encrypt
        smtpd_tls_chain_files = {{folder}}/tls.pem
        maillog_file = {{folder}}/data/log
        maillog_file_prefixes = {{folder}}

        """;

    private static string MasterFile(int port) => $"""
        127.0.0.1:{port} inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        postlog unix-dgram n - n - 1 postlogd

        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Files that are moved into a folder.</summary>
    private sealed class Arrivals : IDisposable
    {
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly FileSystemWatcher _watcher;

        public Arrivals(string folder)
        {
            _watcher = new FileSystemWatcher(folder);
            _watcher.Created += (_, change) => _first.TrySetResult(change.FullPath);
            _watcher.Renamed += (_, change) => _first.TrySetResult(change.FullPath);
            _watcher.EnableRaisingEvents = true;
        }

        public Task<string> NextAsync() => _first.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);

        public void Dispose() => _watcher.Dispose();
    }
}
