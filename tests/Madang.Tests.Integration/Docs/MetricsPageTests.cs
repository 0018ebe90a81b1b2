using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Madang.Operation;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Docs;

public sealed class MetricsPageTests
{
    [Fact]
    public async Task The_page_of_metrics_is_what_a_server_counts()
    {
        await using var host = await MadangHost.StartAsync();
        // Some modules begin to count when they are first used.
        var admin = await host.AdminAsync();
        var other = await host.PersonAsync("other");
        var room = await MadangHost.PostAsync(admin.Http, "/v1/rooms", new JsonObject { ["kind"] = "direct", ["user_ids"] = new JsonArray(other.Id) });
        await MadangHost.PostAsync(admin.Http, $"/v1/rooms/{(string)room["id"]!}/messages", new JsonObject { ["client_id"] = "1", ["text"] = "hello" });
        await MadangHost.GetAsync(other.Http, "/v1/sync");
        await Repository.AssertGeneratedAsync("docs/metrics.md", Write(host.Services.GetRequiredService<MetricsBook>()));
    }

    private static string Write(MetricsBook book)
    {
        var page = new StringBuilder(
            """
            # Metrics

            <!-- Generated from the instruments of a running server; MADANG_UPDATE_DOCS=1 with the integration tests writes it anew. -->

            `GET /metrics` answers in the Prometheus text format 0.0.4: to programs of this machine (unless a proxy stands between), on `madang.sock`, and to moderators, admins and API keys of such a role,
            with `authorization: Bearer mdk_…`. Beside Madang's own it holds those of ASP.NET Core, Kestrel and the .NET runtime (`http_server_…`, `kestrel_…`, `dotnet_…`).
            An instrument keeps 200 combinations of labels; further ones are added up under `overflow="true"`.

            | Name | Kind | Meaning |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var family in book.Families.Where(family => family.Name.StartsWith("madang_", StringComparison.Ordinal)))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{family.Name}` | {family.Type} | {family.Help.TrimEnd('.')}. |\n");
        }

        return page.ToString();
    }
}
