using System.Text;

namespace Madang.Crawler.Parsing;

/// <summary>How an encoding is decoded.</summary>
internal enum CharsetKind
{
    Utf8,
    SingleByte,

    /// <summary>A lead and a trail byte: EUC-KR (with all of CP949), Big5.</summary>
    Pairs,
    ShiftJis,
    EucJp,

    /// <summary>Pairs and the four-byte sequences; GBK is decoded the same way.</summary>
    Gb18030,

    /// <summary>UTF-16 and ISO-2022-JP, by .NET's decoder.</summary>
    Stateful,

    /// <summary>Encodings that are not decoded because they hide ASCII from filters: one U+FFFD for all.</summary>
    Replacement,
}

/// <summary>An encoding of the Encoding Standard.</summary>
public sealed partial class Charset
{
    private readonly string _labels;
    private readonly Lazy<Transcoder> _transcoder;

    private Charset(string name, CharsetKind kind, int codePage, string labels)
    {
        (Name, Kind, CodePage, _labels) = (name, kind, codePage, labels);
        _transcoder = new Lazy<Transcoder>(() => new Transcoder(this));
    }

    public static Charset Utf8 { get; } = Find("utf-8")!;

    public static Charset Windows1252 { get; } = Find("windows-1252")!;

    internal static Charset Utf16Le { get; } = Find("utf-16le")!;

    internal static Charset Utf16Be { get; } = Find("utf-16be")!;

    internal static int LabelCount => Labels.ByName.Count;

    /// <summary>The standard's name: <c>EUC-KR</c>.</summary>
    public string Name { get; }

    internal CharsetKind Kind { get; }

    internal int CodePage { get; }

    /// <summary>The encoding in which a link of the page escapes its query; null for UTF-8, which stands in for UTF-16 and the replacement encoding, too.</summary>
    public Encoding? QueryEncoding => CodePage <= 0 || Kind is CharsetKind.Utf8 or CharsetKind.Replacement || Name.StartsWith("UTF-16", StringComparison.Ordinal)
        ? null
        : CodePagesEncodingProvider.Instance.GetEncoding(CodePage);

    /// <summary>The upper half of a single-byte set that .NET lacks.</summary>
    internal string? Upper => Name == "x-user-defined" ? string.Create(128, 0, static (upper, _) =>
    {
        for (var i = 0; i < upper.Length; i++)
        {
            upper[i] = (char)(0xF780 + i);
        }
    }) : OwnTable(Name);

    /// <summary>The encoding of a label (§4.2, get an encoding), or null.</summary>
    public static Charset? Find(string label) =>
        label.Length > 64 ? null : Labels.ByName.GetValueOrDefault(label.Trim(' ', '\t', '\n', '\f', '\r').ToLowerInvariant());

    internal static Charset? Find(ReadOnlySpan<byte> label)
    {
        label = HtmlBytes.Trim(label);
        return label.Length is 0 or > 64 ? null : Find(Encoding.Latin1.GetString(label));
    }

    internal int Transcode(ReadOnlySpan<byte> body, PageBody target) => _transcoder.Value.Write(body, target);

    public override string ToString() => Name;
}
