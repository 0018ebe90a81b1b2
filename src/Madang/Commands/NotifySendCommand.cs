using System.CommandLine;
using System.Text.Json.Nodes;

namespace Madang.Commands;

/// <summary><c>madang notify send</c> and <c>madang notify explain</c>: both talk to the running server.</summary>
internal static class NotifySendCommand
{
    public static Command Create()
    {
        var title = new Argument<string>("TITLE") { Description = "One line." };
        var body = new Argument<string>("BODY") { Description = "What it says." };
        var users = new Option<string[]>("--user") { Description = "The login name of somebody who gets it; may be given several times.", AllowMultipleArgumentsPerToken = true };
        var audience = new Option<string?>("--audience") { Description = "A topic or a segment that gets it." };
        var all = new Option<bool>("--all") { Description = "Everybody gets it." };
        var category = new Option<string>("--category") { Description = "Its kind.", DefaultValueFactory = _ => "announcement" };
        var eventId = new Option<string?>("--event-id") { Description = "Your own name for it: given twice, it is sent once." };
        var collapse = new Option<string?>("--collapse-key") { Description = "Replaces what was sent under the same key." };
        var send = new Command("send", "Accept a notification and print its id.") { title, body, users, audience, all, category, eventId, collapse };
        send.SetAction(async (parsed, cancellationToken) =>
        {
            using var server = new Operator(Flags.Settings(parsed));
            var people = new JsonArray();
            foreach (var name in parsed.GetValue(users) ?? [])
            {
                people.Add((string)(await server.FindUserAsync(name, cancellationToken))["id"]!);
            }

            var to = new JsonObject();
            Put(to, "user_ids", people.Count > 0 ? people : null);
            Put(to, "audience", parsed.GetValue(audience));
            Put(to, "all", parsed.GetValue(all) ? true : null);
            var notification = new JsonObject
            {
                ["category"] = parsed.GetValue(category),
                ["content"] = new JsonObject { ["title"] = parsed.GetValue(title), ["body"] = parsed.GetValue(body) },
                ["to"] = to,
            };
            Put(notification, "event_id", parsed.GetValue(eventId));
            Put(notification, "collapse_key", parsed.GetValue(collapse));
            var accepted = (await server.SendAsync(HttpMethod.Post, "/v1/notifications", notification, cancellationToken))!;
            Console.Out.WriteLine((string)accepted["id"]!);
            return Cli.Done;
        });
        return send;
    }

    public static Command Explain()
    {
        var id = new Argument<string>("ID") { Description = "Of the notification." };
        var user = new Option<string?>("--user") { Description = "The login name of the person to explain it for; not needed when it goes to one." };
        var json = Flags.Json();
        var explain = new Command("explain", "Why somebody got a notification, or why not: every decision and every attempt.") { id, user, json };
        explain.SetAction(async (parsed, cancellationToken) =>
        {
            using var server = new Operator(Flags.Settings(parsed));
            var about = parsed.GetValue(user) is { } name ? "?user_id=" + (string)(await server.FindUserAsync(name, cancellationToken))["id"]! : "";
            var told = (await server.GetAsync($"/v1/notifications/{Uri.EscapeDataString(parsed.GetValue(id)!)}{about}", cancellationToken))!;
            if (parsed.GetValue(json))
            {
                Answers.Json((object)told);
            }
            else
            {
                Print(told);
            }

            return Cli.Done;
        });
        return explain;
    }

    private static void Print(JsonNode told)
    {
        var notification = told["notification"]!;
        var template = (string?)notification["template"] is { } name ? $", template {name} version {(int)notification["template_version"]!}" : "";
        Console.Out.WriteLine($"{(string)notification["category"]!}{template}, {(string)notification["state"]!}, {((long)notification["people"]! is var people && people == 1 ? "1 person" : $"{people} people")} decided on, accepted {(string)notification["created_at"]!}");
        Answers.Table(
            ["CHANNEL", "STATE", "DELIVERIES"],
            told["totals"]!.AsArray().Select(total => new[] { (string)total!["channel"]!, (string)total["state"]!, total["count"]!.ToString() }));
        if (told["person"] is not { } person)
        {
            return;
        }

        Answers.Table(
            ["RULE", "CHANNEL", "OUTCOME", "BECAUSE"],
            person["decisions"]!.AsArray().Select(one => new[] { (string)one!["rule"]!, (string?)one["channel"] ?? "all", (string)one["outcome"]!, one["inputs"]!.ToJsonString() }));
        Answers.Table(
            ["DELIVERY", "CHANNEL", "PROVIDER", "STATE", "AT", "ANSWER", "MS", "NEXT"],
            person["deliveries"]!.AsArray().SelectMany(Lines));
    }

    /// <summary>One line for each attempt, one for a delivery without any.</summary>
    private static IEnumerable<string[]> Lines(JsonNode? delivery)
    {
        string[] head = [(string)delivery!["id"]!, (string)delivery["channel"]!, (string?)delivery["provider"] ?? "", (string)delivery["state"]!];
        var attempts = delivery["attempts"]!.AsArray();
        return attempts.Count == 0
            ? [[.. head, "", (string?)delivery["reason"] ?? "", "", (string?)delivery["due_at"] ?? ""]]
            : attempts.Select(attempt => (string[])
                [.. head, (string)attempt!["at"]!, $"{(string)attempt["class"]!} {(string)attempt["code"]!}", attempt["latency_ms"]!.ToString(), (string?)attempt["next_at"] ?? ""]);
    }

    private static void Put(JsonObject body, string name, JsonNode? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }
}
