using Madang.Api;

namespace Madang.Crawler.Previews;

/// <summary>What previews refuse beyond <see cref="ApiErrors"/>.</summary>
public static class PreviewErrors
{
    public static readonly Error AddressRefused = new("preview_address_refused", 422, "That address is not on the public internet; nothing was fetched.");
    public static readonly Error Unreachable = new("preview_unreachable", 502, "The page could not be fetched.");
    public static readonly Error NoPage = new("preview_no_page", 422, "There is no page at that address.");

    public static IReadOnlyList<Error> All { get; } = [AddressRefused, Unreachable, NoPage];

    /// <summary>The refusal that was stored by its code.</summary>
    internal static Error Of(string code) => All.FirstOrDefault(error => error.Code == code) ?? Unreachable;
}
