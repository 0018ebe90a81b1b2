using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Madang.Storage;

namespace Madang.Tests.Integration.Storage;

/// <summary>What a client and an operator see of a disk that fails under the server.</summary>
public sealed class DiskFaultTests
{
    private const string SetupToken = "a-token-preset-for-the-test";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_answers_507_while_reads_go_on_and_later_writes_succeed()
    {
        using var disk = await FaultyDisk.CreateAsync();
        await using var server = await ServeAsync(disk);
        using var admin = await SetUpAsync(server);
        disk.Set(DiskFault.Full);
        for (var i = 0; i < 3; i++)
        {
            using var refused = await RenameAsync(admin, "Nobody");
            Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
            Assert.Equal("storage_full", problem.GetProperty("code").GetString());
            Assert.Equal("Admin", await NameAsync(admin));
        }

        disk.Set(DiskFault.None);
        using var renamed = await RenameAsync(admin, "Somebody");
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        Assert.Equal("Somebody", await NameAsync(admin));
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task A_failed_fsync_ends_the_server_without_an_ack_and_a_restart_has_all_that_was_acknowledged()
    {
        using var disk = await FaultyDisk.CreateAsync();
        string token;
        await using (var server = await ServeAsync(disk))
        {
            using var admin = await SetUpAsync(server);
            token = admin.DefaultRequestHeaders.Authorization!.Parameter!;
            using var renamed = await RenameAsync(admin, "Acknowledged");
            Assert.True(renamed.IsSuccessStatusCode);
            disk.Set(DiskFault.Sync);
            var answer = await Record.ExceptionAsync(async () => (await RenameAsync(admin, "Lost")).EnsureSuccessStatusCode());
            Assert.IsType<HttpRequestException>(answer);
            Assert.Equal(FatalExit.Code, await server.EndAsync());
            Assert.Contains($"madang: ends with code {FatalExit.Code}", server.Messages, StringComparison.Ordinal);
        }

        disk.Set(DiskFault.None);
        await using var again = await ServeAsync(disk);
        using var client = new HttpClient { BaseAddress = await again.AddressAsync() };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        // What a failed fsync leaves is not known; what was acknowledged before it is there.
        Assert.Contains(await NameAsync(client), new[] { "Acknowledged", "Lost" });
    }

    private static Task<MadangProcess> ServeAsync(FaultyDisk disk) => MadangProcess.ServeAsync(
        disk.Folder, new(disk.Variables) { ["MADANG__SETUP__TOKEN"] = SetupToken });

    private static async Task<HttpClient> SetUpAsync(MadangProcess server)
    {
        var client = new HttpClient { BaseAddress = await server.AddressAsync() };
        using var answer = await client.PostAsJsonAsync(
            "/v1/setup", new { token = SetupToken, name = "admin", password = "a long enough password", display_name = "Admin" }, Cancelled);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.GetProperty("token").GetString());
        return client;
    }

    private static Task<HttpResponseMessage> RenameAsync(HttpClient client, string name) =>
        client.PatchAsJsonAsync("/v1/me", new { display_name = name }, Cancelled);

    private static async Task<string?> NameAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/v1/me", Cancelled)).GetProperty("display_name").GetString();
}
