using System.Security.Cryptography.X509Certificates;
using Madang.Notifications.Channels.Apns;

namespace Madang.Notifications.Channels.Sms;

/// <summary>Settings of a provider of kind <c>twilio</c>: Twilio, or whoever speaks its API.</summary>
internal sealed record TwilioSettings
{
    public required string Name { get; init; }

    /// <summary><c>AccountSid</c>: AC and 32 hexadecimal digits.</summary>
    public required string AccountSid { get; init; }

    /// <summary><c>AuthToken</c> or <c>AuthTokenFile</c>; it signs the callbacks, too.</summary>
    public required string AuthToken { get; init; }

    /// <summary><c>From</c>: a number, short code or sender's name; or <c>MessagingServiceSid</c>.</summary>
    public string? From { get; init; }

    public string? MessagingService { get; init; }

    /// <summary><c>Endpoint</c>: Twilio's host unless set.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary><c>TimeoutSeconds</c>: 5 to 120, 15 by default.</summary>
    public required TimeSpan Timeout { get; init; }

    public required CallbackUrl Callback { get; init; }

    public X509Certificate2? Trusted { get; init; }

    /// <summary>Null when the section has faults.</summary>
    public static TwilioSettings? Read(ProviderSection section, ReturnSeal seal, string publicUrl)
    {
        var account = section.Required("AccountSid", "the account, AC…");
        if (account.Length > 0 && !(account.Length is > 2 and <= 64 && account.StartsWith("AC", StringComparison.Ordinal) && account.All(char.IsAsciiLetterOrDigit)))
        {
            section.Fault("AccountSid", "is not an account such as AC0123….");
        }

        var token = section.Secret("AuthToken");
        if (token is null && section.Text("AuthTokenFile") is null)
        {
            section.Fault("AuthToken", "is missing: the secret of the account.");
        }

        var from = section.Text("From");
        var service = section.Text("MessagingServiceSid");
        if (from is null == service is null)
        {
            section.Fault("From", "is a number, or MessagingServiceSid is a service: one of the two.");
        }

        var endpoint = section.Url("Endpoint", "https://api.twilio.com");
        var timeout = section.Number("TimeoutSeconds", 15, 5, 120);
        var root = CallbackUrl.Root(section, publicUrl);
        var trusted = ApnsSettings.ReadCertificate(section);
        return section.Faults.Count > 0 || token is null ? null : new TwilioSettings
        {
            Name = section.Name,
            AccountSid = account,
            AuthToken = token,
            From = from,
            MessagingService = service,
            Endpoint = endpoint,
            Timeout = TimeSpan.FromSeconds(timeout),
            Callback = new CallbackUrl(root, section.Name, seal),
            Trusted = trusted,
        };
    }
}
