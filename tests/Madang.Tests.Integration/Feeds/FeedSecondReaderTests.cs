using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Feeds;

/// <summary>What goes out to feed readers, read by a parser that knows nothing of us: npm's <c>feedsmith</c> takes Atom, JSON Feed and OPML from the running server.</summary>
public sealed class FeedSecondReaderTests
{
    private const string Script =
        """
        import { parseFeed, parseOpml } from 'feedsmith';
        const [atom, json, opml] = JSON.parse(process.argv[1]);
        process.stdout.write(JSON.stringify([parseFeed(atom), parseFeed(json), parseOpml(opml)]));
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("home")]
    public async Task Atom_JSON_Feed_and_OPML_say_to_it_what_we_mean(string kind)
    {
        await using var host = await MadangHost.StartAsync(new() { ["Madang:Feeds:PublicFeeds"] = "true" });
        var mina = await host.PersonAsync("mina");
        string[] texts = ["첫 글 #마당", "<b>&amp; \"둘째\"</b>\n둘째 줄 😀 ]]>", "\u0007셋째"];
        foreach (var text in texts)
        {
            _ = await MadangHost.PostAsync(mina.Http, "/v1/posts", new JsonObject { ["client_id"] = Guid.CreateVersion7().ToString(), ["text"] = text });
        }

        var (atomUrl, jsonUrl) = ($"/v1/users/{mina.Id}/feed.atom", $"/v1/users/{mina.Id}/feed.json");
        if (kind == "home")
        {
            var token = await MadangHost.PostAsync(mina.Http, "/v1/me/feed-token", new JsonObject());
            (atomUrl, jsonUrl) = ((string)token["atom_url"]!, (string)token["json_url"]!);
        }

        var stranger = host.Client();
        var (atom, json, opml) = await ReadAsync(
            await stranger.GetStringAsync(atomUrl, Cancel), await stranger.GetStringAsync(jsonUrl, Cancel), await mina.Http.GetStringAsync("/v1/sources.opml", Cancel));

        Assert.Equal(("atom", "json"), ((string)atom["format"]!, (string)json["format"]!));
        var (entries, items) = (atom["feed"]!["entries"]!.AsArray(), json["feed"]!["items"]!.AsArray());
        Assert.Equal(texts.Reverse().Select(text => text.Replace("\u0007", "", StringComparison.Ordinal)), entries.Select(entry => (string)entry!["content"]!["value"]!));
        Assert.Equal(texts.Reverse(), items.Select(item => (string)item!["content_text"]!));
        Assert.Equal(["셋째", "<b>&amp; \"둘째\"</b>", "첫 글 #마당"], entries.Select(entry => (string)entry!["title"]!["value"]!));
        Assert.Equal(items.Select(item => (string)item!["id"]!), entries.Select(entry => (string)entry!["id"]!));
        Assert.Equal("마당", (string)entries[2]!["categories"]![0]!["term"]!);
        Assert.Equal("마당", (string)items[2]!["tags"]![0]!);
        Assert.All(entries.Zip(items), pair => Assert.Equal((DateTimeOffset)pair.First!["published"]!, (DateTimeOffset)pair.Second!["date_published"]!));
        Assert.All(["id", "title", "updated"], name => Assert.NotNull(atom["feed"]![name]));
        Assert.Equal("Madang", (string)opml["head"]!["title"]!);
    }

    private static async Task<(JsonNode Atom, JsonNode Json, JsonNode Opml)> ReadAsync(params string[] documents)
    {
        var asked = new JsonArray([.. documents.Select(document => JsonValue.Create(document))]).ToJsonString();
        string[] arguments = ["--input-type=module", "-e", Script, asked];
        using var node = Process.Start(new ProcessStartInfo("node", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.Combine(Repository.Root, "web"),
        })!;
        var output = node.StandardOutput.ReadToEndAsync(Cancel);
        var error = await node.StandardError.ReadToEndAsync(Cancel);
        await node.WaitForExitAsync(Cancel);
        Assert.True(node.ExitCode == 0, error);
        var read = JsonNode.Parse(await output)!;
        return (read[0]!, read[1]!, read[2]!);
    }
}
