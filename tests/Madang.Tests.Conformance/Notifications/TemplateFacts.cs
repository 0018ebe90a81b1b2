using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Rendering;
using Madang.Notifications.Templates;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>What stored templates promise to who accepted something with them.</summary>
public abstract class TemplateFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_is_a_version_of_its_own_and_what_was_pinned_stays_as_it_was()
    {
        await using var test = await fresh();
        var book = test.Store<TemplateBook>();
        Assert.Null(book.Pin("order"));
        Assert.Equal(1, (await PutAsync(book, "order", "첫 번째 {{n}}")).Version);
        var pinned = book.Pin("order")!.Value;
        Assert.Equal(1, (await PutAsync(book, "order", "첫 번째 {{n}}")).Version);
        Assert.Equal(2, (await PutAsync(book, "order", "two {{n}}")).Version);
        Assert.Equal(new TemplateRef("order", 2), book.Pin("order"));

        // As after a restart: the pinned one is read from the database.
        var other = new TemplateBook(test.Store<ITemplateStore>(), test.Database, test.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<TemplateBook>.Instance);
        await other.LoadAsync(Token);
        Assert.Null(other.Find(pinned));
        await other.LoadAsync([pinned], Token);
        Assert.Equal("첫 번째 {{n}}", other.Find(pinned)!.Template.Body.Parts["ko"].Title);
        Assert.Equal(2, other.Find("order")!.Template.Version);
        Assert.Equal([2, 1], (await test.Store<ITemplateStore>().VersionsAsync("order", int.MaxValue, 10, Token)).Select(template => template.Version));
        Assert.Equal([1], (await test.Store<ITemplateStore>().VersionsAsync("order", 2, 10, Token)).Select(template => template.Version));
    }

    [Fact]
    public async Task A_deleted_template_is_not_pinned_and_its_numbers_are_not_given_out_again()
    {
        await using var test = await fresh();
        var book = test.Store<TemplateBook>();
        await PutAsync(book, "order", "one");
        Assert.True(await book.DeleteAsync("order", Token));
        Assert.False(await book.DeleteAsync("order", Token));
        Assert.Null(book.Pin("order"));
        Assert.Equal(2, (await PutAsync(book, "order", "one")).Version);

        await PutAsync(book, "message", "mine");
        Assert.Equal(1, book.Pin("message")!.Value.Version);
        Assert.True(await book.DeleteAsync("message", Token));
        Assert.Equal(0, book.Pin("message")!.Value.Version);
        await book.LoadAsync(Token);
        Assert.Equal(0, book.Pin("message")!.Value.Version);
        Assert.Equal(2, book.Pin("order")!.Value.Version);
    }

    [Fact]
    public async Task Writers_at_the_same_time_get_different_versions()
    {
        await using var test = await fresh();
        var book = test.Store<TemplateBook>();
        var put = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => PutAsync(book, "order", $"title {n}")));
        Assert.Equal(Enumerable.Range(1, 10), put.Select(template => template.Version).Order());
        Assert.Equal(10, book.Pin("order")!.Value.Version);
    }

    [Fact]
    public async Task A_version_that_is_heard_of_late_does_not_replace_the_one_after_it()
    {
        await using var test = await fresh();
        var book = test.Store<TemplateBook>();
        List<object> said = [];
        test.Database.OnCommit<object>(said.Add);
        await PutAsync(book, "order", "one");
        object[] first = [.. said];
        await PutAsync(book, "order", "two");
        await test.WriteAsync(tx =>
        {
            Array.ForEach(first, tx.Publish);
            return true;
        });
        Assert.Equal(2, book.Pin("order")!.Value.Version);
    }

    [Fact]
    public async Task Every_built_in_template_speaks_both_languages_to_every_channel()
    {
        await using var test = await fresh();
        var book = test.Store<TemplateBook>();
        var renderer = test.Store<Renderer>();
        foreach (var (name, data) in new[]
        {
            ("message", """{"sender":"민아","text":"안녕"}"""), ("mention", """{"sender":"지훈","place":"마당","text":"안녕"}"""),
            ("verification_code", """{"code":"123456","minutes":10}"""), ("security", """{"what":"새 기기 로그인","at":"2026-03-01T00:00:00Z"}"""),
        })
        {
            var request = new RenderRequest { Id = new(1), Category = "message", Template = book.Pin(name), Data = data, Channel = DeliveryChannel.Push, Locale = "ko" };
            foreach (var channel in DeliveryChannels.All)
            {
                foreach (var locale in new[] { "ko", "en" })
                {
                    Assert.True(renderer.Render(request with { Channel = channel, Locale = locale }).IsOk, $"{name} {channel} {locale}");
                }
            }

            var missing = renderer.Render(request with { Data = "{}" });
            Assert.Equal("template_variable_missing", missing.Error?.Code);
        }

        var push = (PushContent)renderer.Render(new() { Id = new(1), Category = "mention", Template = book.Pin("mention"), Data = """{"sender":"지훈","place":"마당","text":"안녕"}""", Channel = DeliveryChannel.Push, Locale = "ko-KR" }).Value;
        Assert.Equal("지훈이 마당에서 회원님을 언급했습니다", push.Title);
    }

    private static async Task<Template> PutAsync(TemplateBook book, string name, string title)
    {
        var parts = new Dictionary<string, TemplateParts> { ["ko"] = new(title, "body") };
        return (await book.PutAsync(name, new(null, "ko", parts), 1, Token)).Value;
    }
}

public sealed class SqliteTemplates() : TemplateFacts(TestDatabase.SqliteAsync);

public sealed class PostgresTemplates() : TemplateFacts(TestDatabase.PostgresAsync);
