using System.Buffers;
using System.Net;
using System.Net.Mail;

namespace Madang.Notifications.Channels.WebPush;

/// <summary>
/// Whom a push service may write to. Apple refuses every message (403 BadJwtToken) when the contact is not a real one: a name of this machine, a reserved ending,
/// spaces or angle brackets; the others look away, so that push would fail on iPhones alone.
/// </summary>
internal static class VapidSubject
{
    /// <summary>RFC 2606 and 6761, 6762, 8375.</summary>
    private static readonly string[] s_reserved = ["localhost", "local", "invalid", "test", "example", "internal", "lan", "home", "home.arpa", "localdomain"];

    private static readonly SearchValues<char> s_notInAddress = SearchValues.Create(" <>\t\"?,");

    /// <summary>What is wrong with it in a sentence; null when it may stand in <c>sub</c>.</summary>
    public static string? Fault(string subject)
    {
        if (subject.StartsWith("mailto:", StringComparison.Ordinal))
        {
            var address = subject[7..];
            return !address.AsSpan().ContainsAny(s_notInAddress) && MailAddress.TryCreate(address, out var mail) && mail.Address == address && IsPublicName(mail.Host)
                ? null : $"\"{subject}\" is not a contact such as mailto:you@your-domain.org: Apple refuses made-up domains, spaces and brackets.";
        }

        return Uri.TryCreate(subject, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0 && IsPublicName(url.IdnHost)
            ? null : $"\"{subject}\" is neither a mailto: nor an https: contact with a real domain.";
    }

    private static bool IsPublicName(string host) =>
        host.Contains('.', StringComparison.Ordinal) && !IPAddress.TryParse(host.Trim('[', ']'), out _) && !host.EndsWith('.')
        && !s_reserved.Any(ending => host.EndsWith("." + ending, StringComparison.OrdinalIgnoreCase));
}
