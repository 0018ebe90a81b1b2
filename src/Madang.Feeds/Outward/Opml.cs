using System.Text;
using System.Xml;
using Madang.Api;

namespace Madang.Feeds.Outward;

/// <summary>One subscription.</summary>
/// <param name="XmlUrl">Of the feed, as it stands in the document.</param>
internal sealed record OpmlOutline(string XmlUrl, string? Title, string? HtmlUrl);

/// <summary>What a document held.</summary>
/// <param name="Outlines">In order, each address once.</param>
/// <param name="Duplicates">How often one was named again.</param>
internal sealed record OpmlDocument(IReadOnlyList<OpmlOutline> Outlines, int Duplicates);

/// <summary>Lists of subscriptions as feed readers pass them on: OPML 2.0 (opml.org/spec2).</summary>
internal static class Opml
{
    public const string ContentType = "text/x-opml; charset=utf-8";
    public const int MaxBytes = 1024 * 1024;
    public const int MaxOutlines = 1_000;
    private const int MaxDepth = 32;
    private const int MaxTitle = 200;

    public static byte[] Write(string title, IEnumerable<OpmlOutline> outlines)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true }))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("opml");
            xml.WriteAttributeString("version", "2.0");
            xml.WriteStartElement("head");
            xml.WriteElementString("title", title);
            xml.WriteEndElement();
            xml.WriteStartElement("body");
            foreach (var outline in outlines)
            {
                xml.WriteStartElement("outline");
                xml.WriteAttributeString("type", "rss");
                xml.WriteAttributeString("text", outline.Title ?? outline.XmlUrl);
                xml.WriteAttributeString("xmlUrl", outline.XmlUrl);
                if (outline.HtmlUrl is { } page)
                {
                    xml.WriteAttributeString("htmlUrl", page);
                }

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    /// <summary>
    /// The subscriptions of a document, folders opened. No entity is expanded and nothing is loaded. Refuses <c>invalid_fields</c>:
    /// what is no OPML, is too large, too deep, or names too many.
    /// </summary>
    public static Result<OpmlDocument> Read(ReadOnlyMemory<byte> document)
    {
        if (document.Length > MaxBytes)
        {
            return ApiErrors.Invalid("opml", "too_long", $"An OPML document holds at most {MaxBytes} bytes.");
        }

        try
        {
            using var stream = new MemoryStream(document.ToArray(), writable: false);
            using var xml = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null, MaxCharactersInDocument = MaxBytes, CloseInput = false });
            return Outlines(xml);
        }
        catch (XmlException fault)
        {
            return ApiErrors.Invalid("opml", "invalid", $"It is no OPML: {fault.Message}");
        }
    }

    private static Result<OpmlDocument> Outlines(XmlReader xml)
    {
        if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != "opml")
        {
            return ApiErrors.Invalid("opml", "invalid", "It is no OPML: its root is not called opml.");
        }

        List<OpmlOutline> outlines = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        var duplicates = 0;
        while (xml.Read())
        {
            if (xml.Depth > MaxDepth)
            {
                return ApiErrors.Invalid("opml", "too_long", $"Folders stand in one another more than {MaxDepth} times.");
            }

            // Some readers write the name of the attribute in lower case.
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "outline" || (xml.GetAttribute("xmlUrl") ?? xml.GetAttribute("xmlurl"))?.Trim() is not { Length: > 0 } url)
            {
                continue;
            }

            if (!seen.Add(url))
            {
                duplicates++;
                continue;
            }

            if (outlines.Count == MaxOutlines)
            {
                return ApiErrors.Invalid("opml", "too_long", $"At most {MaxOutlines} subscriptions at once.");
            }

            var title = xml.GetAttribute("title") ?? xml.GetAttribute("text");
            outlines.Add(new(url, title is { Length: > MaxTitle } ? title[..MaxTitle] : title, xml.GetAttribute("htmlUrl")));
        }

        return new OpmlDocument(outlines, duplicates);
    }
}
