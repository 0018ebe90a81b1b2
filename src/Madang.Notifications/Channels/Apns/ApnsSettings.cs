using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Madang.Notifications.Channels.Apns;

/// <summary>Settings of a provider of kind <c>apns</c>: one app (topic) in one environment, by one signing key of one team.</summary>
internal sealed record ApnsSettings
{
    public required string Name { get; init; }

    /// <summary><c>TeamId</c>: the ten characters of the team.</summary>
    public required string TeamId { get; init; }

    /// <summary><c>KeyId</c>: the ten characters of the signing key.</summary>
    public required string KeyId { get; init; }

    /// <summary><c>KeyFile</c>, or <c>Key</c>: the .p8 as Apple gives it, PKCS #8 PEM of a P-256 key.</summary>
    public required ECDsa Key { get; init; }

    /// <summary><c>Topic</c>: the bundle id.</summary>
    public required string Topic { get; init; }

    /// <summary><c>Environment</c>: <c>production</c> (default) or <c>sandbox</c>.</summary>
    public required string Environment { get; init; }

    /// <summary><c>Endpoint</c>: Apple's host of the environment unless set; http is spoken as HTTP/2 without TLS, for a stand-in.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary><c>CertificateFile</c>: PEM of one certificate that is accepted beside the machine's roots, for a stand-in.</summary>
    public X509Certificate2? Trusted { get; init; }

    /// <summary><c>TimeoutSeconds</c>: from the hand-over to the answer; 10 to 120, 20 by default.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary><c>PingSeconds</c>: silence after which a connection is asked whether it lives; 60 by default, as long as most firewalls remember.</summary>
    public required TimeSpan Ping { get; init; }

    /// <summary><c>MutableContent</c>: lets an extension of the app change what is shown; true by default.</summary>
    public required bool MutableContent { get; init; }

    /// <summary><c>Sound</c>: <c>default</c> by default.</summary>
    public required string Sound { get; init; }

    /// <summary>What an address must have been registered for, as <see cref="Envelope.AddressScope"/>: <c>com.example.app:production</c>.</summary>
    public string Scope => $"{Topic}:{Environment}";

    /// <summary>Null when the section has faults.</summary>
    public static ApnsSettings? Read(ProviderSection section)
    {
        var environment = section.Text("Environment") ?? "production";
        if (environment is not ("production" or "sandbox"))
        {
            section.Fault("Environment", $"\"{environment}\" is neither production nor sandbox.");
        }

        var team = Ten(section, "TeamId");
        var id = Ten(section, "KeyId");
        var topic = section.Required("Topic", "the bundle id of the app");
        var key = ReadKey(section);
        var endpoint = section.Url("Endpoint", environment == "sandbox" ? "https://api.sandbox.push.apple.com" : "https://api.push.apple.com");
        var timeout = section.Number("TimeoutSeconds", 20, 10, 120);
        var ping = section.Number("PingSeconds", 60, 10, 3_600);
        var isMutable = section.Flag("MutableContent", true);
        var trusted = ReadCertificate(section);
        return section.Faults.Count > 0 || key is null ? null : new ApnsSettings
        {
            Name = section.Name,
            TeamId = team,
            KeyId = id,
            Key = key,
            Topic = topic,
            Environment = environment,
            Endpoint = endpoint,
            Trusted = trusted,
            Timeout = TimeSpan.FromSeconds(timeout),
            Ping = TimeSpan.FromSeconds(ping),
            MutableContent = isMutable,
            Sound = section.Text("Sound") ?? "default",
        };
    }

    public static X509Certificate2? ReadCertificate(ProviderSection section)
    {
        if (section.Text("CertificateFile") is not { } file)
        {
            return null;
        }

        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(file);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            section.Fault("CertificateFile", $"cannot be read: {fault.Message}");
            return null;
        }
    }

    private static string Ten(ProviderSection section, string key)
    {
        var text = section.Required(key, "ten characters, as the developer account shows them");
        if (text.Length is not (0 or 10) || !text.All(char.IsAsciiLetterOrDigit))
        {
            section.Fault(key, $"\"{text}\" is not ten letters and digits.");
        }

        return text;
    }

    private static ECDsa? ReadKey(ProviderSection section)
    {
        if (section.Secret("Key") is not { } pem)
        {
            if (section.Text("KeyFile") is null)
            {
                section.Fault("KeyFile", "is missing: the .p8 file of the signing key.");
            }

            return null;
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize == 256 && key.ExportParameters(true).D is not null)
            {
                return key;
            }
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            // Said below, without a word of the key.
        }

        key.Dispose();
        section.Fault(section.Text("Key") is null ? "KeyFile" : "Key", "is not a private P-256 key in PEM (-----BEGIN PRIVATE KEY-----).");
        return null;
    }
}
