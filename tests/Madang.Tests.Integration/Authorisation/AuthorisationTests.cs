using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Madang.Tests.Integration.Authorisation;

/// <summary>
/// Who may do what: every operation of the OpenAPI document has a row in Authorisation.md, and every cell of the table is asked of a real server.
/// A new operation fails <see cref="Every_operation_has_a_row_and_every_row_an_operation"/> until somebody has decided about it.
/// Both were seen to fail: a row taken away, a cell that said 200 where the server says 401.
/// </summary>
public sealed partial class AuthorisationTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string File = "tests/Madang.Tests.Integration/Authorisation/Authorisation.md";

    private readonly MadangHost _host = shared.Host;

    public static TheoryData<string> Operations => [.. Table().Keys];

    [Fact]
    public async Task Every_operation_has_a_row_and_every_row_an_operation()
    {
        var operations = (await OperationsAsync()).Keys.Order(StringComparer.Ordinal).ToList();
        Assert.DoesNotContain(operations, operation => !Requests.Knows(operation));
        if (Repository.IsUpdating)
        {
            await UpdateAsync(operations);
        }

        Assert.Equal(operations, Table().Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Each_of_the_five_gets_the_answer_of_the_table(string operation)
    {
        var (method, path) = (await OperationsAsync())[operation];
        Assert.Equal(Table()[operation], await AskAsync(operation, method, path));
    }

    private async Task<string> AskAsync(string operation, HttpMethod method, string path)
    {
        var answers = new List<string>();
        foreach (var caller in Scene.Callers)
        {
            var scene = await Scene.SetAsync(_host, caller);
            var request = await Requests.OfAsync(operation, scene);
            var ids = new Queue<string>(request.Id?.Split(' ') ?? []);
            var address = Placeholder().Replace(path, _ => ids.Dequeue()) + request.Query;
            using var message = new HttpRequestMessage(method, address);
            if (request.Body is not null)
            {
                message.Content = new StringContent(request.Body.ToJsonString(), Encoding.UTF8, request.BodyType);
            }

            using var answer = await scene.Asking.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            answers.Add(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
        }

        return string.Join(" | ", answers);
    }

    private async Task<Dictionary<string, (HttpMethod Method, string Path)>> OperationsAsync()
    {
        var document = JsonNode.Parse(await _host.Client().GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!;
        return (from path in document["paths"]!.AsObject()
                from operation in path.Value!.AsObject()
                where operation.Value is JsonObject
                select ((string)operation.Value!["operationId"]!, (HttpMethod.Parse(operation.Key), path.Key)))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2);
    }

    private static Dictionary<string, string> Table()
    {
        var file = Path.Combine(Repository.Root, File);
        return !System.IO.File.Exists(file)
            ? []
            : System.IO.File.ReadLines(file).Select(line => Row().Match(line)).Where(row => row.Success)
                .ToDictionary(row => row.Groups["operation"].Value, row => string.Join(" | ", row.Groups["cells"].Value.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>Writes the answers of today; whoever commits them has read them.</summary>
    private async Task UpdateAsync(List<string> operations)
    {
        var page = new StringBuilder(
            """
            # Who may do what

            One row an operation, one column a caller; the number is the status of a request that is right in every other way. The room asked about has another owner; of the five only *member* is
            in it. *moderator* and *admin* are so in the community, not in the room. `AuthorisationTests` asks every cell of a real server, and fails for an operation without a row.

            | operation | anonymous | stranger | member | moderator | admin |
            |---|---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var operation in operations)
        {
            var (method, path) = (await OperationsAsync())[operation];
            page.Append(CultureInfo.InvariantCulture, $"| {operation} | {await AskAsync(operation, method, path)} |\n");
        }

        await System.IO.File.WriteAllTextAsync(Path.Combine(Repository.Root, File), page.ToString(), TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^\| (?<operation>[a-z_]+) (?<cells>(?:\| [0-9]{3} ){5})\|$")]
    private static partial Regex Row();
}
