using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Madang.Crawler.Parsing;

namespace Madang.Crawler.Extraction;

/// <summary>Why no document was made of a page.</summary>
public enum DocumentRefusal
{
    None,

    /// <summary>More bytes than <see cref="PageDocument.MaxBytes"/>.</summary>
    TooLarge,

    /// <summary>Elements nested deeper than <see cref="PageDocument.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>So much misnested formatting that the tree would be many times the page.</summary>
    TooTangled,

    /// <summary>Not parsed within <see cref="PageDocument.MaxTime"/>.</summary>
    TooSlow,
}

/// <summary>
/// A page as a DOM, for extractors. A DOM's parser takes time beyond all measure for some inputs (deep nesting, formatting that is reopened in every
/// paragraph), so the page's own tokeniser counts first and refuses those.
/// </summary>
public sealed class PageDocument : IDisposable
{
    public const int MaxBytes = 1024 * 1024;
    public const int MaxDepth = 512;

    /// <summary>Elements that reopening unclosed formatting may make, at most.</summary>
    private const long MaxReopened = 500_000;

    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    private PageDocument(IHtmlDocument document, Uri url) => (Document, Url) = (document, url);

    internal IHtmlDocument Document { get; }

    /// <summary>What relative addresses are relative to: the page's URL, or its base.</summary>
    public Uri Url { get; }

    /// <summary>As <see cref="OpenAsync"/>, for who has all the time: what it refuses bounds the work, but nobody looks at the clock.</summary>
    public static PageDocument? Open(ReadOnlySpan<byte> body, string? contentType, Uri url, out DocumentRefusal refusal)
    {
        var html = "";
        refusal = body.Length > MaxBytes ? DocumentRefusal.TooLarge : Check(body, contentType, out html);
        return refusal == DocumentRefusal.None ? Of(new HtmlParser().ParseDocument(html), url) : null;
    }

    /// <param name="body">As it came, decompressed.</param>
    /// <param name="contentType">The header, or null.</param>
    /// <param name="url">Absolute, where the page was found.</param>
    public static async Task<(PageDocument? Page, DocumentRefusal Refusal)> OpenAsync(
        ReadOnlyMemory<byte> body, string? contentType, Uri url, TimeProvider time, CancellationToken cancellationToken)
    {
        if (body.Length > MaxBytes)
        {
            return (null, DocumentRefusal.TooLarge);
        }

        if (Check(body.Span, contentType, out var html) is var refusal and not DocumentRefusal.None)
        {
            return (null, refusal);
        }

        using var timeout = new CancellationTokenSource(MaxTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return (Of(await new HtmlParser().ParseDocumentAsync(html, either.Token), url), DocumentRefusal.None);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, DocumentRefusal.TooSlow);
        }
    }

    /// <summary>An http or https address, absolute; null for anything else.</summary>
    internal string? Resolve(string? address) =>
        address is { Length: > 0 and <= 8192 } && Uri.TryCreate(Url, address.Trim(), out var absolute) && absolute.Scheme is "http" or "https"
            ? absolute.AbsoluteUri
            : null;

    private static PageDocument Of(IHtmlDocument document, Uri url)
    {
        var from = document.QuerySelector("base[href]")?.GetAttribute("href");
        return new PageDocument(document, from is { Length: <= 8192 } && Uri.TryCreate(url, from.Trim(), out var resolved) ? resolved : url);
    }

    private static DocumentRefusal Check(ReadOnlySpan<byte> body, string? contentType, out string html)
    {
        using var decoded = new PageBody();
        using var scratch = new TokenScratch();
        var text = decoded.From(CharsetDetection.Of(body, contentType).Charset, body);
        html = "";
        var tokens = new Parsing.HtmlTokenizer(text, scratch);
        var model = default(ContentModel);
        var open = new OpenElements(stackalloc ulong[MaxDepth]);
        long reopened = 0;
        while (tokens.Read() is var kind and not HtmlTokenKind.End)
        {
            model.After(ref tokens);
            if (kind == HtmlTokenKind.StartTag && !tokens.SelfClosing && !open.Push(tokens.Key))
            {
                return DocumentRefusal.TooDeep;
            }

            if (kind == HtmlTokenKind.EndTag)
            {
                open.Remove(tokens.Key);
            }

            reopened += kind is HtmlTokenKind.StartTag or HtmlTokenKind.EndTag ? open.Formatting : 0;
            if (reopened > MaxReopened)
            {
                return DocumentRefusal.TooTangled;
            }
        }

        html = Encoding.UTF8.GetString(text);
        return DocumentRefusal.None;
    }

    public void Dispose() => Document.Dispose();
}
