using Madang.Crawler.Explaining;

namespace Madang.Tests.Integration.Web;

/// <summary>What the server says by code, the web app says in each of its languages.</summary>
public sealed class CodeTextTests
{
    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public async Task Every_reason_of_the_crawler_has_a_name_and_a_sentence(string language)
    {
        var texts = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "web", "src", "i18n", $"crawl.{language}.ts"), TestContext.Current.CancellationToken);
        Assert.NotEmpty(ReasonCodes.All);
        Assert.All(ReasonCodes.All, code => Assert.Contains($"'crawl.code.{code}': ", texts, StringComparison.Ordinal));
        Assert.All(ReasonCodes.All, code => Assert.Contains($"'crawl.why.{code}': ", texts, StringComparison.Ordinal));
    }
}
