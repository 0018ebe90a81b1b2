namespace Madang.Crawler.Parsing;

/// <summary>Where in a page a link stands.</summary>
public enum LinkKind : byte
{
    /// <summary>An <c>a</c> or <c>area</c>.</summary>
    Anchor,

    /// <summary>A <c>link</c> to a document: next, prev, alternate, amphtml.</summary>
    Link,

    /// <summary>An <c>iframe</c> or <c>frame</c>.</summary>
    Frame,

    /// <summary>A meta refresh.</summary>
    Refresh,

    /// <summary>An image; only where <see cref="PageParserOptions.Images"/> asks for them.</summary>
    Image,
}

/// <summary>What a link says of its target.</summary>
[Flags]
public enum LinkRel : ushort
{
    None = 0,
    NoFollow = 1,

    /// <summary>Written by users.</summary>
    Ugc = 2,

    /// <summary>Paid for.</summary>
    Sponsored = 4,
    Canonical = 8,
    Next = 16,
    Prev = 32,
    Alternate = 64,

    /// <summary>An alternate whose type is RSS, Atom or JSON Feed.</summary>
    Feed = 128,
    AmpHtml = 256,
    Icon = 512,
}

/// <summary>One link; its texts are slices that <see cref="ParsedPage"/> hands out.</summary>
public readonly record struct PageLink
{
    internal ByteRange Href { get; init; }

    /// <summary>In the page's text, or (start below zero: its complement) among its strings.</summary>
    internal ByteRange Anchor { get; init; }

    internal ByteRange HrefLang { get; init; }

    public LinkKind Kind { get; init; }

    public LinkRel Rel { get; init; }

    /// <summary>Stands in navigation, header, footer or the like.</summary>
    public bool InBoilerplate { get; init; }
}
