namespace Madang.Crawler.Parsing;

/// <summary>Class and id words by which page templates name what is not the page's own text.</summary>
internal static class BoilerplateWords
{
    private const int MaxLength = 256;

    private static readonly HashSet<ulong> Boilerplate = Keys(
        "ad ads adv advert adverts advertisement advertising adsense adsbygoogle banner sponsor sponsored promo promos promotion cookie cookies consent gdpr sidebar breadcrumb breadcrumbs nav navbar navigation menu footer copyright related recommended recommendations share sharing social pagination pager paging popup modal newsletter subscribe toolbar widget widgets skip masthead topbar");

    /// <summary>Words of the containers that hold everything: <c>content with-sidebar</c> is no sidebar.</summary>
    private static readonly HashSet<ulong> Content = Keys("content main page wrapper wrap container layout body article post entry with has no open row site app");

    private static readonly HashSet<ulong> Roles = Keys("navigation banner contentinfo complementary search menu menubar");

    /// <summary>Whether a class or id names boilerplate and no container.</summary>
    public static bool Names(ReadOnlySpan<byte> value)
    {
        value = value[..Math.Min(value.Length, MaxLength)];
        var found = false;
        Span<byte> word = stackalloc byte[16];
        var length = 0;
        for (var i = 0; i <= value.Length; i++)
        {
            var letter = i < value.Length ? (byte)(value[i] | 0x20) : (byte)' ';
            if (letter is >= (byte)'a' and <= (byte)'z')
            {
                if (length < word.Length)
                {
                    word[length] = letter;
                }

                length++;
                continue;
            }

            if (length is >= 2 and <= 16)
            {
                var key = NameKey.Of(word[..length]);
                if (Content.Contains(key))
                {
                    return false;
                }

                found |= Boilerplate.Contains(key);
            }

            length = 0;
        }

        return found;
    }

    public static bool IsRole(ReadOnlySpan<byte> role) => role.Length is >= 4 and <= 16 && Roles.Contains(NameKey.Of(role));

    private static HashSet<ulong> Keys(string words) => [.. words.Split(' ').Select(word => NameKey.Of(System.Text.Encoding.ASCII.GetBytes(word)))];
}
