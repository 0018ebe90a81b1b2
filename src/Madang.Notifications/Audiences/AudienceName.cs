namespace Madang.Notifications.Audiences;

/// <summary>How topics and segments are called.</summary>
internal static class AudienceName
{
    public const int MaxLength = 64;

    public const string Rule = "A name is 1 to 64 of a–z, 0–9, _, . and -.";

    public static bool IsValid(ReadOnlySpan<char> name)
    {
        foreach (var letter in name)
        {
            if (letter is not (>= 'a' and <= 'z' or >= '0' and <= '9' or '_' or '.' or '-'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= MaxLength;
    }
}
