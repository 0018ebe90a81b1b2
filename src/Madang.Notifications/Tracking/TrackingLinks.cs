using System.Net;
using System.Security.Cryptography;
using System.Text;
using Madang.Notifications.Delivering;
using Madang.Notifications.Rendering;
using Madang.Notifications.Templates.Html;
using Madang.Storage;
using Microsoft.Extensions.Hosting;

namespace Madang.Notifications.Tracking;

/// <summary>
/// Our own addresses in messages: opens, clicks, unsubscribing, the token of a delivery. The key lies in the database, so that every node and every restored
/// backup knows what was sent. Without <c>Madang:PublicUrl</c> there is nowhere to lead to, and messages stay as they were written.
/// </summary>
internal sealed class TrackingLinks(ITrackingStore store, Database database, Uri? publicUrl) : IHostedService
{
    private const int KeyBytes = 32;
    private byte[]? _key;

    /// <summary>Whether links can be made.</summary>
    public bool IsOn => publicUrl is not null && _key is not null;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Written by whoever starts first; the others read what is there.
        var fresh = RandomNumberGenerator.GetBytes(KeyBytes);
        Volatile.Write(ref _key, await store.KeyAsync(cancellationToken) ?? await database.WriteAsync(tx => store.Key(tx, fresh), cancellationToken: cancellationToken));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Null for everything that is not ours.</summary>
    public TrackingToken? Read(string? token, TokenUse use) => Volatile.Read(ref _key) is { } key ? TrackingToken.Read(token, use, key) : null;

    /// <summary>With which a device reports on its delivery; null when nothing is tracked.</summary>
    public string? Report(RenderRequest request) => request.Delivery is { } delivery && Volatile.Read(ref _key) is { } key
        ? Token(TokenUse.Report, delivery, request, "").Write(key)
        : null;

    /// <summary>Null where there is nothing to end.</summary>
    public string? Unsubscribe(RenderRequest request) => request is { Delivery: { } delivery, CanUnsubscribe: true } && IsOn
        ? Address("u", Token(TokenUse.Unsubscribe, delivery, request, request.Category))
        : null;

    /// <summary>The document with its links led through us, and a picture at its end that tells of being shown.</summary>
    public string Track(string html, RenderRequest request)
    {
        if (request.Delivery is not { } delivery || !IsOn)
        {
            return html;
        }

        var tracked = new StringBuilder(html.Length + 1_024);
        var (at, end) = (0, -1);
        foreach (var token in HtmlTokens.Of(html))
        {
            if (!token.IsTag)
            {
                continue;
            }

            if (token.IsEnd && token.Name.Equals("body", StringComparison.OrdinalIgnoreCase))
            {
                end = tracked.Length + token.Start - at;
            }

            if (!token.IsEnd && token.Name.Equals("a", StringComparison.OrdinalIgnoreCase) && token.Attribute(html, "href") is { } range
                && Target(WebUtility.HtmlDecode(html[range])) is { } target)
            {
                // An address without quotes ends at the first space, which a token has none of.
                tracked.Append(html, at, range.Start.Value - at).Append(Address("c", Token(TokenUse.Click, delivery, request, target)));
                at = range.End.Value;
            }
        }

        tracked.Append(html, at, html.Length - at);
        var picture = $"<img src=\"{Address("o", Token(TokenUse.Open, delivery, request, ""))}\" width=\"1\" height=\"1\" alt=\"\">";
        return end < 0 ? tracked.Append(picture).ToString() : tracked.Insert(end, picture).ToString();
    }

    private static TrackingToken Token(TokenUse use, DeliveryId delivery, RenderRequest request, string text) => new(use, delivery, request.Id, request.User ?? default, text);

    private string Address(string kind, TrackingToken token) => $"{publicUrl!.GetLeftPart(UriPartial.Authority)}/t/{kind}/{token.Write(_key)}";

    /// <summary>Where a link of the web leads; null for what is left alone: mail and telephone, and our own links.</summary>
    private string? Target(string address)
    {
        var trimmed = address.Trim();
        return trimmed.Length <= TrackingToken.MaxText && trimmed.StartsWith("http", StringComparison.OrdinalIgnoreCase) && HtmlText.IsAddress(trimmed)
            && !trimmed.StartsWith(publicUrl!.GetLeftPart(UriPartial.Authority) + "/t/", StringComparison.OrdinalIgnoreCase) ? trimmed : null;
    }
}
