using System.Text;

namespace Madang.Crawler.Parsing;

/// <summary>The tags whose attributes say something.</summary>
internal ref partial struct PageReader
{
    private void Speak(ulong key)
    {
        switch (key)
        {
            case NameKey.A:
                Anchor();
                break;
            case NameKey.Area:
                AddLink(NameKey.Href, LinkKind.Anchor);
                break;
            case NameKey.Link:
                LinkElement();
                break;
            case NameKey.Iframe or NameKey.Frame:
                AddLink(NameKey.Src, LinkKind.Frame);
                break;
            case NameKey.Img:
                Image();
                break;
            case NameKey.Base when _page.BaseHref.IsEmpty && _tokens.TryAttribute(NameKey.Href, out var href) && href.Length <= _parser.Options.MaxHref:
                _page.SetBase(href);
                break;
            case NameKey.Meta:
                Meta();
                break;
            case NameKey.Html or NameKey.Body when _page.DeclaredLanguage.IsEmpty:
                if ((_tokens.TryAttribute(NameKey.Lang, out var lang) || _tokens.TryAttribute(NameKey.XmlLang, out lang)) && lang.Length is > 0 and <= 64)
                {
                    _page.SetLanguage(lang);
                }

                break;
        }
    }

    private void Anchor()
    {
        CloseAnchor();
        _anchor = AddLink(NameKey.Href, LinkKind.Anchor);
        _anchorStart = _blocks.Used;
        _inAnchorElement = _tokens.TryAttribute(NameKey.Href, out _);
    }

    private void Image()
    {
        if (_parser.Options.Images)
        {
            AddLink(NameKey.Src, LinkKind.Image);
        }

        // An image that is a link's only content speaks with its alternative text.
        if (_anchor >= 0 && !_page.HasAnchor(_anchor) && _tokens.TryAttribute(NameKey.Alt, out var alt) && alt.Length > 0)
        {
            alt = HtmlBytes.Trim(alt[..Math.Min(alt.Length, _parser.Options.MaxAnchor)]);
            while (!alt.IsEmpty && !System.Text.Unicode.Utf8.IsValid(alt))
            {
                alt = alt[..^1];
            }

            if (_page.TryKeep(alt, out var kept))
            {
                _page.SetAnchor(_anchor, new ByteRange(~kept.Start, kept.Length));
            }
        }
    }

    private void LinkElement()
    {
        if (!_tokens.TryAttribute(NameKey.Rel, out var value))
        {
            return;
        }

        var rel = Rel(value);
        if (rel.HasFlag(LinkRel.Canonical) && _page.CanonicalHref.IsEmpty && _tokens.TryAttribute(NameKey.Href, out var href) && href.Length <= _parser.Options.MaxHref)
        {
            _page.SetCanonical(HtmlBytes.Trim(href));
        }

        if (rel.HasFlag(LinkRel.Alternate) && _tokens.TryAttribute(NameKey.Type, out var type) && IsFeed(HtmlBytes.Trim(type)))
        {
            rel |= LinkRel.Feed;
        }

        const LinkRel Documents = LinkRel.Next | LinkRel.Prev | LinkRel.Alternate | LinkRel.AmpHtml;
        if ((rel & Documents) != 0 && !Contains(value, "stylesheet"u8))
        {
            AddLink(NameKey.Href, LinkKind.Link, rel);
        }
    }

    private void Meta()
    {
        if (!_tokens.TryAttribute(NameKey.Content, out var content))
        {
            return;
        }

        if (_tokens.TryAttribute(NameKey.Name, out var name))
        {
            name = HtmlBytes.Trim(name);
            if (Ascii.EqualsIgnoreCase(name, "robots"u8) || Ascii.EqualsIgnoreCase(name, _parser.AgentName))
            {
                _page.AddRobotsMeta(content);
            }
            else if (Ascii.EqualsIgnoreCase(name, "description"u8) && content.Length <= 4096)
            {
                _page.SetDescription(HtmlBytes.Trim(content));
            }
        }
        else if (_tokens.TryAttribute(NameKey.Property, out var property))
        {
            if (_page.Description.IsEmpty && Ascii.EqualsIgnoreCase(property, "og:description"u8) && content.Length <= 4096)
            {
                _page.SetDescription(HtmlBytes.Trim(content));
            }
        }
        else if (_tokens.TryAttribute(NameKey.HttpEquiv, out var pragma))
        {
            if (Ascii.EqualsIgnoreCase(pragma, "refresh"u8))
            {
                Add(MetaRefresh.Target(content), LinkKind.Refresh, LinkRel.None);
            }
            else if (Ascii.EqualsIgnoreCase(pragma, "content-language"u8) && _page.DeclaredLanguage.IsEmpty && content.Length is > 0 and <= 64)
            {
                _page.SetLanguage(content);
            }
        }
    }

    private readonly int AddLink(ulong attribute, LinkKind kind, LinkRel rel = LinkRel.None)
    {
        if (!_tokens.TryAttribute(attribute, out var href))
        {
            return -1;
        }

        if (kind == LinkKind.Anchor && _tokens.TryAttribute(NameKey.Rel, out var value))
        {
            rel = Rel(value);
        }

        return Add(href, kind, rel);
    }

    private readonly int Add(ReadOnlySpan<byte> href, LinkKind kind, LinkRel rel)
    {
        href = HtmlBytes.Trim(href);
        if (href.IsEmpty || href[0] == '#' || IsOtherScheme(href))
        {
            return -1;
        }

        if (href.Length > _parser.Options.MaxHref || _page.LinkCount >= _parser.Options.MaxLinks || !_page.TryKeep(href, out var kept))
        {
            _page.Truncated = true;
            return -1;
        }

        ByteRange language = default;
        if (rel.HasFlag(LinkRel.Alternate) && _tokens.TryAttribute(NameKey.Hreflang, out var hreflang) && hreflang.Length <= 64)
        {
            _page.TryKeep(hreflang, out language);
        }

        return _page.Add(new PageLink { Href = kept, HrefLang = language, Kind = kind, Rel = rel, InBoilerplate = _zone.Depth > 0 });
    }

    private static bool IsOtherScheme(ReadOnlySpan<byte> href)
    {
        var colon = href[..Math.Min(href.Length, 12)].IndexOf((byte)':');
        return colon >= 3 && (href[0] | 0x20) switch
        {
            'j' => Ascii.EqualsIgnoreCase(href[..colon], "javascript"u8),
            'm' => Ascii.EqualsIgnoreCase(href[..colon], "mailto"u8),
            't' => Ascii.EqualsIgnoreCase(href[..colon], "tel"u8),
            'd' => Ascii.EqualsIgnoreCase(href[..colon], "data"u8),
            'a' => Ascii.EqualsIgnoreCase(href[..colon], "about"u8),
            'b' => Ascii.EqualsIgnoreCase(href[..colon], "blob"u8),
            's' => Ascii.EqualsIgnoreCase(href[..colon], "sms"u8),
            _ => false,
        };
    }

    private static bool IsFeed(ReadOnlySpan<byte> type) =>
        Ascii.EqualsIgnoreCase(type, "application/rss+xml"u8) || Ascii.EqualsIgnoreCase(type, "application/atom+xml"u8)
        || Ascii.EqualsIgnoreCase(type, "application/feed+json"u8) || Ascii.EqualsIgnoreCase(type, "application/rdf+xml"u8);

    private static LinkRel Rel(ReadOnlySpan<byte> value)
    {
        var rel = LinkRel.None;
        value = value[..Math.Min(value.Length, 1024)];
        while (true)
        {
            value = value.TrimStart(" \n\t\f\r"u8);
            if (value.IsEmpty)
            {
                return rel;
            }

            var end = value.IndexOfAny(" \n\t\f\r"u8);
            var word = end < 0 ? value : value[..end];
            value = value[word.Length..];
            rel |= Word(word);
        }
    }

    private static LinkRel Word(ReadOnlySpan<byte> word) =>
        Is(word, "nofollow"u8) ? LinkRel.NoFollow : Is(word, "ugc"u8) ? LinkRel.Ugc : Is(word, "sponsored"u8) ? LinkRel.Sponsored
        : Is(word, "canonical"u8) ? LinkRel.Canonical : Is(word, "next"u8) ? LinkRel.Next : Is(word, "prev"u8) || Is(word, "previous"u8) ? LinkRel.Prev
        : Is(word, "alternate"u8) ? LinkRel.Alternate : Is(word, "amphtml"u8) ? LinkRel.AmpHtml : Is(word, "icon"u8) ? LinkRel.Icon : LinkRel.None;

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => word.Length == name.Length && Ascii.EqualsIgnoreCase(word, name);

    private static bool Contains(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word)
    {
        for (var i = 0; i + word.Length <= Math.Min(value.Length, 1024); i++)
        {
            if (Ascii.EqualsIgnoreCase(value.Slice(i, word.Length), word))
            {
                return true;
            }
        }

        return false;
    }
}
