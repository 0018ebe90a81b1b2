using Madang.Api;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Tests.Conformance.Realtime;

/// <summary>What an inbox is, on either engine.</summary>
public abstract class InboxFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_inbox_that_was_never_written_to_is_empty_and_at_its_start()
    {
        await using var database = await fresh();
        var inbox = database.Store<IInboxStore>();
        var page = await inbox.ReadAsync(new UserId(1), 0, 10, Cancelled);
        Assert.Equal((0, 1, 0), (page.Head, page.Oldest, page.Entries.Count));
        Assert.Empty(await inbox.HeadsAsync([new UserId(1)], Cancelled));
    }

    [Fact]
    public async Task Positions_are_dense_per_person_in_the_order_of_the_entries()
    {
        await using var database = await fresh();
        var positions = await AppendAsync(database, [Entry(1, 5, 7), Entry(2, 7), Entry(3, 7, 5, 9)]);
        Assert.Equal([[1, 1], [2], [3, 2, 1]], positions);
        Assert.Equal([[2, 3]], await AppendAsync(database, [Entry(4, 9, 5)]));

        var page = await database.Store<IInboxStore>().ReadAsync(new UserId(7), 1, 10, Cancelled);
        Assert.Equal((3, 1), (page.Head, page.Oldest));
        Assert.Equal([(2, 2), (3, 3)], page.Entries.Select(entry => (entry.Pos, entry.Ref.Detail)));
    }

    [Fact]
    public async Task An_entry_is_read_as_it_was_written()
    {
        await using var database = await fresh();
        var reference = new EntryRef(EntryType.MemberRemoved, long.MaxValue, long.MinValue);
        await AppendAsync(database, [new NewEntry(reference, [new UserId(3)])]);
        var page = await database.Store<IInboxStore>().ReadAsync(new UserId(3), 0, 1, Cancelled);
        Assert.Equal([new InboxEntry(1, reference, database.Time.GetUtcNow())], page.Entries);
    }

    [Fact]
    public async Task A_page_holds_what_comes_after_and_no_more_than_the_limit()
    {
        await using var database = await fresh();
        await AppendAsync(database, [.. Enumerable.Range(1, 50).Select(number => Entry(number, 1))]);
        var inbox = database.Store<IInboxStore>();
        Assert.Equal([11, 12, 13], (await inbox.ReadAsync(new UserId(1), 10, 3, Cancelled)).Entries.Select(entry => entry.Pos));
        Assert.Equal([50], (await inbox.ReadAsync(new UserId(1), 49, 3, Cancelled)).Entries.Select(entry => entry.Pos));
        Assert.Empty((await inbox.ReadAsync(new UserId(1), 50, 3, Cancelled)).Entries);
        Assert.Empty((await inbox.ReadAsync(new UserId(1), 51, 3, Cancelled)).Entries);
        var bounds = await inbox.ReadAsync(new UserId(1), null, 3, Cancelled);
        Assert.Equal((50, 1, 0), (bounds.Head, bounds.Oldest, bounds.Entries.Count));
    }

    [Fact]
    public async Task A_hundred_recipients_and_many_entries_at_once_go_through()
    {
        await using var database = await fresh();
        var everybody = Enumerable.Range(1, 100).ToArray();
        await AppendAsync(database, [Entry(1, everybody)]);
        await AppendAsync(database, [.. Enumerable.Range(2, 39).Select(number => Entry(number, everybody))]);
        foreach (var user in new[] { 1, 17, 100 })
        {
            var page = await database.Store<IInboxStore>().ReadAsync(new UserId(user), 0, 100, Cancelled);
            Assert.Equal(Enumerable.Range(1, 40).Select(number => ((long)number, (long)number)), page.Entries.Select(entry => (entry.Pos, entry.Ref.Detail)));
        }
    }

    [Fact]
    public async Task Positions_stay_dense_when_many_write_to_the_same_people_at_once()
    {
        await using var database = await fresh();
        var random = new Random(7);
        var writes = Enumerable.Range(1, 300).Select(number =>
        {
            // Unsorted on purpose: the store takes the locks in its own order.
            var to = Enumerable.Range(1, 8).OrderBy(_ => random.Next()).Take(random.Next(1, 8)).ToArray();
            return (Number: number, To: to);
        }).ToList();
        await Task.WhenAll(writes.Select(write => AppendAsync(database, [Entry(write.Number, write.To)])));

        for (var user = 1; user <= 8; user++)
        {
            var page = await database.Store<IInboxStore>().ReadAsync(new UserId(user), 0, 1000, Cancelled);
            Assert.Equal(Enumerable.Range(1, page.Entries.Count).Select(pos => (long)pos), page.Entries.Select(entry => entry.Pos));
            Assert.Equal(page.Entries.Count, page.Head);
            Assert.Equal(writes.Where(write => write.To.Contains(user)).Select(write => (long)write.Number).Order(), page.Entries.Select(entry => entry.Ref.Detail).Order());
        }
    }

    [Fact]
    public async Task What_is_rolled_back_leaves_no_hole()
    {
        await using var database = await fresh();
        await AppendAsync(database, [Entry(1, 1)]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync<Done>(tx =>
        {
            database.Store<IInboxStore>().Append(tx, [Entry(2, 1)]);
            throw new InvalidOperationException("planted");
        }));
        Assert.Equal([[2]], await AppendAsync(database, [Entry(3, 1)]));
        Assert.Equal([1, 3], (await database.Store<IInboxStore>().ReadAsync(new UserId(1), 0, 9, Cancelled)).Entries.Select(entry => entry.Ref.Detail));
    }

    /// <summary>Random appends, acks and prunings against a model of lists.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_mix_of_appends_and_prunings_reads_like_a_list(int seed)
    {
        await using var database = await fresh();
        var inbox = database.Store<IInboxStore>();
        var random = new Random(seed);
        var model = Enumerable.Range(1, 5).ToDictionary(user => user, _ => new List<(long Number, DateTimeOffset At)>());
        var pruned = model.Keys.ToDictionary(user => user, _ => 0);
        for (var step = 1; step <= 120; step++)
        {
            database.Time.Advance(TimeSpan.FromMinutes(random.Next(0, 60)));
            if (random.Next(5) > 0)
            {
                var to = model.Keys.Where(_ => random.Next(2) == 0).ToArray();
                var entries = Enumerable.Range(0, random.Next(1, 5)).Select(i => Entry((step * 10) + i, to)).ToArray();
                await AppendAsync(database, entries);
                foreach (var user in to)
                {
                    model[user].AddRange(entries.Select(entry => (entry.Ref.Detail, database.Time.GetUtcNow())));
                }
            }
            else
            {
                var (before, keep) = (database.Time.GetUtcNow() - TimeSpan.FromHours(random.Next(1, 30)), random.Next(5, 40));
                await PruneAsync(database, before, keep, random.Next(1, 60));
                foreach (var (user, entries) in model)
                {
                    var old = entries.FindIndex(entry => entry.At >= before);
                    pruned[user] = Math.Max(pruned[user], Math.Max(old < 0 ? entries.Count : old, entries.Count - keep));
                }
            }

            var reader = random.Next(1, 6);
            var page = await inbox.ReadAsync(new UserId(reader), pruned[reader], 1000, Cancelled);
            Assert.Equal((model[reader].Count, pruned[reader] + 1), (page.Head, page.Oldest));
            Assert.Equal(
                model[reader].Select((entry, at) => ((long)at + 1, entry.Number, entry.At)).Skip(pruned[reader]),
                page.Entries.Select(entry => (entry.Pos, entry.Ref.Detail, entry.At)));
        }
    }

    [Fact]
    public async Task Pruning_takes_no_more_than_the_limit_at_a_time_and_ends()
    {
        await using var database = await fresh();
        await AppendAsync(database, [.. Enumerable.Range(1, 30).Select(number => Entry(number, 1, 2))]);
        database.Time.Advance(TimeSpan.FromDays(31));
        await AppendAsync(database, [Entry(31, 1)]);
        var before = database.Time.GetUtcNow() - TimeSpan.FromDays(30);
        var steps = new List<int>();
        do
        {
            steps.Add((await StepAsync(database, default, before, 20_000, 25)).Deleted);
        }
        while (steps[^1] > 0);
        Assert.Equal([25, 25, 10, 0], steps);
        var inbox = database.Store<IInboxStore>();
        var (one, two) = (await inbox.ReadAsync(new UserId(1), 30, 9, Cancelled), await inbox.ReadAsync(new UserId(2), 30, 9, Cancelled));
        Assert.Equal((31, 31, 1), (one.Head, one.Oldest, one.Entries.Count));
        Assert.Equal((30, 31, 0), (two.Head, two.Oldest, two.Entries.Count));
        Assert.Equal([[31]], await AppendAsync(database, [Entry(32, 2)]));
    }

    [Fact]
    public async Task A_cursor_before_what_is_kept_reads_nothing_but_learns_the_bounds()
    {
        await using var database = await fresh();
        await AppendAsync(database, [.. Enumerable.Range(1, 10).Select(number => Entry(number, 1))]);
        await PruneAsync(database, DateTimeOffset.UnixEpoch, 4, 50);
        var inbox = database.Store<IInboxStore>();
        var late = await inbox.ReadAsync(new UserId(1), 5, 50, Cancelled);
        Assert.Equal((10, 7, 0), (late.Head, late.Oldest, late.Entries.Count));
        Assert.Equal([7, 8, 9, 10], (await inbox.ReadAsync(new UserId(1), 6, 50, Cancelled)).Entries.Select(entry => entry.Pos));
    }

    [Fact]
    public async Task Heads_are_told_for_many_at_once()
    {
        await using var database = await fresh();
        await AppendAsync(database, [Entry(1, 1, 2), Entry(2, 2)]);
        var heads = await database.Store<IInboxStore>().HeadsAsync([new UserId(2), new UserId(1), new UserId(3)], Cancelled);
        Assert.Equal([(1, 1), (2, 2)], heads.Select(head => (head.User.Value, head.Head)).Order());
    }

    [Fact]
    public async Task Acks_only_rise_and_never_pass_the_head()
    {
        await using var database = await fresh();
        await AppendAsync(database, [.. Enumerable.Range(1, 10).Select(number => Entry(number, 1))]);
        Assert.Equal([(1, 7, 4)], await AckAsync(database, new InboxAck(new UserId(1), 7, 4)));
        Assert.Equal([(1, 7, 4)], await AckAsync(database, new InboxAck(new UserId(1), 7, 2)));
        Assert.Equal([(1, 7, 10), (1, 8, 1)], await AckAsync(database, new InboxAck(new UserId(1), 8, 1), new InboxAck(new UserId(1), 7, 99), new InboxAck(new UserId(1), 7, 3)));
        Assert.Equal([(1, 7, 10), (1, 8, 1)], await AckAsync(database, new InboxAck(new UserId(99), 9, 1)));
    }

    [Fact]
    public async Task Marks_of_devices_that_nobody_uses_go_with_the_entries()
    {
        await using var database = await fresh();
        await AppendAsync(database, [.. Enumerable.Range(1, 10).Select(number => Entry(number, 1))]);
        await AckAsync(database, new InboxAck(new UserId(1), 7, 3), new InboxAck(new UserId(1), 8, 6), new InboxAck(new UserId(1), 9, 10));
        await PruneAsync(database, DateTimeOffset.UnixEpoch, 4, 50);
        Assert.Equal([(1, 8, 6), (1, 9, 10)], await AckAsync(database));
    }

    [Fact]
    public async Task The_epoch_fits_a_cursor_and_stays()
    {
        await using var database = await fresh();
        var epoch = await database.Store<IInboxStore>().EpochAsync(Cancelled);
        Assert.InRange(epoch, 1, (1L << 48) - 1);
        Assert.Equal(epoch, await database.Store<IInboxStore>().EpochAsync(Cancelled));
    }

    /// <summary>All marks: user, device, position.</summary>
    private protected abstract Task<IReadOnlyList<(long User, long Device, long Pos)>> MarksAsync(TestDatabase database);

    private static NewEntry Entry(long number, params int[] to) =>
        new(new EntryRef(EntryType.MessageCreated, 42, number), [.. to.Select(user => new UserId(user))]);

    private static Task<long[][]> AppendAsync(TestDatabase database, NewEntry[] entries) =>
        database.WriteAsync(tx => database.Store<IInboxStore>().Append(tx, entries));

    private static Task<PruneStep> StepAsync(TestDatabase database, UserId from, DateTimeOffset before, int keep, int limit) =>
        database.WriteAsync(tx => database.Store<IInboxStore>().Prune(tx, from, before, keep, limit), Lane.Background);

    private static async Task PruneAsync(TestDatabase database, DateTimeOffset before, int keep, int limit)
    {
        PruneStep step;
        var from = default(UserId);
        do
        {
            step = await StepAsync(database, from, before, keep, limit);
            from = step.Next;
        }
        while (step.Deleted > 0 || from != default);
    }

    private async Task<IReadOnlyList<(long User, long Device, long Pos)>> AckAsync(TestDatabase database, params InboxAck[] acks)
    {
        await database.WriteAsync(tx =>
        {
            database.Store<IInboxStore>().Ack(tx, acks);
            return Done.Value;
        });
        return await MarksAsync(database);
    }
}

public sealed class SqliteInboxTests() : InboxFacts(TestDatabase.SqliteAsync)
{
    private protected override Task<IReadOnlyList<(long User, long Device, long Pos)>> MarksAsync(TestDatabase database) =>
        database.Store<Madang.Sqlite.SqliteDatabase>().ReadAsync<IReadOnlyList<(long, long, long)>>(
            connection =>
            {
                var marks = new List<(long, long, long)>();
                using var select = connection.Use("SELECT user_id, device_id, pos FROM inbox_ack ORDER BY 1, 2");
                while (select.Step())
                {
                    marks.Add((select.Int64(0), select.Int64(1), select.Int64(2)));
                }

                return marks;
            },
            TestContext.Current.CancellationToken);
}

public sealed class PostgresInboxTests() : InboxFacts(TestDatabase.PostgresAsync)
{
    private protected override async Task<IReadOnlyList<(long User, long Device, long Pos)>> MarksAsync(TestDatabase database)
    {
        await using var select = database.Store<Madang.Postgres.PostgresDatabase>().Source.CreateCommand("SELECT user_id, device_id, pos FROM inbox_ack ORDER BY 1, 2");
        await using var reader = await select.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var marks = new List<(long, long, long)>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            marks.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return marks;
    }
}
