using System.Diagnostics;
using Madang.Feeds;
using Madang.Postgres;
using Madang.Postgres.Feeds;
using Madang.Sqlite;
using Madang.Sqlite.Feeds;

namespace Madang.Tests.Conformance.Feeds;

/// <summary>With many posts the hot read still touches only what it answers: plans are compared, not seconds. The figures are for a person's eye.</summary>
public sealed class PostPlanTests
{
    private const int Rows = 200_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SQLite_finds_facts_profiles_and_threads_by_key()
    {
        await using var world = await PostWorld.OpenAsync(TestDatabase.SqliteAsync);
        await world.Test.WriteAsync(tx =>
        {
            using var fill = SqliteTx.Of(tx).Use($"""
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Rows})
                INSERT INTO post (id, author_id, audience, state, version, text, mentions, root_id, parent_id, created_at)
                SELECT i, i % 1000, 1, 1, 1, 'x', '', CASE WHEN i % 2 = 0 THEN 1 END, CASE WHEN i % 2 = 0 THEN 1 END, 0 FROM n
                """);
            return fill.Run();
        });
        string[] statements =
        [
            SqlitePostFactRows.PostsSql, SqlitePostFactRows.NewestActionsSql, SqlitePostFactRows.ActionsSql,
            SqlitePostStore.OfAuthorSql,
            SqlitePostStore.CommentsSql,
            "SELECT what, count FROM post_count WHERE post_id = ?1",
            SqliteActionStore.BookmarksSql,
            SqliteActionStore.ReactorsSql,
        ];
        var plans = await world.Test.WriteAsync(tx =>
        {
            List<string> steps = [];
            foreach (var sql in statements)
            {
                using var explain = SqliteTx.Of(tx).Use("EXPLAIN QUERY PLAN " + sql);
                while (explain.Step())
                {
                    steps.Add(explain.Text(3));
                }
            }

            return steps;
        });
        Assert.DoesNotContain(plans, step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        Assert.Contains(plans, step => step.Contains("post_of_author (author_id=? AND id<?)", StringComparison.Ordinal));
        Assert.Contains(plans, step => step.Contains("post_comment (parent_id=? AND id>?)", StringComparison.Ordinal));
        Assert.Contains(plans, step => step.Contains("post_action_bookmark", StringComparison.Ordinal));
        Assert.Contains(plans, step => step.Contains("post_action_reaction", StringComparison.Ordinal));
        await FactsAsync(world);
    }

    [Fact]
    public async Task PostgreSQL_finds_facts_profiles_and_threads_by_key()
    {
        await using var world = await PostWorld.OpenAsync(TestDatabase.PostgresAsync);
        await world.Test.WriteAsync(tx => PostgresTx.Of(tx).Run(
            $"""
            INSERT INTO post (id, author_id, audience, state, version, text, mentions, root_id, parent_id, created_at)
            SELECT i, i % 1000, 1, 1, 1, 'x', '', CASE WHEN i % 2 = 0 THEN 1 + i % 999 END, CASE WHEN i % 2 = 0 THEN 1 + i % 999 END, now() FROM generate_series(1, {Rows}) AS i
            """));
        // Sessions keep the plan that they made first, which does not depend on the values: on tables that nobody has looked at yet, and on known ones.
        await PlansAsync(world);
        await world.Test.WriteAsync(tx => PostgresTx.Of(tx).Run("ANALYZE post"));
        await PlansAsync(world);
        await FactsAsync(world);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Posts_of_many_authors_share_their_commits(string engine)
    {
        await using var world = await PostWorld.OpenAsync(engine == "sqlite" ? TestDatabase.SqliteAsync : TestDatabase.PostgresAsync);
        var people = new List<Madang.Api.UserId>();
        for (var i = 0; i < 50; i++)
        {
            people.Add(await world.PersonAsync());
        }

        const int Posts = 4_000;
        var next = -1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(caller => Task.Run(
            async () =>
            {
                while (Interlocked.Increment(ref next) is var n && n < Posts)
                {
                    _ = PostWorld.Ok(await world.TryPostAsync(people[n % people.Count], $"#하나 #둘 글 {n}", $"n-{n}"));
                }
            },
            Token)));
        TestContext.Current.SendDiagnosticMessage($"{engine}: {Posts / watch.Elapsed.TotalSeconds:0} durable posts/s by 200 callers");
        Assert.Equal(Posts, (await world.LogAsync(Posts)).Count);
    }

    private static async Task PlansAsync(PostWorld world)
    {
        await using var connection = await world.Test.Store<PostgresDatabase>().Keyed.OpenConnectionAsync(Token);
        var plan = new List<string>();
        foreach (var (sql, values) in ((string, string)[])
        [
            (PostgresPostFacts.Sql, "7, '{1,2,3}'"),
            (PostgresPostStore.OfAuthorSql, "5, 9223372036854775807, 20"),
            (PostgresPostStore.CommentsSql, "1, 0, 20"),
            (PostgresActionStore.BookmarksSql, "1, 9223372036854775807, 20"),
            (PostgresActionStore.ReactorsSql, "1, 0, 20"),
            (PostgresPostLogStore.ReadSql, "'0', 0, 20"),
        ])
        {
            await using var explain = new Npgsql.NpgsqlCommand($"PREPARE asked AS {sql}; EXPLAIN EXECUTE asked ({values}); DEALLOCATE asked", connection);
            await using var rows = await explain.ExecuteReaderAsync(Token);
            while (await rows.ReadAsync(Token))
            {
                plan.Add(rows.GetString(0));
            }
        }

        var whole = string.Join('\n', plan);
        Assert.DoesNotContain("Seq Scan", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", whole, StringComparison.Ordinal);
        foreach (var index in new[] { "post_pkey", "users_pkey", "post_action_pkey", "post_of_author", "post_comment", "post_action_bookmark", "post_action_reaction", "post_log_pkey" })
        {
            Assert.True(whole.Contains($"using {index} ", StringComparison.Ordinal), $"{index} is not used:\n{whole}");
        }
    }

    private static async Task FactsAsync(PostWorld world)
    {
        var ids = Enumerable.Range(1, 20).Select(n => new PostId(n * 997)).ToList();
        _ = await world.Facts.OfAsync(new(7), ids, Token);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(20, (await world.Facts.OfAsync(new(7), ids, Token)).Posts.Count(post => post is not null));
        }

        TestContext.Current.SendDiagnosticMessage($"facts of 20 posts: {watch.Elapsed.TotalMicroseconds / 500:0} µs");
    }
}
