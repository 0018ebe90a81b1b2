using Madang.Api;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Graph.Endpoints;

/// <summary><c>/v1/lists</c>.</summary>
internal static class ListEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var lists = routes.MapGroup("/v1/lists").RequireAuthorization(Policies.Person).WithTags("feeds");
        lists.MapPost("", CreateAsync).WithName("create_list").WithSummary("Makes a list of people. 200 with the one that is there when you have one of this title.");
        lists.MapGet("", OfAsync).WithName("list_lists").WithSummary("Your lists, in the order in which you made them.");
        lists.MapPatch("{list_id}", ChangeAsync).WithName("change_list").WithSummary("Changes a list's title, or whether its people leave the home timeline.");
        lists.MapDelete("{list_id}", DeleteAsync).WithName("delete_list").WithSummary("Deletes a list. Posts that were for it are for nobody from then on.");
        lists.MapGet("{list_id}/members", MembersAsync).WithName("list_list_members").WithSummary("Who is on the list, by ascending id.");
        lists.MapPut("{list_id}/members/{user_id}", AddAsync).WithName("put_list_member").WithSummary("Puts somebody on the list; they are not told.");
        lists.MapDelete("{list_id}/members/{user_id}", RemoveAsync).WithName("delete_list_member").WithSummary("Takes somebody off the list.");
    }

    private static async Task<Results<Created<ListJson>, Ok<ListJson>, Refusal>> CreateAsync(
        NewListRequest request, Caller caller, PeopleLists lists, CancellationToken cancellationToken)
    {
        var made = await lists.CreateAsync(caller.Person, request.Title, request.Exclusive ?? false, cancellationToken);
        if (!made.IsOk)
        {
            return (Refusal)made.Error;
        }

        var shape = ListJson.Of(made.Value.List);
        return made.Value.Made ? TypedResults.Created((string?)null, shape) : TypedResults.Ok(shape);
    }

    private static async Task<Results<Ok<Page<ListJson>>, Refusal>> OfAsync(
        Caller caller, PeopleLists lists, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk
            ? TypedResults.Ok((await lists.OfAsync(caller.Person, page.Value, cancellationToken)).Select(ListJson.Of))
            : (Refusal)page.Error;
    }

    private static async Task<Results<Ok<ListJson>, Refusal>> ChangeAsync(
        [FromRoute(Name = "list_id")] string listId, ChangeListRequest request, Caller caller, PeopleLists lists, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<ListId>(listId, out var list))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var changed = await lists.ChangeAsync(caller.Person, list, request.Title, request.Exclusive, cancellationToken);
        return changed.IsOk ? TypedResults.Ok(ListJson.Of(changed.Value)) : (Refusal)changed.Error;
    }

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(
        [FromRoute(Name = "list_id")] string listId, Caller caller, PeopleLists lists, CancellationToken cancellationToken) =>
        Id.TryParse<ListId>(listId, out var list) && await lists.DeleteAsync(caller.Person, list, cancellationToken)
            ? TypedResults.NoContent()
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<Page<ListMemberJson>>, Refusal>> MembersAsync(
        [FromRoute(Name = "list_id")] string listId, Caller caller, PeopleLists lists, [FromQuery] string? cursor, [FromQuery] string? limit,
        CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        if (!page.IsOk)
        {
            return (Refusal)page.Error;
        }

        if (!Id.TryParse<ListId>(listId, out var list))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var members = await lists.MembersAsync(caller.Person, list, page.Value, cancellationToken);
        return members.IsOk ? TypedResults.Ok(members.Value.Select(member => new ListMemberJson(member))) : (Refusal)members.Error;
    }

    private static async Task<Results<NoContent, Refusal>> AddAsync(
        [FromRoute(Name = "list_id")] string listId, [FromRoute(Name = "user_id")] string userId, Caller caller, PeopleLists lists, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<ListId>(listId, out var list) || !Id.TryParse<UserId>(userId, out var person))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var added = (await lists.AddAsync(caller.Person, list, [person], Lane.Interactive, cancellationToken))[0];
        return added.IsOk ? TypedResults.NoContent() : (Refusal)added.Error;
    }

    private static async Task<Results<NoContent, Refusal>> RemoveAsync(
        [FromRoute(Name = "list_id")] string listId, [FromRoute(Name = "user_id")] string userId, Caller caller, PeopleLists lists, CancellationToken cancellationToken) =>
        Id.TryParse<ListId>(listId, out var list) && Id.TryParse<UserId>(userId, out var person) && await lists.RemoveAsync(caller.Person, list, person, cancellationToken)
            ? TypedResults.NoContent()
            : (Refusal)ApiErrors.NotFound;
}

/// <param name="Title">One line, at most 100 characters.</param>
/// <param name="Exclusive">Whether its people leave the home timeline; no unless said.</param>
internal sealed record NewListRequest(string? Title, bool? Exclusive);

internal sealed record ChangeListRequest(string? Title, bool? Exclusive);

/// <param name="Members">How many are on it.</param>
internal sealed record ListJson(ListId Id, string Title, bool Exclusive, int Members, DateTimeOffset CreatedAt)
{
    public static ListJson Of(PeopleList list) => new(list.Id, list.Title, list.Exclusive, list.Members, list.CreatedAt);
}

internal sealed record ListMemberJson(UserId UserId);
