using Madang.Storage.Hinting;

namespace Madang.Tests.Conformance.Storage;

/// <summary>A hint reaches another node although nobody polls.</summary>
public sealed class NodeHintTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PostgreSQL_carries_the_name()
    {
        await using var test = await TestDatabase.PostgresAsync();
        var hints = test.Store<INodeHints>();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var heard = hints.ListenAsync("madang_test", done.Token).GetAsyncEnumerator(done.Token);
        var next = heard.MoveNextAsync().AsTask();

        // Sent until heard: LISTEN takes effect at a moment that only the server knows.
        while (!next.IsCompleted)
        {
            await hints.SendAsync("madang_test", ["mail"], Token);
        }

        Assert.True(await next);
        Assert.Equal("mail", heard.Current);
        await done.CancelAsync();
    }
}
