using Madang.Chat;
using Madang.Postgres;
using Madang.Sqlite;

namespace Madang.Tests.Conformance.Chat;

public sealed class SqliteAudit() : AuditFacts(TestDatabase.SqliteAsync);

public sealed class PostgresAudit() : AuditFacts(TestDatabase.PostgresAsync);

/// <summary>The auditor that every test of chat ends with finds what is wrong: each fault is planted into the rows and named.</summary>
public abstract class AuditFacts(Func<Task<TestDatabase>> fresh)
{
    [Theory]
    [InlineData("UPDATE room SET head_seq = head_seq + 1 WHERE kind = 2", "head_seq is 3, but there are 2 messages up to 2")]
    [InlineData("DELETE FROM message WHERE seq = 1", "head_seq is 2, but there are 1 messages up to 2")]
    [InlineData("UPDATE member SET read_seq = 0 WHERE role = 2", "has read 0 of 2 and written 2")]
    [InlineData("UPDATE member SET read_seq = 9 WHERE role = 2", "has read 9 of 2")]
    [InlineData("UPDATE member SET role = 1", "without an owner")]
    [InlineData("DELETE FROM room_direct", "is not the direct room of its 2 members")]
    [InlineData("DELETE FROM message_key WHERE seq = 1", "message 1 is not what its client id names")]
    [InlineData("DELETE FROM room WHERE kind = 2", "messages without a room")]
    public async Task A_planted_fault_is_named(string fault, string finding)
    {
        await using var test = await fresh();
        var community = new Community(test);
        var people = await community.PeopleAsync(3);
        var direct = await community.DirectAsync(people[0], people[1]);
        var group = await community.GroupAsync(people[0], people[1], people[2]);
        foreach (var room in new[] { direct, group })
        {
            _ = await community.PostAsync(people[1], room.Id, "one");
            _ = await community.PostAsync(people[0], room.Id, "two");
        }

        Assert.Empty(await community.AuditAsync());
        _ = await test.Database.WriteAsync(
            tx =>
            {
                if (tx is not SqliteTx sqlite)
                {
                    return PostgresTx.Of(tx).Run(fault);
                }

                using var statement = sqlite.Use(fault);
                return statement.Run();
            },
            cancellationToken: Community.Token);
        Assert.Contains(await community.AuditAsync(), line => line.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rooms_beyond_one_step_are_looked_at_too()
    {
        await using var test = await fresh();
        var community = new Community(test);
        var people = await community.PeopleAsync(6);
        foreach (var other in people[1..])
        {
            _ = await community.DirectAsync(people[0], other);
        }

        var rooms = test.Store<IRoomStore>();
        var steps = 0;
        for (RoomId? after = default(RoomId); after is { } from; steps++)
        {
            var step = await rooms.AuditAsync(from, 2, 0, Community.Token);
            Assert.Empty(step.Contradictions);
            after = step.Next;
        }

        Assert.Equal(3, steps);
    }
}
