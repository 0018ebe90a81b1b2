using System.Text;

namespace Madang.Crawler.Robots;

/// <summary>
/// The path of one rule, made ready: literal pieces between its asterisks. Matching goes through the path once from left to right, because the leftmost place of a piece
/// is always as good as any other; nothing is tried twice.
/// </summary>
internal sealed class RobotsPattern
{
    private readonly byte[][] _pieces;
    private readonly bool _isAnchored;
    private readonly int _leastLength;

    private RobotsPattern(byte[][] pieces, bool isAnchored, int octets)
    {
        _pieces = pieces;
        _isAnchored = isAnchored;
        _leastLength = pieces.Sum(piece => piece.Length);
        Octets = octets;
    }

    /// <summary>What "the most octets" of RFC 9309 §2.2.2 counts: the pattern in canonical spelling, special characters included.</summary>
    public int Octets { get; }

    /// <summary>The literal that a path begins with, when that is all there is to the pattern.</summary>
    public byte[]? Prefix => _pieces.Length == 1 && !_isAnchored ? _pieces[0] : null;

    /// <param name="path">As it stands in the file, trimmed; not empty.</param>
    public static RobotsPattern Parse(ReadOnlySpan<byte> path)
    {
        var isAnchored = path is [.., (byte)'$'];
        var text = isAnchored ? path[..^1] : path;
        var pieces = new List<byte[]>(1);
        var octets = isAnchored ? 1 : 0;
        var isQuery = false;
        while (true)
        {
            var star = text.IndexOf((byte)'*');
            var piece = Canonical(star < 0 ? text : text[..star], isQuery);
            isQuery |= piece.Contains((byte)'?');
            octets += piece.Length;
            // Two asterisks in a row say no more than one.
            if (piece.Length > 0 || pieces.Count == 0 || star < 0)
            {
                pieces.Add(piece);
            }

            if (star < 0)
            {
                return new RobotsPattern([.. pieces], isAnchored, octets);
            }

            octets++;
            text = text[(star + 1)..];
        }
    }

    /// <param name="path">Canonical.</param>
    public bool Matches(ReadOnlySpan<byte> path)
    {
        if (path.Length < _leastLength || !path.StartsWith(_pieces[0]))
        {
            return false;
        }

        var rest = path[_pieces[0].Length..];
        var last = _pieces.Length - 1;
        if (last == 0)
        {
            return !_isAnchored || rest.IsEmpty;
        }

        for (var piece = 1; piece < last; piece++)
        {
            var at = rest.IndexOf(_pieces[piece]);
            if (at < 0)
            {
                return false;
            }

            rest = rest[(at + _pieces[piece].Length)..];
        }

        return _isAnchored ? rest.EndsWith(_pieces[last]) : rest.IndexOf(_pieces[last]) >= 0;
    }

    public override string ToString() => string.Join('*', _pieces.Select(Encoding.UTF8.GetString)) + (_isAnchored ? "$" : "");

    /// <summary>A piece after a question mark belongs to the query; the mark is lent to it and taken away again.</summary>
    private static byte[] Canonical(ReadOnlySpan<byte> piece, bool isQuery)
    {
        byte[] text = isQuery ? [(byte)'?', .. piece] : piece.ToArray();
        var canonical = new byte[text.Length * 3];
        var length = RobotsPath.Canonicalize(text, canonical);
        return canonical[(isQuery ? 1 : 0)..length];
    }
}
