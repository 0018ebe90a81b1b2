using System.Globalization;
using System.Text;
using System.Xml;

namespace Madang.Feeds.Outward;

/// <summary>Writes a feed as Atom 1.0 (RFC 4287), with pages (RFC 5005 §3).</summary>
internal static class AtomDocument
{
    public const string ContentType = "application/atom+xml; charset=utf-8";
    private const string Atom = "http://www.w3.org/2005/Atom";

    public static byte[] Write(OutwardFeed feed)
    {
        using var bytes = new MemoryStream();
        // Characters that XML 1.0 has no way to write are left out by hand (Legal), so that the writer need not refuse the whole feed for one of them.
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), CheckCharacters = false }))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("feed", Atom);
            Element(xml, "id", feed.Id.AbsoluteUri);
            Element(xml, "title", feed.Title);
            Element(xml, "updated", Time(feed.UpdatedAt));
            Link(xml, "self", feed.Self, "application/atom+xml");
            Link(xml, "alternate", feed.Home, "text/html");
            if (feed.Next is { } next)
            {
                Link(xml, "next", next, "application/atom+xml");
            }

            Person(xml, feed.Author);
            Element(xml, "generator", "Madang");
            foreach (var post in feed.Posts)
            {
                Entry(xml, post);
            }

            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    private static void Entry(XmlWriter xml, OutwardPost post)
    {
        xml.WriteStartElement("entry", Atom);
        Element(xml, "id", post.Link.AbsoluteUri);
        Element(xml, "title", post.Title);
        Element(xml, "published", Time(post.CreatedAt));
        Element(xml, "updated", Time(post.UpdatedAt));
        Link(xml, "alternate", post.Link, "text/html");
        Person(xml, post.Author);
        foreach (var tag in post.Tags)
        {
            xml.WriteStartElement("category", Atom);
            xml.WriteAttributeString("term", Legal(tag));
            xml.WriteEndElement();
        }

        xml.WriteStartElement("content", Atom);
        xml.WriteAttributeString("type", "text");
        xml.WriteString(Legal(post.Text));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Element(XmlWriter xml, string name, string text) => xml.WriteElementString(name, Atom, Legal(text));

    private static void Person(XmlWriter xml, string name)
    {
        xml.WriteStartElement("author", Atom);
        Element(xml, "name", name);
        xml.WriteEndElement();
    }

    private static void Link(XmlWriter xml, string rel, Uri href, string type)
    {
        xml.WriteStartElement("link", Atom);
        xml.WriteAttributeString("rel", rel);
        xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("href", href.AbsoluteUri);
        xml.WriteEndElement();
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Legal(string text)
    {
        var isLegal = true;
        for (var i = 0; i < text.Length && isLegal; i++)
        {
            isLegal = XmlConvert.IsXmlChar(text[i]) || char.IsSurrogate(text[i]);
        }

        return isLegal ? text : string.Concat(text.Where(one => XmlConvert.IsXmlChar(one) || char.IsSurrogate(one)));
    }
}
