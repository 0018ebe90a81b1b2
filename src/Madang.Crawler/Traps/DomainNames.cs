using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Madang.Crawler.Traps;

/// <summary>Domains by their text in either form, so that a link's domain is looked up without making a string. The hash is seeded: who chooses the names cannot choose their places.</summary>
internal sealed class DomainNames : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    public static readonly DomainNames Instance = new();

    // A domain is at most 253 bytes; a longer text is told apart by Equals.
    private const int Hashed = 256;

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode([DisallowNull] string obj)
    {
        Span<byte> bytes = stackalloc byte[Hashed];
        Encoding.UTF8.TryGetBytes(obj, bytes, out var written);
        return GetHashCode(bytes[..written]);
    }

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);

    public bool Equals(ReadOnlySpan<byte> alternate, string other) => Ascii.Equals(alternate, other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate.Length > Hashed ? default : alternate);
        return hash.ToHashCode();
    }
}
