using System.CommandLine;
using System.Text.Json.Nodes;

namespace Madang.Commands;

/// <summary><c>madang user</c>: people, by their login names.</summary>
internal static class UserCommand
{
    private static readonly string[] Roles = ["user", "moderator", "admin"];

    public static void AddTo(RootCommand root)
    {
        var user = new Command("user", "Create, list and change people. Talks to the running server.")
        {
            Create(), List(), Switch("disable", "Disable an account and end its sessions.", disabled: true), Switch("enable", "Let a disabled account sign in again.", disabled: false),
            SetRole(), SetPassword(),
        };
        root.Add(user);
    }

    private static Command Create()
    {
        var name = Name();
        var role = new Option<string>("--role") { Description = "user, moderator or admin.", DefaultValueFactory = _ => "user" };
        role.AcceptOnlyFromAmong(Roles);
        var shown = new Option<string?>("--display-name") { Description = "What people see; the name without one." };
        var without = new Option<bool>("--no-password") { Description = "An account that a server mints tokens for." };
        var create = new Command("create", "Create an account; the password is asked for, or read from standard input.") { name, role, shown, without };
        create.SetAction(async (parsed, cancellationToken) =>
        {
            using var server = new Operator(Flags.Settings(parsed));
            var body = new JsonObject { ["name"] = parsed.GetValue(name) };
            if (parsed.GetValue(shown) is { } displayName)
            {
                body["display_name"] = displayName;
            }

            if (!parsed.GetValue(without))
            {
                body["password"] = Answers.AskPassword();
            }

            var made = (await server.SendAsync(HttpMethod.Post, "/v1/users", body, cancellationToken))!;
            if (parsed.GetValue(role) is { } wanted and not "user")
            {
                await server.SendAsync(HttpMethod.Patch, $"/v1/admin/users/{(string)made["id"]!}", new JsonObject { ["role"] = wanted }, cancellationToken);
            }

            Console.Out.WriteLine((string)made["id"]!);
            Say.Line($"{(string)made["name"]!} can sign in.");
            return Cli.Done;
        });
        return create;
    }

    private static Command List()
    {
        var query = new Argument<string?>("QUERY") { Description = "Beginning of the name, or part of the display name.", Arity = ArgumentArity.ZeroOrOne };
        var json = Flags.Json();
        var list = new Command("list", "List people.") { query, json };
        list.SetAction(async (parsed, cancellationToken) =>
        {
            using var server = new Operator(Flags.Settings(parsed));
            var people = await server.ListAsync($"/v1/users?q={Uri.EscapeDataString(parsed.GetValue(query) ?? "")}", cancellationToken);
            if (parsed.GetValue(json))
            {
                Answers.Json(people);
            }
            else
            {
                Answers.Table(
                    ["ID", "NAME", "DISPLAY NAME", "ROLE", "CREATED", ""],
                    people.Select(user => new[]
                    {
                        (string)user["id"]!, (string)user["name"]!, (string)user["display_name"]!, (string)user["role"]!, (string)user["created_at"]!,
                        (bool?)user["disabled"] == true ? "disabled" : "",
                    }));
            }

            return Cli.Done;
        });
        return list;
    }

    private static Command Switch(string verb, string description, bool disabled)
    {
        var name = Name();
        var command = new Command(verb, description) { name };
        command.SetAction((parsed, cancellationToken) =>
            ChangeAsync(parsed, parsed.GetValue(name)!, HttpMethod.Patch, "", new JsonObject { ["disabled"] = disabled }, $"{verb}d.", cancellationToken));
        return command;
    }

    private static Command SetRole()
    {
        var name = Name();
        var role = new Argument<string>("ROLE") { Description = "user, moderator or admin." };
        role.AcceptOnlyFromAmong(Roles);
        var command = new Command("role", "Change what an account may do.") { name, role };
        command.SetAction((parsed, cancellationToken) =>
            ChangeAsync(parsed, parsed.GetValue(name)!, HttpMethod.Patch, "", new JsonObject { ["role"] = parsed.GetValue(role) }, $"is {parsed.GetValue(role)} now.", cancellationToken));
        return command;
    }

    private static Command SetPassword()
    {
        var name = Name();
        var command = new Command("password", "Set a new password and end the sessions; asked for, or read from standard input.") { name };
        command.SetAction((parsed, cancellationToken) => ChangeAsync(
            parsed, parsed.GetValue(name)!, HttpMethod.Put, "/password", new JsonObject { ["new_password"] = Answers.AskPassword() }, "has a new password.", cancellationToken));
        return command;
    }

    private static async Task<int> ChangeAsync(
        ParseResult parsed, string name, HttpMethod method, string what, JsonObject body, string done, CancellationToken cancellationToken)
    {
        using var server = new Operator(Flags.Settings(parsed));
        var user = await server.FindUserAsync(name, cancellationToken);
        await server.SendAsync(method, $"/v1/admin/users/{(string)user["id"]!}{what}", body, cancellationToken);
        Say.Line($"{(string)user["name"]!} {done}");
        return Cli.Done;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The login name." };
}
