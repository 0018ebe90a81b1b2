using System.Text;
using System.Xml;

namespace Madang.Crawler.Sitemaps;

/// <summary>Goes through an XML document once, without a tree, and tells a reader of its kind what begins and what ends.</summary>
internal static class XmlWalk
{
    private const int MaxDepth = 64;

    /// <summary>DTDs are stepped over unread, so that no entity is ever expanded; RSS 0.91 has one.</summary>
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null,
        CheckCharacters = false,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = SitemapReader.MaxBytes,
    };

    public static SitemapContent Read(TextReader text)
    {
        var names = new NameTable();
        using var reader = XmlReader.Create(text, Settings, new XmlParserContext(names, new UndeclaredNames(names), null, XmlSpace.None));
        IXmlDocument? document = null;
        try
        {
            if (reader.MoveToContent() != XmlNodeType.Element)
            {
                return SitemapReader.Nothing(SitemapKind.Unknown);
            }

            document = Kind(reader.LocalName);
            if (document is null)
            {
                return SitemapReader.Nothing(SitemapKind.Unknown);
            }

            return document.Content(isCut: !Walk(reader, document));
        }
        catch (XmlException)
        {
            // The rest cannot be read; what came before stands.
            return document?.Content(isCut: true) ?? SitemapReader.Nothing(SitemapKind.Unknown);
        }
    }

    private static IXmlDocument? Kind(string root) => root switch
    {
        "urlset" => new SitemapXml(SitemapKind.UrlSet),
        "sitemapindex" => new SitemapXml(SitemapKind.Index),
        "rss" or "RDF" => new FeedXml(SitemapKind.Rss),
        "feed" => new FeedXml(SitemapKind.Atom),
        _ => null,
    };

    /// <summary>False when a limit was met.</summary>
    private static bool Walk(XmlReader reader, IXmlDocument document)
    {
        var value = new StringBuilder();
        var root = reader.Prefix;
        var chunk = new char[4_096];
        do
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (reader.Depth > MaxDepth || document.IsFull)
                    {
                        return false;
                    }

                    var (depth, isEmpty, name) = (reader.Depth, reader.IsEmptyElement, Name(reader, root));
                    if (document.Begin(name, depth, reader))
                    {
                        value.Clear();
                    }

                    if (isEmpty)
                    {
                        document.End(name, depth, value);
                    }

                    break;
                case XmlNodeType.EndElement:
                    document.End(Name(reader, root), reader.Depth, value);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    for (int read; value.Length < SitemapReader.MaxText && (read = reader.ReadValueChunk(chunk, 0, Math.Min(chunk.Length, SitemapReader.MaxText - value.Length))) > 0;)
                    {
                        value.Append(chunk, 0, read);
                    }

                    break;
            }
        }
        while (reader.Read());

        return true;
    }

    /// <summary>The local name; with a prefix of ours for the namespaces that feeds mix in, whatever theirs is, and without the prefix of the root.</summary>
    private static string Name(XmlReader reader, string root)
    {
        var space = reader.NamespaceURI;
        var family = space.Length == 0 || reader.Prefix.Length == 0 || reader.Prefix == root ? ""
            : space.StartsWith("http://purl.org/dc/", StringComparison.Ordinal) ? "dc"
            : space.StartsWith("http://purl.org/rss/1.0/modules/content", StringComparison.Ordinal) ? "content"
            : space.StartsWith("http://search.yahoo.com/mrss", StringComparison.Ordinal) ? "media"
            : space.Contains("/dtds/podcast", StringComparison.OrdinalIgnoreCase) ? "itunes"
            : space is "http://www.w3.org/2005/Atom" or "http://purl.org/rss/1.0/" or "http://www.sitemaps.org/schemas/sitemap/0.9" ? ""
            : reader.Prefix;
        return family.Length == 0 ? reader.LocalName : $"{family}:{reader.LocalName}";
    }

    /// <summary>A prefix that nobody declared stands for itself.</summary>
    private sealed class UndeclaredNames(XmlNameTable names) : XmlNamespaceManager(names)
    {
        public override string? LookupNamespace(string prefix) => base.LookupNamespace(prefix) ?? NameTable!.Add("undeclared:" + prefix);
    }
}

/// <summary>A reader of one kind of document.</summary>
internal interface IXmlDocument
{
    /// <summary>Whether it has as many entries as it may have.</summary>
    bool IsFull { get; }

    /// <summary>An element begins; true when its text starts anew, false when it belongs to what it stands in.</summary>
    bool Begin(string name, int depth, XmlReader attributes);

    void End(string name, int depth, StringBuilder value);

    SitemapContent Content(bool isCut);
}
