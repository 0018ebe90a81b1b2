using Madang.Storage;

namespace Madang.Tests.Conformance.Storage;

/// <summary>The contract of <see cref="Database"/> (design: agreements 1 and 8).</summary>
public abstract class DatabaseFacts(Func<Task<TestDatabase>> fresh)
{
    [Fact]
    public async Task An_empty_write_reaches_the_disk()
    {
        await using var test = await fresh();
        await test.Database.CheckAsync(TestContext.Current.CancellationToken);
        Assert.Equal(42, await test.Database.WriteAsync(_ => 42, cancellationToken: TestContext.Current.CancellationToken));
        Assert.NotEmpty(test.Database.Engine);
    }
}

public sealed class SqliteDatabaseFacts() : DatabaseFacts(TestDatabase.SqliteAsync);

public sealed class PostgresDatabaseFacts() : DatabaseFacts(TestDatabase.PostgresAsync);
