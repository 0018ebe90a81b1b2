using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Madang.Notifications.Channels.Apns;

namespace Madang.Notifications.Channels.Fcm;

/// <summary>Settings of a provider of kind <c>fcm</c>: one Firebase project, by a service account.</summary>
internal sealed record FcmSettings
{
    public required string Name { get; init; }

    /// <summary><c>ProjectId</c>: that of the service account unless set.</summary>
    public required string ProjectId { get; init; }

    /// <summary><c>ServiceAccountFile</c>, or <c>ServiceAccount</c>: the JSON as Google gives it; of it <c>client_email</c>, <c>private_key</c>, <c>private_key_id</c>, <c>project_id</c> and <c>token_uri</c> are read.</summary>
    public required string ClientEmail { get; init; }

    public required string KeyId { get; init; }

    public required RSA Key { get; init; }

    /// <summary><c>TokenEndpoint</c>: that of the service account unless set.</summary>
    public required Uri TokenEndpoint { get; init; }

    /// <summary><c>Endpoint</c>: Google's host unless set; http is spoken as HTTP/1.1, for a stand-in.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary><c>CertificateFile</c>: PEM of one certificate that is accepted beside the machine's roots, for a stand-in.</summary>
    public X509Certificate2? Trusted { get; init; }

    /// <summary><c>TimeoutSeconds</c>: 10 to 120, 20 by default.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Null when the section has faults.</summary>
    public static FcmSettings? Read(ProviderSection section)
    {
        var (email, keyId, project, tokens, key) = ReadAccount(section);
        var endpoint = section.Url("Endpoint", "https://fcm.googleapis.com");
        var tokenEndpoint = section.Url("TokenEndpoint", tokens ?? "https://oauth2.googleapis.com/token");
        var timeout = section.Number("TimeoutSeconds", 20, 10, 120);
        var trusted = ApnsSettings.ReadCertificate(section);
        var id = section.Text("ProjectId") ?? project;
        if (key is not null && id is null)
        {
            section.Fault("ProjectId", "is missing, and the service account names none.");
        }

        return section.Faults.Count > 0 || key is null ? null : new FcmSettings
        {
            Name = section.Name,
            ProjectId = id!,
            ClientEmail = email,
            KeyId = keyId,
            Key = key,
            TokenEndpoint = tokenEndpoint,
            Endpoint = endpoint,
            Trusted = trusted,
            Timeout = TimeSpan.FromSeconds(timeout),
        };
    }

    private static (string Email, string KeyId, string? Project, string? Tokens, RSA? Key) ReadAccount(ProviderSection section)
    {
        var named = section.Text("ServiceAccount") is null ? "ServiceAccountFile" : "ServiceAccount";
        if (section.Secret("ServiceAccount") is not { } text)
        {
            if (section.Text("ServiceAccountFile") is null)
            {
                section.Fault("ServiceAccountFile", "is missing: the JSON file of the service account.");
            }

            return ("", "", null, null, null);
        }

        var key = RSA.Create();
        try
        {
            using var document = JsonDocument.Parse(text);
            string? Word(string name) => document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            key.ImportFromPem(Word("private_key"));
            if (Word("client_email") is { Length: > 0 } email && key.KeySize >= 2_048)
            {
                return (email, Word("private_key_id") ?? "", Word("project_id"), Word("token_uri"), key);
            }
        }
        catch (Exception fault) when (fault is JsonException or CryptographicException or ArgumentException or InvalidOperationException)
        {
            // Said below, without a word of the key.
        }

        key.Dispose();
        section.Fault(named, "is not the JSON of a service account with client_email and an RSA private_key.");
        return ("", "", null, null, null);
    }
}
