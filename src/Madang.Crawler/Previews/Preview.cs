namespace Madang.Crawler.Previews;

/// <summary>What a link looks like before it is opened: the answer of <c>GET /v1/preview</c>.</summary>
public sealed record Preview
{
    /// <summary>Where it leads, after redirects.</summary>
    public required string Url { get; init; }

    /// <summary>At most 300 characters; the host where the page has no title.</summary>
    public required string Title { get; init; }

    /// <summary>At most 1,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>An address of http or https. It is the other site's; whoever shows it tells that site so.</summary>
    public string? Image { get; init; }

    public string? SiteName { get; init; }

    /// <summary><c>website</c>, <c>article</c>, <c>video</c>, <c>audio</c>, <c>image</c>, <c>profile</c>, <c>product</c> or <c>file</c>.</summary>
    public required string Kind { get; init; }

    public string? Icon { get; init; }

    public required DateTimeOffset FetchedAt { get; init; }
}
