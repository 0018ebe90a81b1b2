using System.Buffers;
using System.Text;

namespace Madang.Crawler.Parsing;

/// <summary>
/// What <see cref="PageParser"/> found. Meant to be kept and filled again: its buffers are pooled. All spans are UTF-8 and hold until the next page.
/// </summary>
public sealed class ParsedPage : IDisposable
{
    private const int RetainedBytes = 1 << 20;
    private const int RetainedLinks = 4096;
    private const int FirstLinks = 128;
    private const int MaxTitle = 1024;

    private byte[] _strings = ArrayPool<byte>.Shared.Rent(8 * 1024);
    private PageLink[] _links = ArrayPool<PageLink>.Shared.Rent(FirstLinks);
    private int _stringsUsed;
    private int _linkCount;
    private int _maxStrings;
    private ByteRange _title;
    private ByteRange _language;
    private ByteRange _base;
    private ByteRange _canonical;
    private ByteRange _description;
    private RobotsTags _robots;

    internal PageBody Body { get; } = new();

    internal TokenScratch Scratch { get; } = new();

    internal TextBlocks Blocks { get; } = new();

    public Charset Charset { get; internal set; } = Charset.Utf8;

    public CharsetSource CharsetSource { get; internal set; }

    /// <summary>White space collapsed; at most 1 KiB.</summary>
    public ReadOnlySpan<byte> Title => Slice(_title);

    /// <summary>Meta description, or og:description.</summary>
    public ReadOnlySpan<byte> Description => Slice(_description);

    /// <summary>As declared: <c>ko</c>, <c>en-GB</c>; empty where nobody did.</summary>
    public ReadOnlySpan<byte> DeclaredLanguage => Slice(_language);

    /// <summary>The primary language subtag, declared or guessed from the script: <c>ko</c>; null where neither tells.</summary>
    public string? Language { get; private set; }

    /// <summary>The href of the first base, empty without one.</summary>
    public ReadOnlySpan<byte> BaseHref => Slice(_base);

    /// <summary>The canonical URL by link element or Link header, empty without one.</summary>
    public ReadOnlySpan<byte> CanonicalHref => Slice(_canonical);

    /// <summary>Meta robots and X-Robots-Tag.</summary>
    public RobotsTags Robots => _robots;

    /// <summary>In document order; fragments of the page itself, and mailto, javascript, tel, data and about, are left out.</summary>
    public ReadOnlySpan<PageLink> Links => _links.AsSpan(0, _linkCount);

    /// <summary>The visible text, blocks apart by line feeds.</summary>
    public ReadOnlySpan<byte> Text => Blocks.Text;

    /// <summary>Words of the visible text; two Han or kana characters count as one.</summary>
    public int WordCount { get; private set; }

    /// <summary>Words outside navigation, header, footer, advertising and lists of links.</summary>
    public int MainWordCount { get; private set; }

    /// <summary>The share of the words that stand in links, 0 to 1.</summary>
    public double LinkDensity { get; private set; }

    /// <summary>The share of the words that are boilerplate, 0 to 1.</summary>
    public double BoilerplateRatio => WordCount == 0 ? 0 : 1 - ((double)MainWordCount / WordCount);

    /// <summary>The SimHash of the main text; 0 where it is too short to compare, see <see cref="TextSimHash"/>.</summary>
    public ulong SimHash { get; private set; }

    /// <summary>Something did not fit the limits: the body was cut, or links or text were left out.</summary>
    public bool Truncated { get; internal set; }

    /// <summary>The raw href, character references decoded.</summary>
    public ReadOnlySpan<byte> Href(in PageLink link) => Slice(link.Href);

    /// <summary>The text of an anchor, or the alternative text of its image.</summary>
    public ReadOnlySpan<byte> Anchor(in PageLink link) =>
        link.Anchor.Start < 0 ? _strings.AsSpan(~link.Anchor.Start, link.Anchor.Length) : Blocks.Text.Slice(link.Anchor.Start, link.Anchor.Length);

    public ReadOnlySpan<byte> HrefLang(in PageLink link) => Slice(link.HrefLang);

    internal void Reset(PageParserOptions options)
    {
        _stringsUsed = _linkCount = 0;
        _maxStrings = options.MaxStrings;
        _title = _language = _base = _canonical = _description = default;
        _robots = default;
        (Language, SimHash, Truncated) = (null, 0, false);
        (WordCount, MainWordCount, LinkDensity) = (0, 0, 0);
        if (_links.Length > RetainedLinks)
        {
            ArrayPool<PageLink>.Shared.Return(_links);
            _links = ArrayPool<PageLink>.Shared.Rent(FirstLinks);
        }

        if (_strings.Length > RetainedBytes)
        {
            ArrayPool<byte>.Shared.Return(_strings);
            _strings = ArrayPool<byte>.Shared.Rent(8 * 1024);
        }

        Body.Trim();
        Blocks.Trim(RetainedBytes);
        Blocks.Reset(options.MaxText);
    }

    internal void Finish()
    {
        var language = DeclaredLanguage;
        Language = language.IsEmpty ? Blocks.Scripts.Guess() : Languages.Primary(language);
        var main = MainText.Measure(Blocks.Blocks);
        (WordCount, MainWordCount) = (main.Words, main.MainWords);
        LinkDensity = main.Words == 0 ? 0 : (double)main.LinkWords / main.Words;
        SimHash = TextSimHash.Of(Blocks.Text, Blocks.Blocks, main);
        Truncated |= Blocks.Truncated;
    }

    internal int LinkCount => _linkCount;

    /// <summary>Adds a link and tells its index; −1 where there is no room.</summary>
    internal int Add(in PageLink link)
    {
        if (_linkCount == _links.Length)
        {
            var larger = ArrayPool<PageLink>.Shared.Rent(_linkCount * 2);
            Links.CopyTo(larger);
            ArrayPool<PageLink>.Shared.Return(_links);
            _links = larger;
        }

        _links[_linkCount] = link;
        return _linkCount++;
    }

    internal void SetAnchor(int index, ByteRange anchor) => _links[index] = _links[index] with { Anchor = anchor };

    internal bool HasAnchor(int index) => _links[index].Anchor.Length > 0;

    /// <summary>Keeps a string; false where there is no room for it.</summary>
    internal bool TryKeep(ReadOnlySpan<byte> value, out ByteRange kept)
    {
        kept = new ByteRange(_stringsUsed, value.Length);
        if (_stringsUsed + value.Length > _maxStrings)
        {
            Truncated = true;
            kept = default;
            return false;
        }

        if (_stringsUsed + value.Length > _strings.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_strings.Length * 2, _stringsUsed + value.Length));
            _strings.AsSpan(0, _stringsUsed).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_strings);
            _strings = larger;
        }

        value.CopyTo(_strings.AsSpan(_stringsUsed));
        _stringsUsed += value.Length;
        return true;
    }

    /// <summary>Adds a piece of the title, which may come in several.</summary>
    internal void AddTitle(ReadOnlySpan<byte> piece)
    {
        var end = _title.Start + _title.Length;
        if (end != _stringsUsed)
        {
            (_title, end) = (new ByteRange(_stringsUsed, 0), _stringsUsed);
        }

        foreach (var letter in piece)
        {
            var blank = letter <= ' ';
            if (blank ? _title.Length == 0 || _strings[end - 1] == ' ' : false)
            {
                continue;
            }

            // Not in the middle of a character.
            if ((_title.Length >= MaxTitle - 3 && (letter & 0xC0) != 0x80) || !TryKeep([blank ? (byte)' ' : letter], out _))
            {
                return;
            }

            end++;
            _title = new ByteRange(_title.Start, _title.Length + 1);
        }
    }

    internal void EndTitle()
    {
        var trimmed = HtmlBytes.Trim(Title);
        _title = new ByteRange(_title.Start, trimmed.Length);
    }

    internal void SetBase(ReadOnlySpan<byte> href) => _ = TryKeep(href, out _base);

    internal void SetCanonical(ReadOnlySpan<byte> href) => _ = TryKeep(href, out _canonical);

    internal void SetDescription(ReadOnlySpan<byte> text) => _ = TryKeep(text, out _description);

    internal void SetLanguage(ReadOnlySpan<byte> tag) => _ = TryKeep(tag, out _language);

    internal void AddRobotsMeta(ReadOnlySpan<byte> content) => _robots.AddMeta(content);

    internal void AddRobotsHeader(string value, string agent) => _robots.AddHeader(value, agent);

    private ReadOnlySpan<byte> Slice(ByteRange range) => _strings.AsSpan(range.Start, range.Length);

    /// <summary>The title as a string.</summary>
    public string TitleText => Encoding.UTF8.GetString(Title);

    public void Dispose()
    {
        Body.Dispose();
        Scratch.Dispose();
        Blocks.Release();
        if (_strings.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_strings);
            ArrayPool<PageLink>.Shared.Return(_links);
            (_strings, _links, _linkCount) = ([], [], 0);
        }
    }
}
