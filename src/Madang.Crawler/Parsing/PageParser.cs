namespace Madang.Crawler.Parsing;

/// <summary>
/// Reads a page once and takes from it what a crawler needs: links, base, canonical, robots, title, language, visible text and its SimHash. No DOM;
/// time and memory are linear in the body and bounded by <see cref="PageParserOptions"/>. Safe for use from several threads; the state is in the
/// <see cref="ParsedPage"/>.
/// </summary>
public sealed class PageParser(PageParserOptions options)
{
    public static PageParser Default { get; } = new(new PageParserOptions());

    public PageParserOptions Options { get; } = options;

    /// <summary>The lower-case key of our own name in a meta.</summary>
    internal byte[] AgentName { get; } = System.Text.Encoding.UTF8.GetBytes(options.Agent);

    /// <param name="body">As it came, decompressed, in whatever encoding.</param>
    /// <param name="contentType">The Content-Type header, or null.</param>
    /// <param name="result">Overwritten; reuse it for the next page.</param>
    public void Parse(ReadOnlySpan<byte> body, string? contentType, ParsedPage result) =>
        Parse(body, new PageHeaders { ContentType = contentType }, result);

    public void Parse(ReadOnlySpan<byte> body, in PageHeaders headers, ParsedPage result)
    {
        result.Reset(Options);
        if (body.Length > Options.MaxBytes)
        {
            body = body[..Options.MaxBytes];
            result.Truncated = true;
        }

        (result.Charset, result.CharsetSource) = CharsetDetection.Of(body, headers.ContentType);
        var text = result.Body.From(result.Charset, body);
        new PageReader(text, result, this).Read();
        ApplyHeaders(headers, result);
        result.Finish();
    }

    private void ApplyHeaders(in PageHeaders headers, ParsedPage result)
    {
        foreach (var tag in headers.RobotsTags ?? [])
        {
            result.AddRobotsHeader(tag, Options.Agent);
        }

        if (headers.Link is not null && result.CanonicalHref.IsEmpty && LinkHeader.Canonical(headers.Link) is { } canonical)
        {
            result.SetCanonical(System.Text.Encoding.UTF8.GetBytes(canonical));
        }

        if (headers.ContentLanguage is { Length: <= 64 } language && result.DeclaredLanguage.IsEmpty)
        {
            result.SetLanguage(System.Text.Encoding.UTF8.GetBytes(language));
        }
    }
}
