using System.Text;

namespace Madang.Crawler.Priority;

/// <summary>
/// A beginning of a URL with <c>*</c> for any text and a last <c>$</c> for the end. Each literal is looked for once from left to right and never again (the leftmost place is as good as any later
/// one), so that no pattern can make a match take more than one pass.
/// </summary>
internal sealed class UrlPattern
{
    private readonly byte[][] _literals;
    private readonly bool _isWhole;

    public UrlPattern(string pattern)
    {
        _isWhole = pattern.EndsWith('$');
        _literals = [.. (_isWhole ? pattern[..^1] : pattern).Split('*').Select(Bytes)];
    }

    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(_literals[0]))
        {
            return false;
        }
        var rest = text[_literals[0].Length..];
        if (_literals.Length == 1)
        {
            return !_isWhole || rest.IsEmpty;
        }
        foreach (var literal in _literals.AsSpan(1, _literals.Length - 2))
        {
            var at = rest.IndexOf(literal);
            if (at < 0)
            {
                return false;
            }
            rest = rest[(at + literal.Length)..];
        }
        return _isWhole ? rest.EndsWith(_literals[^1]) : rest.IndexOf(_literals[^1]) >= 0;
    }

    /// <summary>A normalised URL is ASCII: what a person writes as /소식 stands there escaped.</summary>
    private static byte[] Bytes(string literal)
    {
        var bytes = new List<byte>(literal.Length);
        foreach (var one in Encoding.UTF8.GetBytes(literal))
        {
            bytes.AddRange(one < 0x80 ? [one] : Encoding.ASCII.GetBytes($"%{one:X2}"));
        }

        return [.. bytes];
    }
}
