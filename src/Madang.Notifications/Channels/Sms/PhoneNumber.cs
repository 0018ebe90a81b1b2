namespace Madang.Notifications.Channels.Sms;

/// <summary>Numbers as gateways take them.</summary>
internal static class PhoneNumber
{
    /// <summary>E.164: a plus and 7 to 15 digits, the first not 0.</summary>
    public static bool IsE164(string text) => text.Length is >= 8 and <= 16 && text[0] == '+' && text[1] is >= '1' and <= '9' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
