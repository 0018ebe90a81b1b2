using System.Text.Json.Nodes;
using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Tests.Conformance.Feeds;

/// <summary>A database with people in it, and the verbs of posts as the host wires them.</summary>
internal sealed class PostWorld(TestDatabase test) : IAsyncDisposable
{
    private int _count;

    public TestDatabase Test => test;

    public Posts Posts => test.Store<Posts>();

    public PostReading Reading => test.Store<PostReading>();

    public IPostFacts Facts => test.Store<IPostFacts>();

    public PostSights Sights => test.Store<PostSights>();

    public Relations Relations => test.Store<Relations>();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<PostWorld> OpenAsync(Func<Task<TestDatabase>> fresh) => new(await fresh());

    public async Task<UserId> PersonAsync(string? name = null)
    {
        var users = test.Store<IUserStore>();
        var person = new User
        {
            Id = new(test.Store<Snowflake>().Next()),
            Name = name ?? $"person-{++_count}",
            DisplayName = name ?? $"Person {_count}",
            Locale = "ko",
            TimeZone = "Asia/Seoul",
            Role = Role.User,
            Disabled = false,
            CreatedAt = test.Time.GetUtcNow(),
        };
        Assert.True(await test.WriteAsync(tx => users.Insert(tx, person, null)));
        return person.Id;
    }

    public async Task DisableAsync(UserId person, bool disabled = true)
    {
        var users = test.Store<IUserStore>();
        await test.WriteAsync(tx =>
        {
            users.Update(tx, users.Lock(tx, person)[person] with { Disabled = disabled });
            return 0;
        });
    }

    public Task<Result<Published>> TryPostAsync(UserId author, string? text, string? key = null, Audience? audience = null, long? list = null) =>
        Posts.PublishAsync(author, new(key ?? Key(), text, audience, list), Token);

    public async Task<Post> PostAsync(UserId author, string text, Audience? audience = null) => Ok(await TryPostAsync(author, text, audience: audience)).Post;

    public Task<Result<Published>> TryCommentAsync(UserId author, PostId target, string text, string? key = null) =>
        Posts.CommentAsync(author, target, new(key ?? Key(), text), Token);

    public async Task<Post> CommentAsync(UserId author, PostId target, string text) => Ok(await TryCommentAsync(author, target, text)).Post;

    public Task<Result<Published>> TryShareAsync(UserId author, PostId target, string? text = null, string? key = null) =>
        Posts.ShareAsync(author, target, new(key ?? Key(), text), Token);

    public async Task<Post> ShareAsync(UserId author, PostId target, string? text = null) => Ok(await TryShareAsync(author, target, text)).Post;

    public async Task<Post> EditAsync(UserId author, PostId id, string? text = null, Audience? audience = null, int? version = null) =>
        Ok(await Posts.EditAsync(author, id, new(text, audience, null, version), Token));

    public async Task DeleteAsync(UserId author, PostId id) => Ok(await Posts.DeleteAsync(author, id, Token));

    /// <summary>The post as that viewer gets it; null where they get nothing.</summary>
    public async Task<JsonNode?> SeeAsync(UserId? viewer, PostId id) =>
        await Reading.FindAsync(viewer, id, Token) is { } json ? JsonNode.Parse(json.Span) : null;

    public async Task<Sight> SightAsync(UserId? viewer, PostId id) => (await Sights.OfAsync(viewer, id, Token))!.Sight;

    /// <summary>All pages of the profile, by small pages.</summary>
    public async Task<IReadOnlyList<string>> ProfileAsync(UserId? viewer, UserId author, int limit = 2)
    {
        var (texts, after) = (new List<string>(), (string?)null);
        do
        {
            var page = JsonNode.Parse((await Reading.OfAuthorAsync(viewer, author, PageQuery.Parse(after, $"{limit}").Value, Token)).Span)!;
            texts.AddRange(page["items"]!.AsArray().Select(item => (string)item!["text"]!));
            after = (string?)page["next"];
        }
        while (after is not null);
        return texts;
    }

    /// <summary>
    /// The log with so many entries in it. PostgreSQL shows them once nothing older runs anywhere on the server, other tests' databases included, and says
    /// nothing when that comes true: so this looks again.
    /// </summary>
    public async Task<IReadOnlyList<PostLogEntry>> LogAsync(int count)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Token);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await test.Store<IPostLogStore>().ReadAsync(default, 10_000, late.Token) is { } entries && entries.Count >= count)
            {
                return entries;
            }

            await Task.Delay(10, late.Token);
        }
    }

    public static T Ok<T>(Result<T> result) => result.IsOk ? result.Value : throw new InvalidOperationException($"Refused: {result.Error.Code} {result.Error.Detail}");

    public string Key() => $"k-{Interlocked.Increment(ref _count)}";

    public ValueTask DisposeAsync() => test.DisposeAsync();
}
