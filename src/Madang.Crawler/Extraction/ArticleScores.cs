using System.Text;
using AngleSharp.Dom;
using Madang.Crawler.Parsing;

namespace Madang.Crawler.Extraction;

/// <summary>
/// One walk over a document: for each block element its own text (not that of blocks inside it), how long all its text and that of its links is, and the
/// points its paragraphs earned. Each text node is touched once, however deep it lies.
/// </summary>
internal sealed class ArticleScores
{
    private const int ShortestParagraph = 25;

    private static readonly HashSet<string> Skipped = new(StringComparer.OrdinalIgnoreCase)
    {
        "head", "script", "style", "noscript", "template", "nav", "aside", "footer", "form", "button", "select", "iframe", "svg", "figcaption", "object", "textarea",
    };

    private static readonly string[] Good = ["article", "body", "content", "entry", "main", "post", "story", "text", "blog"];
    private static readonly string[] Bad = ["comment", "footer", "footnote", "masthead", "menu", "meta", "nav", "promo", "related", "share", "sidebar", "sponsor", "widget", "banner", "cookie"];

    private readonly Dictionary<IElement, (int All, int Links)> _lengths = [];
    private readonly Dictionary<IElement, double> _points = [];
    private readonly Dictionary<IElement, string> _texts = [];

    public ArticleScores(IElement root) => _ = Walk(root);

    /// <summary>The element that holds the article, or null.</summary>
    public IElement? Best => _points.Count == 0 ? null : _points.MaxBy(entry => entry.Value * (1 - LinkDensity(entry.Key))).Key;

    public double Points(IElement element) => _points.GetValueOrDefault(element);

    public string OwnText(IElement element) => _texts.GetValueOrDefault(element, "");

    /// <summary>The share of an element's text that stands in links.</summary>
    public double LinkDensity(IElement element) => _lengths.TryGetValue(element, out var lengths) && lengths.All > 0 ? (double)lengths.Links / lengths.All : 1;

    public static bool IsSkipped(IElement element) => Skipped.Contains(element.LocalName);

    private (int All, int Links) Walk(IElement block)
    {
        var own = new StringBuilder();
        var lengths = Children(block, own, inLink: false);
        _lengths[block] = lengths;
        var text = string.Join(' ', own.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (text.Length > 0)
        {
            _texts[block] = text;
        }

        if (text.Length >= ShortestParagraph)
        {
            // An ideograph or a syllable says as much as two or three letters.
            var weight = text.Count(letter => letter >= '\u2E80') > text.Length / 3 ? 2.5 : 1;
            var points = 1 + text.Count(letter => letter is ',' or '、' or '，') + Math.Min(3, text.Length * weight / 100);
            var around = block.LocalName is "p" or "pre" or "td" or "blockquote" or "li" ? block.ParentElement : block;
            Add(around, points);
            Add(around?.ParentElement, points / 2);
        }

        return lengths;
    }

    private (int All, int Links) Children(IElement parent, StringBuilder own, bool inLink)
    {
        int all = 0, links = 0;
        foreach (var child in parent.ChildNodes)
        {
            if (child is IText text)
            {
                own.Append(text.Data);
                all += text.Data.Length;
                links += inLink ? text.Data.Length : 0;
            }
            else if (child is IElement element && !IsSkipped(element))
            {
                var (more, linked) = IsBlock(element) ? Walk(element) : Children(element, own, inLink || element.LocalName == "a");
                all += more;
                links += inLink ? more : linked;
            }
        }

        return (all, links);
    }

    private void Add(IElement? element, double points)
    {
        if (element is not null && element.LocalName is not ("html" or "head"))
        {
            _points[element] = _points.TryGetValue(element, out var sum) ? sum + points : Weight(element) + points;
        }
    }

    private static double Weight(IElement element)
    {
        var name = $"{element.ClassName} {element.Id}";
        name = name.Length > 256 ? name[..256] : name;
        var weight = element.LocalName switch { "article" or "main" => 25, "div" or "section" => 5, "blockquote" or "td" => 3, "ul" or "ol" or "form" or "table" => -3, _ => 0 };
        weight += Good.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) ? 15 : 0;
        return weight - (Bad.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) ? 25 : 0);
    }

    private static bool IsBlock(IElement element)
    {
        Span<byte> name = stackalloc byte[16];
        return Encoding.ASCII.TryGetBytes(element.LocalName, name, out var length) && (TagTable.Of(NameKey.Of(name[..length])) & TagFacts.Block) != 0;
    }
}
