using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Madang.Api;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Previews;

/// <summary>A URL that a preview was asked for: absolute, http or https, without password and fragment.</summary>
/// <param name="Key">The first 128 bits of the SHA-256 of its text.</param>
/// <param name="Authority">Host and port as written: <c>example.com:8080</c>.</param>
internal sealed record PreviewAddress(string Href, UInt128 Key, string Authority, string PathAndQuery)
{
    public const int MaxLength = 2048;

    public static Result<PreviewAddress> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return ApiErrors.Invalid("url", "required", "url must not be empty.");
        }

        if (text.Length > MaxLength)
        {
            return ApiErrors.Invalid("url", "too_long", $"url may hold {MaxLength} characters.");
        }

        if (!Url.TryParse(text, null, out var url) || url.Kind is not (UrlScheme.Http or UrlScheme.Https) || url.HasCredentials)
        {
            return ApiErrors.Invalid("url", "invalid", "url must be an absolute http or https address without a password.");
        }

        var href = url.HasFragment ? url.Href[..^(url.Fragment.Length + 1)] : url.Href;
        if (href.Length > MaxLength)
        {
            return ApiErrors.Invalid("url", "too_long", $"url may hold {MaxLength} characters.");
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(href, hash);
        return new PreviewAddress(
            Encoding.UTF8.GetString(href), BinaryPrimitives.ReadUInt128BigEndian(hash), Encoding.UTF8.GetString(url.HostAndPort), Encoding.UTF8.GetString(url.PathAndQuery));
    }
}
