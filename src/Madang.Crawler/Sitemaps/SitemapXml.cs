using System.Globalization;
using System.Text;
using System.Xml;

namespace Madang.Crawler.Sitemaps;

/// <summary>urlset and sitemapindex. Namespaces are often wrong, so the place of an element tells what it is.</summary>
internal sealed class SitemapXml(SitemapKind kind) : IXmlDocument
{
    private readonly List<SitemapUrl> _urls = [];
    private readonly List<SitemapReference> _sitemaps = [];
    private readonly List<string> _images = [];
    private readonly List<string> _videos = [];
    private readonly List<SitemapAlternate> _alternates = [];
    private SitemapUrl _entry = new("");
    private SitemapNews? _news;

    /// <summary>The extension's element that is open under an entry: image, video or news.</summary>
    private string _extension = "";

    public bool IsFull => _urls.Count + _sitemaps.Count >= SitemapReader.MaxEntries;

    public bool Begin(string name, int depth, XmlReader attributes)
    {
        if (depth == 1)
        {
            (_entry, _news, _extension) = (new SitemapUrl(""), null, "");
            _images.Clear();
            _videos.Clear();
            _alternates.Clear();
        }
        else if (depth == 2)
        {
            _extension = attributes.LocalName;
            if (_extension == "link"
                && attributes.GetAttribute("hreflang") is { Length: > 0 } language
                && attributes.GetAttribute("href") is { Length: > 0 } location
                && _alternates.Count < SitemapReader.MaxPerEntry)
            {
                _alternates.Add(new SitemapAlternate(language, location.Trim()));
            }
        }

        return true;
    }

    public void End(string name, int depth, StringBuilder value)
    {
        switch (depth)
        {
            case 1:
                Add();
                break;
            case 2:
                Field(name, value);
                value.Clear();
                break;
            default:
                Extension(name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..], value);
                value.Clear();
                break;
        }
    }

    public SitemapContent Content(bool isCut)
    {
        // A document that breaks off within an entry still named it.
        if (isCut && !IsFull)
        {
            Add();
        }

        return new(kind, _urls, _sitemaps, [], null, isCut);
    }

    private void Add()
    {
        if (_entry.Location.Length == 0)
        {
            return;
        }

        if (kind == SitemapKind.Index)
        {
            _sitemaps.Add(new SitemapReference(_entry.Location, _entry.LastModified));
        }
        else
        {
            _urls.Add(_entry with { Images = [.. _images], Videos = [.. _videos], Alternates = [.. _alternates], News = _news });
        }

        _entry = new SitemapUrl("");
    }

    private void Field(string name, StringBuilder value)
    {
        _entry = name switch
        {
            "loc" when _entry.Location.Length == 0 => _entry with { Location = Text(value) },
            "lastmod" => _entry with { LastModified = WebDate.Parse(Text(value)) },
            "changefreq" => _entry with { ChangeFrequency = Text(value).ToLowerInvariant() },
            "priority" when double.TryParse(Text(value), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var priority) => _entry with { Priority = Math.Min(1, priority) },
            _ => _entry,
        };
    }

    private void Extension(string name, StringBuilder value)
    {
        switch (_extension, name)
        {
            case ("image", "loc") when _images.Count < SitemapReader.MaxPerEntry:
                _images.Add(Text(value));
                break;
            case ("video", "content_loc" or "player_loc") when _videos.Count < SitemapReader.MaxPerEntry:
                _videos.Add(Text(value));
                break;
            case ("news", "title"):
                _news = News with { Title = Text(value) };
                break;
            case ("news", "publication_date"):
                _news = News with { PublishedAt = WebDate.Parse(Text(value)) };
                break;
            case ("news", "name"):
                _news = News with { Publication = Text(value) };
                break;
            case ("news", "language"):
                _news = News with { Language = Text(value) };
                break;
        }
    }

    private SitemapNews News => _news ?? new SitemapNews(null, null, null, null);

    private static string Text(StringBuilder value) => value.ToString().Trim();
}
