using System.Text.Json;
using Madang.Api;
using Microsoft.AspNetCore.Http;

namespace Madang.Feeds.Posts.Endpoints;

/// <summary>A post on the wire, for the OpenAPI document; <see cref="PostContents"/> and <see cref="PostJson"/> write it. Of a deleted post only its place is there.</summary>
/// <param name="Audience">Absent on comments: whoever sees the post that they stand under sees them.</param>
/// <param name="Tags">Hashtags by their keys: NFC, lower case.</param>
/// <param name="Link">The first address in the text; GET /v1/preview shows what it leads to.</param>
/// <param name="Shared">What a share passes on.</param>
internal sealed record PostShape(
    PostId Id, UserId? AuthorId, string? Text, Audience? Audience, IReadOnlyList<JsonElement>? Media, IReadOnlyList<string>? Tags,
    IReadOnlyList<MentionShape>? Mentions, string? Link, PostId? ShareOf, PostId? RootId, PostId? ParentId, ListId? ListId, bool? Hidden, bool? Deleted,
    int? Version, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt, CountsShape Counts, ViewerShape Viewer, PostShape? Shared);

/// <param name="Name">As it stands in the text, without the @.</param>
internal sealed record MentionShape(UserId UserId, string Name);

/// <param name="Comments">Of a post everything under it, of a comment its direct answers.</param>
/// <param name="Reactions">By kind, beside likes.</param>
internal sealed record CountsShape(int Comments, int Likes, int Shares, IReadOnlyDictionary<string, int>? Reactions);

/// <param name="Shared">You have shared it without words of your own.</param>
/// <param name="Reactions">Yours, beside a like.</param>
internal sealed record ViewerShape(bool Liked, bool Bookmarked, bool Shared, IReadOnlyList<string>? Reactions);

/// <summary>JSON that was written by hand already.</summary>
/// <param name="borrowed">What it lies in, given back when it has gone out.</param>
internal sealed class JsonBytes(ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK, string? location = null, IDisposable? borrowed = null) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        if (location is not null)
        {
            response.Headers.Location = location;
        }

        // The server has copied it when this returns, and when it throws.
        using (borrowed)
        {
            await response.Body.WriteAsync(json, httpContext.RequestAborted);
        }
    }
}
