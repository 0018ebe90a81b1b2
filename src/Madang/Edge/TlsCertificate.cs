using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Madang.Edge;

/// <summary>
/// The certificate from its PEM files. At most once a second a handshake looks whether the files changed, so that a renewal needs no restart;
/// files that cannot be read keep the certificate that was read last. (Renewals swap symbolic links: file watchers miss that, times do not.)
/// </summary>
internal sealed partial class TlsCertificate
{
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly TimeProvider _time;
    private readonly ILogger<TlsCertificate> _log;
    private readonly Lock _reload = new();
    private volatile Loaded _loaded;
    private long _lookedAt;

    /// <exception cref="CryptographicException">The files hold no certificate, or not its key.</exception>
    public TlsCertificate((string Certificate, string Key) files, TimeProvider time, ILogger<TlsCertificate> log)
    {
        (_certificateFile, _keyFile) = files;
        (_time, _log) = (time, log);
        _lookedAt = time.GetTimestamp();
        _loaded = Load();
    }

    public SslStreamCertificateContext Current
    {
        get
        {
            var looked = Volatile.Read(ref _lookedAt);
            if (_time.GetElapsedTime(looked) >= TimeSpan.FromSeconds(1)
                && Interlocked.CompareExchange(ref _lookedAt, _time.GetTimestamp(), looked) == looked)
            {
                ReloadIfChanged();
            }

            return _loaded.Context;
        }
    }

    public DateTimeOffset ExpiresAt => _loaded.Context.TargetCertificate.NotAfter.ToUniversalTime();

    private void ReloadIfChanged()
    {
        lock (_reload)
        {
            try
            {
                if (Stamp() != _loaded.Stamp)
                {
                    _loaded = Load();
                    Log.Reloaded(_log, _certificateFile, ExpiresAt);
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                Log.Kept(_log, fault, _certificateFile);
            }
        }
    }

    private Loaded Load()
    {
        var stamp = Stamp();
        using var ephemeral = X509Certificate2.CreateFromPemFile(_certificateFile, _keyFile);
        // SslStream needs a key that is not ephemeral on some systems; the round trip through PKCS#12 is what makes it so.
        var leaf = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_certificateFile);
        chain.RemoveAt(0);
        return new Loaded(SslStreamCertificateContext.Create(leaf, chain, offline: true), stamp);
    }

    private (DateTime, long, DateTime, long) Stamp()
    {
        var (certificate, key) = (Real(_certificateFile), Real(_keyFile));
        return (certificate.LastWriteTimeUtc, certificate.Length, key.LastWriteTimeUtc, key.Length);
    }

    private static FileInfo Real(string path) => (FileInfo?)File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);

    private sealed record Loaded(SslStreamCertificateContext Context, (DateTime, long, DateTime, long) Stamp);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The certificate {File} was read again; it is valid until {ExpiresAt:u}")]
        public static partial void Reloaded(ILogger logger, string file, DateTimeOffset expiresAt);

        [LoggerMessage(2, LogLevel.Error, "The certificate {File} changed but cannot be read; the one before stays in use")]
        public static partial void Kept(ILogger logger, Exception fault, string file);
    }
}
