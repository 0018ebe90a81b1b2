using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Madang.Commands;

/// <summary><c>madang token</c>: API keys for servers, and tokens that let a person in.</summary>
internal static class TokenCommand
{
    public static void AddTo(RootCommand root) =>
        root.Add(new Command("token", "API keys and user tokens. Talks to the running server.") { Create(), List(), Mint(), Revoke() });

    private static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "What the key is for." };
        var role = new Option<string>("--role") { Description = "user, moderator or admin.", DefaultValueFactory = _ => "user" };
        role.AcceptOnlyFromAmong("user", "moderator", "admin");
        var days = new Option<int?>("--days") { Description = "Days until it ends by itself; never without it." };
        var create = new Command("create", "Create an API key and print it, this once.") { name, role, days };
        create.SetAction(async (parsed, cancellationToken) =>
        {
            using var server = new Operator(Flags.Settings(parsed));
            var body = new JsonObject { ["name"] = parsed.GetValue(name), ["role"] = parsed.GetValue(role) };
            if (parsed.GetValue(days) is { } life)
            {
                body["expires_at"] = TimeProvider.System.GetUtcNow().AddDays(life).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            }

            var made = (await server.SendAsync(HttpMethod.Post, "/v1/admin/api-keys", body, cancellationToken))!;
            Console.Out.WriteLine((string)made["key"]!);
            Say.Line($"Key {(string)made["id"]!}; it is not shown again.");
            return Cli.Done;
        });
        return create;
    }

    private static Command List()
    {
        var json = Flags.Json();
        var list = new Command("list", "List the API keys, without the keys themselves.") { json };
        list.SetAction(async (parsed, cancellationToken) =>
        {
            using var server = new Operator(Flags.Settings(parsed));
            var keys = await server.ListAsync("/v1/admin/api-keys", cancellationToken);
            if (parsed.GetValue(json))
            {
                Answers.Json(keys);
            }
            else
            {
                Answers.Table(
                    ["ID", "NAME", "ROLE", "CREATED", "EXPIRES", "LAST USED"],
                    keys.Select(key => new[]
                    {
                        (string)key["id"]!, (string)key["name"]!, (string)key["role"]!, (string)key["created_at"]!, (string?)key["expires_at"] ?? "never", (string?)key["last_used_at"] ?? "never",
                    }));
            }

            return Cli.Done;
        });
        return list;
    }

    private static Command Mint()
    {
        var user = new Argument<string>("USER") { Description = "The login name of the person." };
        var minutes = new Option<int?>("--minutes") { Description = "1 minute to 30 days; 60 minutes without it." };
        var mint = new Command("mint", "Print a token that signs in as a person, for trying things out.") { user, minutes };
        mint.SetAction(async (parsed, cancellationToken) =>
        {
            using var server = new Operator(Flags.Settings(parsed));
            var person = await server.FindUserAsync(parsed.GetValue(user)!, cancellationToken);
            var body = new JsonObject { ["user_id"] = (string)person["id"]! };
            if (parsed.GetValue(minutes) is { } life)
            {
                body["expires_in_s"] = (long)life * 60;
            }

            var minted = (await server.SendAsync(HttpMethod.Post, "/v1/tokens", body, cancellationToken))!;
            Console.Out.WriteLine((string)minted["token"]!);
            Say.Line($"Valid until {(string)minted["expires_at"]!}.");
            return Cli.Done;
        });
        return mint;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "The id of an API key, as `madang token list` shows it." };
        var revoke = new Command("revoke", "End an API key at once.") { id };
        revoke.SetAction(async (parsed, cancellationToken) =>
        {
            using var server = new Operator(Flags.Settings(parsed));
            await server.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{Uri.EscapeDataString(parsed.GetValue(id)!)}", null, cancellationToken);
            Say.Line("The key has ended.");
            return Cli.Done;
        });
        return revoke;
    }
}
