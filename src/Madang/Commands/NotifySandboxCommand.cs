using System.CommandLine;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Madang.Sandbox;
using Madang.Sandbox.Apns;
using Madang.Sandbox.Fcm;
using Madang.Sandbox.Sms;
using Madang.Sandbox.Smtp;
using Madang.Sandbox.WebPush;

namespace Madang.Commands;

/// <summary><c>madang notify sandbox</c>: runs the stand-ins until it is stopped, and says how to point a server at them.</summary>
internal static class NotifySandboxCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--dir") { Description = "Where keys and certificate for the stand-ins are written.", HelpName = "DIR", DefaultValueFactory = _ => "./madang-sandbox" };
        var control = Port("--control-port", "Port of the switches: faults and what was received.", 8190);
        var apns = Port("--apns-port", "Port of APNs.", 8191);
        var fcm = Port("--fcm-port", "Port of FCM and its token endpoint.", 8192);
        var push = Port("--push-port", "Port of the browsers' push service.", 8193);
        var smtp = Port("--smtp-port", "Port of SMTP.", 8194);
        var twilio = Port("--twilio-port", "Port of Twilio's API.", 8195);
        var kannel = Port("--kannel-port", "Port of Kannel's sendsms.", 8196);
        var tls = new Option<bool>("--tls") { Description = "APNs, FCM and SMTP (by STARTTLS) speak TLS with a certificate made for it; plain without." };
        var sandbox = new Command("sandbox", "Run stand-ins for APNs, FCM, push services, a mail server, Twilio and Kannel on this machine, with fault injection.") { folder, control, apns, fcm, push, smtp, twilio, kannel, tls };
        sandbox.SetAction((parsed, cancellationToken) => RunAsync(
            Path.GetFullPath(parsed.GetValue(folder)!), parsed.GetValue(tls), parsed.GetValue(control),
            [parsed.GetValue(apns), parsed.GetValue(fcm), parsed.GetValue(push), parsed.GetValue(smtp), parsed.GetValue(twilio), parsed.GetValue(kannel)], cancellationToken));
        return sandbox;
    }

    private static async Task<int> RunAsync(string folder, bool tls, int controlPort, int[] ports, CancellationToken cancellationToken)
    {
        OwnFolder.Prepare(folder);

        // Each stand-in's host takes the signal for itself, so none of them would end the program.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = Ending(PosixSignal.SIGINT, stopping);
        using var terminate = Ending(PosixSignal.SIGTERM, stopping);
        using var certificate = tls ? SandboxCertificate.Create(TimeProvider.System) : null;
        await using var apns = new ApnsStandIn(TimeProvider.System, certificate);
        await using var fcm = new FcmStandIn(TimeProvider.System, certificate);
        await using var push = new PushStandIn(TimeProvider.System);
        await using var smtp = new SmtpStandIn(TimeProvider.System, certificate);
        await using var twilio = new TwilioStandIn(TimeProvider.System) { DeliversAtOnce = true };
        await using var kannel = new KannelStandIn(TimeProvider.System) { DeliversAtOnce = true };
        StandIn[] all = [apns, fcm, push, smtp, twilio, kannel];
        for (var i = 0; i < all.Length; i++)
        {
            await all[i].StartAsync(ports[i], cancellationToken);
        }

        await using var control = new SandboxControl(all);
        await control.StartAsync(controlPort, cancellationToken);
        await WriteAsync(folder, "apns.p8", apns.KeyPem, cancellationToken);
        await WriteAsync(folder, "service-account.json", fcm.ServiceAccount, cancellationToken);
        if (certificate is not null)
        {
            await WriteAsync(folder, "certificate.pem", certificate.ExportCertificatePem(), cancellationToken);
        }

        Print(folder, certificate, control, all);
        await Task.Delay(Timeout.Infinite, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Cli.Done;
    }

    private static PosixSignalRegistration Ending(PosixSignal signal, CancellationTokenSource stopping) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        stopping.Cancel();
    });

    /// <summary>On standard output what a shell can read; what a person is told beside it on standard error.</summary>
    private static void Print(string folder, X509Certificate2? certificate, SandboxControl control, StandIn[] all)
    {
        Say.Line($"Switches: {control.Address.GetLeftPart(UriPartial.Authority)}/ (PUT /apns/faults, GET /apns/received …). Ctrl+C ends it.");
        Say.Line("Point a server at it with these settings:");
        foreach (var standIn in all)
        {
            Dictionary<string, string> settings = new(standIn.Settings);
            if (standIn is ApnsStandIn)
            {
                settings["KeyFile"] = Path.Combine(folder, "apns.p8");
            }
            else if (standIn is FcmStandIn)
            {
                settings["ServiceAccountFile"] = Path.Combine(folder, "service-account.json");
            }

            if (certificate is not null && standIn is ApnsStandIn or FcmStandIn or SmtpStandIn)
            {
                settings["CertificateFile"] = Path.Combine(folder, "certificate.pem");
            }

            foreach (var (key, value) in settings)
            {
                Console.Out.WriteLine($"export MADANG__NOTIFICATIONS__PROVIDERS__{standIn.Name.ToUpperInvariant()}__{key.ToUpperInvariant()}='{value}'");
            }

            if (standIn is PushStandIn)
            {
                // Browsers' endpoints go through the address check, which lets nobody back to this machine.
                Console.Out.WriteLine("export MADANG__OUTBOUND__ALLOW=127.0.0.1");
            }
        }
    }

    private static async Task WriteAsync(string folder, string name, string text, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, name);
        await File.WriteAllTextAsync(file, text, cancellationToken);
        OwnFolder.Restrict(file);
    }

    private static Option<int> Port(string name, string description, int otherwise)
    {
        var port = new Option<int>(name) { Description = $"{description} 0 takes a free one.", HelpName = "PORT", DefaultValueFactory = _ => otherwise };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65_535)
            {
                result.AddError($"{name} takes 0 to 65535.");
            }
        });
        return port;
    }
}
