using System.Text;
using System.Xml;

namespace Madang.Crawler.Sitemaps;

/// <summary>RSS 0.9x, 1.0, 2.0 and Atom: the same items under different names.</summary>
internal sealed class FeedXml(SitemapKind kind) : IXmlDocument
{
    private readonly List<FeedItem> _items = [];
    private FeedItem _item = Empty;
    private string? _title;
    private string? _content;
    private string? _linkRel;
    private string? _linkHref;
    private string? _permalink;
    private string _parent = "";

    /// <summary>What stands directly under the root: RDF has images and search fields beside its channel, with titles of their own.</summary>
    private string _section = "";

    /// <summary>The depth of the item that is open, or -1.</summary>
    private int _itemDepth = -1;

    /// <summary>The depth of the field whose markup is being gathered as one text, or -1.</summary>
    private int _gathering = -1;

    private static FeedItem Empty => new(null, null, null, null, null, null, null, null);

    public bool IsFull => _items.Count >= SitemapReader.MaxEntries;

    public bool Begin(string name, int depth, XmlReader attributes)
    {
        if (_gathering >= 0 && depth > _gathering)
        {
            return false;
        }

        _section = depth == 1 ? name : _section;
        if (name is "item" or "entry" && _itemDepth < 0 && depth <= 3)
        {
            (_item, _content, _permalink, _itemDepth) = (Empty, null, null, depth);
        }
        else if (_itemDepth >= 0)
        {
            if (depth == _itemDepth + 1)
            {
                _parent = name;
            }

            Attributes(name, attributes);
            if (name is "title" or "summary" or "content" or "description")
            {
                _gathering = depth;
            }
        }
        else if (IsTitle(name, depth))
        {
            _gathering = depth;
        }

        return true;
    }

    public void End(string name, int depth, StringBuilder value)
    {
        if (_gathering >= 0 && depth > _gathering)
        {
            return;
        }

        _gathering = -1;
        if (depth == _itemDepth)
        {
            Add();
        }
        else if (_itemDepth >= 0)
        {
            Field(name, depth, value);
        }
        else if (IsTitle(name, depth))
        {
            _title ??= Text(value);
        }

        value.Clear();
    }

    public SitemapContent Content(bool isCut)
    {
        if (_itemDepth >= 0 && !IsFull)
        {
            Add();
        }

        return new(kind, [], [], _items, _title, isCut);
    }

    /// <summary>Of the feed itself: <c>feed/title</c>, <c>rss/channel/title</c>, <c>RDF/channel/title</c>.</summary>
    private bool IsTitle(string name, int depth) => name == "title" && (depth == 1 || (depth == 2 && _section == "channel"));

    private void Add()
    {
        _itemDepth = -1;
        var url = _item.Url ?? _permalink;
        var summary = _item.Summary ?? _content;
        if (url is null && _item.Id is null && _item.Title is null && summary is null)
        {
            return;
        }

        _items.Add(_item with { Url = url, Id = _item.Id ?? url, Summary = summary });
    }

    private void Attributes(string name, XmlReader attributes)
    {
        switch (name)
        {
            case "link":
                (_linkRel, _linkHref) = (attributes.GetAttribute("rel"), attributes.GetAttribute("href")?.Trim());
                break;
            case "guid":
                _linkRel = attributes.GetAttribute("isPermaLink");
                break;
            case "enclosure" or "media:content" or "media:thumbnail" when IsImage(name, attributes):
                _item = _item with { Image = _item.Image ?? attributes.GetAttribute("url")?.Trim() };
                break;
            case "itunes:image":
                _item = _item with { Image = _item.Image ?? attributes.GetAttribute("href")?.Trim() };
                break;
        }
    }

    private static bool IsImage(string name, XmlReader attributes) =>
        name == "media:thumbnail"
        || attributes.GetAttribute("medium") == "image"
        || attributes.GetAttribute("type")?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;

    private void Field(string name, int depth, StringBuilder value)
    {
        if (depth > _itemDepth + 1)
        {
            if (name == "name" && _parent == "author")
            {
                _item = _item with { Author = _item.Author ?? Text(value) };
            }

            return;
        }

        switch (name)
        {
            case "link":
                Link(Text(value));
                break;
            case "guid":
                // A guid is an address unless it says that it is not (RSS 2.0).
                _item = _item with { Id = Text(value) };
                _permalink = _linkRel == "false" || _item.Id?.Contains("://", StringComparison.Ordinal) != true ? null : _item.Id;
                break;
            case "content" or "content:encoded":
                _content ??= Text(value);
                break;
            default:
                _item = With(name, Text(value));
                break;
        }
    }

    private void Link(string? text)
    {
        if (_linkRel is null or "alternate")
        {
            _item = _item with { Url = _item.Url ?? _linkHref ?? text };
        }

        (_linkRel, _linkHref) = (null, null);
    }

    private FeedItem With(string name, string? text) => name switch
    {
        "id" => _item with { Id = text },
        "title" => _item with { Title = _item.Title ?? text },
        "dc:title" => _item with { Title = _item.Title ?? text },
        "summary" or "description" => _item with { Summary = _item.Summary ?? text },
        "pubDate" or "published" or "issued" => _item with { PublishedAt = WebDate.Parse(text) ?? _item.PublishedAt },
        "dc:date" => _item with { PublishedAt = _item.PublishedAt ?? WebDate.Parse(text) },
        "updated" or "modified" => _item with { UpdatedAt = WebDate.Parse(text) },
        "author" or "dc:creator" or "itunes:author" => _item with { Author = _item.Author ?? text },
        _ => _item,
    };

    private static string? Text(StringBuilder value) => value.ToString().Trim() is { Length: > 0 } text ? text : null;
}
