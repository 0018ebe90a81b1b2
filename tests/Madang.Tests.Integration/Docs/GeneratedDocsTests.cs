using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Madang.Settings;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Integration.Docs;

public sealed partial class GeneratedDocsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    [Fact]
    public Task The_page_of_errors_is_what_the_code_says() => Repository.AssertGeneratedAsync("docs/errors.md", ErrorsPage.Write());

    [Fact]
    public Task The_page_of_settings_is_what_the_code_says() => Repository.AssertGeneratedAsync("docs/configuration.md", ConfigurationPage.Write());

    [Fact]
    public Task The_page_of_limits_is_what_the_code_says() => Repository.AssertGeneratedAsync("docs/limits.md", LimitsPage.Write());

    [Fact]
    public async Task The_openapi_document_is_what_the_code_says() =>
        await Repository.AssertGeneratedAsync("docs/openapi.json", (await DocumentAsync()).ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");

    [Fact]
    public void Every_setting_has_a_meaning() =>
        Assert.Empty(SettingsTable.All.Where(setting => ConfigurationPage.MeaningOf(setting).Length == 0).Select(setting => setting.Key));

    [Fact]
    public void Every_option_of_a_module_is_in_the_table_of_settings()
    {
        var options = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => assembly.GetName().Name is { } name && name.StartsWith("Madang.", StringComparison.Ordinal) && !name.Contains("Tests"))
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IValidateOptions<>)))
            .Select(type => type.GetInterfaces().First(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IValidateOptions<>)).GetGenericArguments()[0])
            .Distinct();
        Assert.Empty(options.Except(SettingsTable.All.Select(setting => setting.Owner!)));
    }

    [Fact]
    public void No_code_is_used_twice_for_different_refusals() =>
        Assert.Empty(ErrorsPage.Tables.SelectMany(table => table.Errors).GroupBy(error => error.Code).Where(same => same.Count() > 1).Select(same => same.Key));

    [Fact]
    public async Task Every_operation_has_a_name_a_summary_and_a_refusal()
    {
        var paths = (await DocumentAsync())["paths"]!.AsObject();
        var names = new List<string>();
        foreach (var (path, item) in paths)
        {
            foreach (var (method, operation) in item!.AsObject().Where(pair => pair.Value is JsonObject))
            {
                Assert.True(operation!["operationId"] is not null, $"{method} {path} has no name");
                Assert.True(operation["summary"] is not null, $"{method} {path} has no summary");
                Assert.NotNull(operation["responses"]!["default"]);
                names.Add((string)operation["operationId"]!);
            }
        }

        Assert.Equal(names.Distinct(), names);
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/docs/errors")]
    [InlineData("/docs/limits")]
    [InlineData("/docs/configuration")]
    [InlineData("/docs/metrics")]
    public async Task The_pages_open_without_signing_in_and_run_no_inline_script(string path)
    {
        var answer = await _host.Client().GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotMatch(InlineScript(), page);
    }

    [Fact]
    public async Task The_type_of_a_refusal_leads_to_its_row()
    {
        var page = await _host.Client().GetStringAsync("/docs/errors", TestContext.Current.CancellationToken);
        foreach (var error in ErrorsPage.Tables.SelectMany(table => table.Errors))
        {
            Assert.Contains($"id=\"{error.Code}\"", page);
        }
    }

    private async Task<JsonNode> DocumentAsync() => JsonNode.Parse(await _host.Client().GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!;

    [GeneratedRegex("<script>|<script(?![^>]*src=)|javascript:")]
    private static partial Regex InlineScript();
}
