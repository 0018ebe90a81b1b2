namespace Madang.Crawler.Parsing;

/// <summary>The Link header (RFC 8288), as far as it names the canonical URL.</summary>
internal static class LinkHeader
{
    private const int MaxLength = 16 * 1024;

    /// <summary>The target of the first link with rel canonical, or null.</summary>
    public static string? Canonical(string header)
    {
        var rest = header.Length > MaxLength ? default : header.AsSpan();
        while (rest.IndexOf('<') is var open and >= 0)
        {
            rest = rest[(open + 1)..];
            var close = rest.IndexOf('>');
            if (close < 0)
            {
                return null;
            }

            var target = rest[..close].Trim();
            rest = rest[(close + 1)..];
            var parameters = rest[..EndOfParameters(rest)];
            rest = rest[parameters.Length..];
            if (IsCanonical(parameters))
            {
                return target.ToString();
            }
        }

        return null;
    }

    /// <summary>The comma before the next link, not one inside quotes.</summary>
    private static int EndOfParameters(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            if (text[i] == ',' && !quoted)
            {
                return i;
            }
        }

        return text.Length;
    }

    private static bool IsCanonical(ReadOnlySpan<char> parameters)
    {
        foreach (var range in parameters.Split(';'))
        {
            var parameter = parameters[range].Trim();
            var equals = parameter.IndexOf('=');
            if (equals > 0 && parameter[..equals].Trim().Equals("rel", StringComparison.OrdinalIgnoreCase))
            {
                var value = parameter[(equals + 1)..].Trim().Trim('"');
                foreach (var word in value.Split(' '))
                {
                    if (value[word].Equals("canonical", StringComparison.OrdinalIgnoreCase))
                    {
                        return true;
                    }
                }

                return false; // the first rel counts
            }
        }

        return false;
    }
}
