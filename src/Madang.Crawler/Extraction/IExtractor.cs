using System.Text.Json.Nodes;

namespace Madang.Crawler.Extraction;

/// <summary>
/// Takes structured content from a page, off the crawl's hot path. A class in this folder with this one verb, registered as a service, is a new
/// extractor; its answer is kept under its name.
/// </summary>
public interface IExtractor
{
    /// <summary>Snake case: <c>article</c>.</summary>
    string Name { get; }

    /// <summary>What the page holds, or null. Must not change the document, and must be linear in it.</summary>
    JsonNode? Extract(PageDocument page);
}
