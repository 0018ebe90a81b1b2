using Madang.Webhooks;

namespace Madang.Notifications.Channels.Webhook;

/// <summary>Settings of a provider of kind <c>webhook</c>: the secret that signs requests to addresses that senders give.</summary>
internal sealed record WebhookSettings
{
    public required string Name { get; init; }

    /// <summary><c>Secret</c> or <c>SecretFile</c>: <c>whsec_</c> and 24 to 64 bytes in Base64.</summary>
    public required WebhookSecret Secret { get; init; }

    /// <summary><c>OldSecret</c> or <c>OldSecretFile</c>: signs beside it while receivers change over.</summary>
    public WebhookSecret? OldSecret { get; init; }

    /// <summary><c>TimeoutSeconds</c>: 5 to 30, 15 by default.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary><c>AllowHttp</c>: for a receiver on this machine.</summary>
    public required bool AllowHttp { get; init; }

    /// <summary>Null when the section has faults.</summary>
    public static WebhookSettings? Read(ProviderSection section)
    {
        WebhookSecret? Secret(string key)
        {
            if (section.Secret(key) is not { } text)
            {
                return null;
            }

            if (WebhookSecret.TryParse(text, out var secret))
            {
                return secret;
            }

            section.Fault(section.Text(key) is null ? key + "File" : key, "is not whsec_ and 24 to 64 bytes in Base64.");
            return null;
        }

        var secret = Secret("Secret");
        var old = Secret("OldSecret");
        if (secret is null && section.Faults.Count == 0)
        {
            section.Fault("Secret", "is missing: whsec_ and 24 to 64 bytes in Base64, known to those who receive.");
        }

        var timeout = section.Number("TimeoutSeconds", 15, 5, 30);
        var allowHttp = section.Flag("AllowHttp", false);
        return section.Faults.Count > 0 || secret is not { } key ? null : new WebhookSettings
        {
            Name = section.Name,
            Secret = key,
            OldSecret = old,
            Timeout = TimeSpan.FromSeconds(timeout),
            AllowHttp = allowHttp,
        };
    }
}
