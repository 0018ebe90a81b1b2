using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Madang.Sandbox.Smtp;

/// <summary>
/// A smarthost: SMTP over TCP with EHLO, STARTTLS when it has a certificate, AUTH PLAIN and LOGIN, PIPELINING, SIZE, 8BITMIME, SMTPUTF8 and DSN. It takes every
/// message, relays none, and keeps them parsed. A fault answers its <see cref="FaultRule.Status"/> with <see cref="FaultRule.Reason"/> as the words
/// (<c>4.7.28 Slow down</c>) at its <see cref="FaultRule.Stage"/>: banner, ehlo, starttls, auth, mail, rcpt, data or dot, which is where it is without one.
/// </summary>
public sealed class SmtpStandIn(TimeProvider time, X509Certificate2? certificate = null) : StandIn("smtp")
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _sessions = [];
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>The first bytes of a connection are TLS already (port 465).</summary>
    public bool IsImplicitTls { get; init; }

    /// <summary>User and password that AUTH takes; null when it is not offered, and nobody has to sign in.</summary>
    public (string User, string Password)? Login { get; init; }

    /// <summary>Words of the answer to EHLO that are left out: PIPELINING, SMTPUTF8, PLAIN …</summary>
    public IReadOnlyCollection<string> Without { get; init; } = [];

    /// <summary>The largest message, as SIZE says.</summary>
    public int MaxSize { get; init; } = 10 * 1024 * 1024;

    /// <summary>Connections that were opened.</summary>
    public int Connections { get; private set; }

    public override Uri Address => new($"smtp://127.0.0.1:{((IPEndPoint)_listener!.LocalEndpoint).Port}");

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Kind"] = "smtp",
        ["Host"] = "127.0.0.1",
        ["Port"] = Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Security"] = certificate is null ? "none" : IsImplicitTls ? "tls" : "starttls",
        ["From"] = "Madang <hello@sandbox.example>",
    };

    internal X509Certificate2? Certificate => certificate;

    internal TimeProvider Time => time;

    public override Task StartAsync(int port, CancellationToken cancellationToken)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener?.Dispose();
        await _accepting;
        Task[] open;
        lock (_gate)
        {
            open = [.. _sessions];
        }

        await Task.WhenAll(open);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(_stopping.Token);
                // Replies to pipelined commands are several small writes: none waits for the acknowledgement of the one before.
                client.NoDelay = true;
                Connections++;
                var session = SessionAsync(client);
                lock (_gate)
                {
                    _sessions.Add(session);
                    _sessions.RemoveWhere(one => one.IsCompleted);
                }
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // It was stopped.
        }
    }

    private async Task SessionAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var session = new SmtpSession(this, client);
                await session.RunAsync(_stopping.Token);
            }
            catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // The client left, as clients do.
            }
        }
    }
}
