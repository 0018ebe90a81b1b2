using Madang.Api;
using Madang.Notifications.Audiences;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="Name">1 to 64 of a–z, 0–9, _, . and -; it never changes.</param>
/// <param name="Kind">topic or segment.</param>
/// <param name="Title">What people read, one line.</param>
/// <param name="Open">Whether people may join and leave a topic by themselves.</param>
/// <param name="Rule">Which accounts belong to a segment: those that fit every part.</param>
internal sealed record NewAudienceJson(string? Name, string? Kind, string? Title, bool? Open, SegmentRule? Rule);

/// <summary>What is absent stays as it is.</summary>
internal sealed record AudiencePatchJson(string? Title, bool? Open, SegmentRule? Rule);

/// <param name="People">How many are in a topic; absent in lists and for segments, which are counted when they are planned.</param>
internal sealed record AudienceJson(
    string Name, AudienceKind Kind, string Title, bool? Open, SegmentRule? Rule, long? People, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static AudienceJson Of(Audience audience, long? people = null) => new(
        audience.Name, audience.Kind, audience.Title, audience.Kind == AudienceKind.Topic ? audience.IsOpen : null, audience.Rule, people, audience.CreatedAt, audience.UpdatedAt);
}

/// <param name="Add">At most 10,000 people.</param>
/// <param name="Remove">At most 10,000 people.</param>
internal sealed record AudienceMembersJson(IReadOnlyList<UserId>? Add, IReadOnlyList<UserId>? Remove);

/// <summary>How many it was; who has no account or was there already is not counted.</summary>
internal sealed record AudienceMovedJson(int Added, int Removed);

/// <param name="Disabled">True, or absent.</param>
internal sealed record AudienceMemberJson(UserId Id, string Name, string DisplayName, bool? Disabled);

/// <param name="Count">Accounts; those of a topic may be disabled.</param>
/// <param name="More">There are more: the count ended after 100,000 accounts were looked at.</param>
internal sealed record ReachJson(long Count, bool More);

/// <summary>A topic as a person sees it.</summary>
/// <param name="Joined">You are in it.</param>
/// <param name="Open">You may join and leave it.</param>
internal sealed record TopicJson(string Name, string Title, bool Joined, bool Open);

/// <summary><c>/v1/admin/audiences</c> and <c>/v1/me/topics</c>.</summary>
internal static class AudienceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var audiences = routes.MapGroup("/v1/admin/audiences").RequireAuthorization(Policies.Admin).WithTags("notifications");
        audiences.MapPost("", CreateAsync).WithName("create_audience").WithSummary("A topic, which people join, or a segment, which follows a rule over accounts.");
        audiences.MapGet("", ListAsync).WithName("list_audiences").WithSummary("Topics and segments, oldest first.");
        audiences.MapGet("{name}", FindAsync).WithName("get_audience").WithSummary("A topic with the number of its people, or a segment with its rule.");
        audiences.MapPatch("{name}", ChangeAsync).WithName("change_audience").WithSummary("Changes title, openness or rule.");
        audiences.MapDelete("{name}", DeleteAsync).WithName("delete_audience").WithSummary("Ends an audience; a notification on its way to it reaches nobody else.");
        audiences.MapGet("{name}/members", MembersAsync).WithName("list_audience_members").WithSummary("The people of a topic; a page may be short and still not the last.");
        audiences.MapPost("{name}/members", MoveAsync).WithName("move_audience_members").WithSummary("Adds people to a topic and takes people out, up to 10,000 of each.");

        routes.MapGet("/v1/notifications/reach", ReachAsync).RequireAuthorization(Policies.Sender).WithTags("notifications").WithName("count_recipients")
            .WithSummary("How many accounts an audience has now, or everybody without one: to be asked before sending.");

        var topics = routes.MapGroup("/v1/me/topics").RequireAuthorization(Policies.Person).WithTags("notifications");
        topics.MapGet("", TopicsAsync).WithName("list_my_topics").WithSummary("Topics that you are in or may join.");
        topics.MapPut("{name}", (string name, Caller caller, AudienceVerbs verbs, CancellationToken token) => JoinAsync(name, true, caller, verbs, token))
            .WithName("join_topic").WithSummary("From now on you get what is sent to this topic.");
        topics.MapDelete("{name}", (string name, Caller caller, AudienceVerbs verbs, CancellationToken token) => JoinAsync(name, false, caller, verbs, token))
            .WithName("leave_topic").WithSummary("You no longer get what is sent to this topic.");
    }

    private static async Task<Results<Created<AudienceJson>, Refusal>> CreateAsync(NewAudienceJson body, AudienceVerbs verbs, CancellationToken cancellationToken)
    {
        var faults = new List<FieldError>();
        if (body.Name is not { } name || !AudienceName.IsValid(name))
        {
            faults.Add(new("name", body.Name is null ? "required" : "invalid", AudienceName.Rule));
        }

        AudienceKind? kind = body.Kind switch { "topic" => AudienceKind.Topic, "segment" => AudienceKind.Segment, _ => null };
        if (kind is null)
        {
            faults.Add(new("kind", body.Kind is null ? "required" : "unknown_value", "kind is topic or segment."));
        }

        var title = Text.Line(body.Title, "title", AudienceVerbs.MaxTitle);
        faults.AddRange(title.Error?.Fields ?? []);
        var rule = kind == AudienceKind.Segment ? (body.Rule ?? new()).Check(faults) : null;
        if (kind == AudienceKind.Topic && body.Rule is not null)
        {
            faults.Add(new("rule", "invalid", "A topic has no rule."));
        }

        if (kind == AudienceKind.Segment && body.Open is not null)
        {
            faults.Add(new("open", "invalid", "Nobody joins a segment."));
        }

        if (faults.Count > 0)
        {
            return (Refusal)(ApiErrors.InvalidFields with { Fields = faults });
        }

        var created = await verbs.CreateAsync(new(0, body.Name!, kind!.Value, title.Value, body.Open ?? false, rule, default, default), cancellationToken);
        return created.IsOk ? TypedResults.Created($"/v1/admin/audiences/{created.Value.Name}", AudienceJson.Of(created.Value)) : (Refusal)created.Error;
    }

    private static async Task<Results<Ok<Page<AudienceJson>>, Refusal>> ListAsync(
        [FromQuery] string? cursor, [FromQuery] string? limit, AudienceVerbs verbs, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk ? TypedResults.Ok((await verbs.ListAsync(page.Value, cancellationToken)).Select(one => AudienceJson.Of(one))) : (Refusal)page.Error;
    }

    private static async Task<Results<Ok<AudienceJson>, Refusal>> FindAsync(string name, AudienceVerbs verbs, CancellationToken cancellationToken) =>
        AudienceName.IsValid(name) && await verbs.FindAsync(name, cancellationToken) is { } found
            ? TypedResults.Ok(AudienceJson.Of(found.Audience, found.People))
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<AudienceJson>, Refusal>> ChangeAsync(string name, AudiencePatchJson body, AudienceVerbs verbs, CancellationToken cancellationToken)
    {
        if (!AudienceName.IsValid(name))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var changed = await verbs.ChangeAsync(name, audience => Change(audience, body), cancellationToken);
        return changed.IsOk ? TypedResults.Ok(AudienceJson.Of(changed.Value)) : (Refusal)changed.Error;
    }

    private static Result<Audience> Change(Audience audience, AudiencePatchJson body)
    {
        var faults = new List<FieldError>();
        var title = body.Title is null ? audience.Title : Text.Line(body.Title, "title", AudienceVerbs.MaxTitle);
        faults.AddRange(title.Error?.Fields ?? []);
        if (body.Rule is not null && audience.Kind == AudienceKind.Topic)
        {
            faults.Add(new("rule", "invalid", "A topic has no rule."));
        }

        if (body.Open is not null && audience.Kind == AudienceKind.Segment)
        {
            faults.Add(new("open", "invalid", "Nobody joins a segment."));
        }

        var rule = body.Rule is null ? audience.Rule : body.Rule.Check(faults);
        return faults.Count > 0
            ? ApiErrors.InvalidFields with { Fields = faults }
            : audience with { Title = title.Value, IsOpen = body.Open ?? audience.IsOpen, Rule = rule };
    }

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(string name, AudienceVerbs verbs, CancellationToken cancellationToken) =>
        AudienceName.IsValid(name) && await verbs.DeleteAsync(name, cancellationToken) ? TypedResults.NoContent() : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<AudienceMovedJson>, Refusal>> MoveAsync(
        string name, AudienceMembersJson body, AudienceVerbs verbs, CancellationToken cancellationToken)
    {
        if (body.Add is null && body.Remove is null)
        {
            return (Refusal)ApiErrors.Invalid("add", "required", "add or remove names people.");
        }

        if (body.Add?.Count > AudienceVerbs.MostPeople || body.Remove?.Count > AudienceVerbs.MostPeople)
        {
            return (Refusal)ApiErrors.Invalid(body.Add?.Count > AudienceVerbs.MostPeople ? "add" : "remove", "too_long", $"At most {AudienceVerbs.MostPeople} people at once.");
        }

        var moved = AudienceName.IsValid(name) ? await verbs.MoveAsync(name, body.Add ?? [], body.Remove ?? [], cancellationToken) : ApiErrors.NotFound;
        return moved.IsOk ? TypedResults.Ok(new AudienceMovedJson(moved.Value.Added, moved.Value.Removed)) : (Refusal)moved.Error;
    }

    private static async Task<Results<Ok<Page<AudienceMemberJson>>, Refusal>> MembersAsync(
        string name, [FromQuery] string? cursor, [FromQuery] string? limit, AudienceVerbs verbs, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        if (!page.IsOk)
        {
            return (Refusal)page.Error;
        }

        var found = AudienceName.IsValid(name) ? await verbs.MembersAsync(name, page.Value, cancellationToken) : ApiErrors.NotFound;
        return found.IsOk
            ? TypedResults.Ok(found.Value.Select(user => new AudienceMemberJson(user.Id, user.Name, user.DisplayName, user.Disabled ? true : null)))
            : (Refusal)found.Error;
    }

    private static async Task<Results<Ok<ReachJson>, Refusal>> ReachAsync([FromQuery] string? audience, AudienceReach reach, CancellationToken cancellationToken)
    {
        var counted = await reach.OfAsync(audience, cancellationToken);
        return counted.IsOk ? TypedResults.Ok(new ReachJson(counted.Value.Count, counted.Value.More)) : (Refusal)counted.Error;
    }

    private static async Task<Results<Ok<Page<TopicJson>>, Refusal>> TopicsAsync(
        Caller caller, [FromQuery] string? cursor, [FromQuery] string? limit, AudienceVerbs verbs, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk
            ? TypedResults.Ok((await verbs.TopicsAsync(caller.Person, page.Value, cancellationToken)).Select(one => Shape(one.Topic, one.IsIn)))
            : (Refusal)page.Error;
    }

    private static async Task<Results<Ok<TopicJson>, Refusal>> JoinAsync(string name, bool joins, Caller caller, AudienceVerbs verbs, CancellationToken cancellationToken)
    {
        var joined = AudienceName.IsValid(name) ? await verbs.JoinAsync(caller.Person, name, joins, cancellationToken) : ApiErrors.NotFound;
        return joined.IsOk ? TypedResults.Ok(Shape(joined.Value, joins)) : (Refusal)joined.Error;
    }

    private static TopicJson Shape(Audience topic, bool isIn) => new(topic.Name, topic.Title, isIn, topic.IsOpen);
}
