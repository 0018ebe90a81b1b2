using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Madang.Tests.Integration.Edge;

public sealed class TlsTests
{
    [Fact]
    public async Task The_certificate_of_the_files_is_served_and_a_renewed_one_without_restart()
    {
        var folder = MadangHost.NewFolder();
        var (certificate, key) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        Write("first.example", certificate, key);
        await using var host = await MadangHost.StartAsync(new()
        {
            ["Madang:Urls"] = "https://127.0.0.1:0",
            ["Madang:Tls:Certificate"] = certificate,
            ["Madang:Tls:Key"] = key,
        });
        Assert.Equal("CN=first.example", await SubjectAsync(host.Address));

        // A renewal that is not complete keeps the old one in use.
        await File.WriteAllTextAsync(certificate, "not a certificate", TestContext.Current.CancellationToken);
        Assert.Equal("CN=first.example", await SubjectAsync(host.Address));

        Write("second.example", certificate, key);
        while (await SubjectAsync(host.Address) != "CN=second.example")
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Under_tls_browsers_are_told_to_stay_there_and_http2_is_offered()
    {
        var folder = MadangHost.NewFolder();
        var (certificate, key) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        Write("madang.example", certificate, key);
        await using var host = await MadangHost.StartAsync(new()
        {
            ["Madang:Urls"] = "https://127.0.0.1:0",
            ["Madang:Tls:Certificate"] = certificate,
            ["Madang:Tls:Key"] = key,
        });
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null } })
        {
            BaseAddress = host.Address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var answer = await client.GetAsync("/health/live", TestContext.Current.CancellationToken);
        Assert.Equal(HttpVersion.Version20, answer.Version);
        Assert.Contains("max-age=", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        Directory.Delete(folder, recursive: true);
    }

    private static void Write(string name, string certificate, string key)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", pair, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificate, made.ExportCertificatePem());
    }

    private static async Task<string> SubjectAsync(Uri address)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null }, TestContext.Current.CancellationToken);
        return ((X509Certificate2)tls.RemoteCertificate!).Subject;
    }
}
