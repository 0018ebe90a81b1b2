namespace Madang.Notifications.Channels.WebPush;

/// <summary>Settings of a provider of kind <c>webpush</c>: browsers, whatever push service is theirs.</summary>
internal sealed record WebPushSettings
{
    public required string Name { get; init; }

    /// <summary><c>PrivateKeyFile</c>, or <c>PrivateKey</c>: PEM of a P-256 key, or its 32 bytes in base64url; made in the data folder (<c>webpush.key</c>) when neither is set.</summary>
    public required VapidKey Key { get; init; }

    /// <summary><c>Subject</c>: mailto: or https:, whom a push service may write to; <c>Madang:PublicUrl</c> unless set.</summary>
    public required string Subject { get; init; }

    /// <summary><c>AllowHttp</c>: endpoints without TLS are accepted, for a stand-in on this machine; false by default.</summary>
    public required bool AllowHttp { get; init; }

    /// <summary><c>TimeoutSeconds</c>: 10 to 120, 20 by default.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <param name="keyFile">Where a key is made when none is named.</param>
    /// <param name="publicUrl">The contact when none is named; empty when it is not known.</param>
    /// <returns>Null when the section has faults.</returns>
    public static WebPushSettings? Read(ProviderSection section, string keyFile, string publicUrl)
    {
        var subject = section.Text("Subject") ?? publicUrl;
        if (subject.Length == 0)
        {
            section.Fault("Subject", "is missing: a contact such as mailto:you@your-domain.org, which push services ask for.");
        }
        else if (VapidSubject.Fault(subject) is { } fault)
        {
            section.Fault("Subject", fault);
        }

        var timeout = section.Number("TimeoutSeconds", 20, 10, 120);
        var allowsHttp = section.Flag("AllowHttp", false);
        var key = ReadKey(section, keyFile);
        return section.Faults.Count > 0 || key is null ? null : new WebPushSettings
        {
            Name = section.Name,
            Key = key,
            Subject = subject,
            AllowHttp = allowsHttp,
            Timeout = TimeSpan.FromSeconds(timeout),
        };
    }

    private static VapidKey? ReadKey(ProviderSection section, string keyFile)
    {
        if (section.Text("PrivateKey") is null && section.Text("PrivateKeyFile") is null)
        {
            // Nothing is left behind by a start that fails.
            if (section.Faults.Count > 0)
            {
                return null;
            }

            try
            {
                return VapidKey.ReadOrCreate(keyFile);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                section.Fault("PrivateKeyFile", fault.Message);
                return null;
            }
        }

        if (section.Secret("PrivateKey") is not { } text)
        {
            return null;
        }

        var key = VapidKey.Read(text);
        if (key is null)
        {
            section.Fault(section.Text("PrivateKey") is null ? "PrivateKeyFile" : "PrivateKey", "is neither a P-256 key in PEM nor its 32 bytes in base64url.");
        }

        return key;
    }
}
