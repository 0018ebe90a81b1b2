using System.Diagnostics;

namespace Madang.Tests.Integration.Docs;

/// <summary>The requests of the README, run as they stand there against a fresh server.</summary>
public sealed class ReadmeTests
{
    private const string Address = "http://127.0.0.1:8080";
    private const string Token = "a-preset-setup-token";

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.ko.md")]
    public async Task The_four_requests_send_a_first_message(string readme)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, readme), TestContext.Current.CancellationToken);
        var start = text.IndexOf($"api={Address}/v1", StringComparison.Ordinal);
        var script = text[start..text.IndexOf("```", start, StringComparison.Ordinal)];

        var folder = Directory.CreateTempSubdirectory("madang-readme-");
        try
        {
            await using var server = await MadangProcess.ServeAsync(folder.FullName, new() { ["MADANG__SETUP__TOKEN"] = Token });
            var address = (await server.AddressAsync()).GetLeftPart(UriPartial.Authority);
            using var shell = Process.Start(new ProcessStartInfo("bash", ["-euc", script.Replace(Address, address, StringComparison.Ordinal)])
            {
                Environment = { ["MADANG__SETUP__TOKEN"] = Token },
                RedirectStandardOutput = true,
            })!;
            var said = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

            Assert.Contains("\"seq\":1", said, StringComparison.Ordinal);
            Assert.Contains("안녕, 마당!", said, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
