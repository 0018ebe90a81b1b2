using System.Globalization;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Sms;
using Madang.Notifications.Delivering;
using Microsoft.Extensions.Configuration;

namespace Madang.Tests.Integration.Notifications;

/// <summary>A Kannel of our own (bearerbox, smsbox and its fake SMSC) delivers a message with a report.</summary>
public sealed class RealSmsTests : IAsyncLifetime
{
    private const string FakeSmsc = "/usr/lib/kannel/test/fakesmsc";
    private readonly string _folder = Directory.CreateTempSubdirectory("madang-kannel-").FullName;
    private readonly ReturnSeal _seal = new([7]);
    private readonly Stack<Process> _started = new();
    private readonly HttpListener _reports = new();
    private KannelProvider? _provider;
    private Channel<string> _smsc = null!;
    private int _sendPort;

    [Fact]
    public async Task Korean_words_arrive_and_both_reports_come_back()
    {
        var envelope = To("+821012345678");
        Assert.Equal((AnswerClass.Ok, "202"), await _provider!.SendAsync(envelope, Token) is var answer ? (answer.Class, answer.Code) : default);

        var got = await LineAsync(_smsc, "Got message 1:");
        var words = got[(got.IndexOf('<', StringComparison.Ordinal) + 1)..got.LastIndexOf('>')].Split(' ');
        Assert.Equal(["12345", "+821012345678", "ucs-2"], words[..3]);
        Assert.Equal("안녕하세요 민아 님", Decode(words[3]));

        var kinds = new List<ReceiptKind>();
        while (kinds.Count < 2)
        {
            var call = await _reports.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60), Token);
            var name = call.Request.Url!.AbsolutePath.Split('.')[^1];
            Assert.True(_seal.TryOpen(ReturnSeal.Sms, name, out var delivery, out var attempt));
            Assert.Equal((envelope.Delivery, 1), (delivery, attempt));
            kinds.Add(KannelClassifier.OfReport(int.Parse(call.Request.QueryString["status"]!, CultureInfo.InvariantCulture), call.Request.QueryString["reply"], DateTimeOffset.UnixEpoch)!.Kind);
            call.Response.StatusCode = 204;
            call.Response.Close();
        }

        Assert.Equal([ReceiptKind.Delivered, ReceiptKind.Taken], kinds.Order());
    }

    [Fact]
    public async Task The_self_test_finds_a_wrong_password_and_sends_nothing()
    {
        Assert.Empty(await _provider!.CheckAsync(Token));
        using var wrong = Provider("falsch", new Uri(_reports.Prefixes.First()).Port);
        Assert.Contains("403", Assert.Single(await wrong.CheckAsync(Token)), StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/bearerbox") && File.Exists(FakeSmsc), "Needs kannel and kannel-extras.");
        var (admin, box, smsc, send, report) = (FreePort(), FreePort(), FreePort(), FreePort(), FreePort());
        var file = Path.Combine(_folder, "kannel.conf");
        await File.WriteAllTextAsync(file, Configuration(admin, box, smsc, send), Token);
        _reports.Prefixes.Add($"http://127.0.0.1:{report}/");
        _reports.Start();
        _sendPort = send;
        await LineAsync(Start("bearerbox", "-v", "1", file), "entering mainloop");
        Start("smsbox", "-v", "1", file);
        _smsc = Start(FakeSmsc, "-H", "127.0.0.1", "-r", $"{smsc}", "-m", "0", "-v", "0", "100 200 text nothing");
        _provider = Provider("geheim", report);
        // Both boxes have to find each other; sendsms answers once they have.
        while ((await _provider.CheckAsync(Token)).Count > 0)
        {
            await Task.Delay(50, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _provider?.Dispose();
        while (_started.TryPop(out var process))
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        _reports.Close();
        Directory.Delete(_folder, recursive: true);
    }

    private KannelProvider Provider(string password, int report) => (KannelProvider)new KannelKind(_seal, TimeProvider.System, "").Create("sms", new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Endpoint"] = $"http://127.0.0.1:{_sendPort}",
        ["Username"] = "madang",
        ["Password"] = password,
        ["From"] = "12345",
        ["CallbackUrl"] = $"http://127.0.0.1:{report}",
    }).Build()).Provider!;

    /// <summary>What it says on standard error, line by line.</summary>
    private Channel<string> Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _folder })!;
        _started.Push(process);
        var lines = Channel.CreateUnbounded<string>();
        void Take(object sender, DataReceivedEventArgs said)
        {
            if (said.Data is { } line)
            {
                lines.Writer.TryWrite(line);
            }
        }

        process.ErrorDataReceived += Take;
        process.OutputDataReceived += Take;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return lines;
    }

    private static async Task<string> LineAsync(Channel<string> lines, string part)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var line in lines.Reader.ReadAllAsync(limit.Token))
        {
            if (line.Contains(part, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"It never said \"{part}\".");
    }

    /// <summary>UTF-16, big end first, with percent signs before the bytes that are no letters, and plus for a space.</summary>
    private static string Decode(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            bytes.Add(text[i] == '%' ? Convert.ToByte(text.Substring((i += 2) - 1, 2), 16) : text[i] == '+' ? (byte)' ' : (byte)text[i]);
        }

        return Encoding.BigEndianUnicode.GetString([.. bytes]);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Envelope To(string number) => new()
    {
        Delivery = new DeliveryId(4_711),
        Notification = new NotificationId(77),
        Attempt = 1,
        Category = "post.new",
        Address = number,
        RegisteredAt = DateTimeOffset.UnixEpoch,
        Content = new SmsContent("안녕하세요 민아 님"),
        CollapseKey = "post-1",
        ExpiresAt = TimeProvider.System.GetUtcNow().AddHours(1),
        Priority = DeliveryPriority.Normal,
        Locale = "ko",
    };

    private static string Configuration(int admin, int box, int smsc, int send) => $"""
        group = core
        admin-port = {admin}
        admin-password = x
        smsbox-port = {box}
        box-allow-ip = "127.0.0.1"
        dlr-storage = internal

        group = smsc
        smsc = fake
        smsc-id = FAKE
        port = {smsc}
        connect-allow-ip = 127.0.0.1

        group = smsbox
        bearerbox-host = 127.0.0.1
        sendsms-port = {send}

        group = sendsms-user
        username = madang
        password = geheim
        max-messages = 5
        concatenation = true

        group = sms-service
        keyword = default
        max-messages = 0
        text = ""

        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
