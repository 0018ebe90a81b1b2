using Madang.Api;
using Madang.Feeds.Posts;

namespace Madang.Tests.Unit.Feeds;

public sealed class ExactMemoryTests
{
    private const int Cost = 100;

    [Fact]
    public void What_is_forgotten_while_it_is_read_is_not_kept()
    {
        var memory = Memory(1_000_000);
        var key = new UserId(7);
        var turn = memory.Turn(key);
        memory.Forget(key);
        memory.Keep(key, "stale", turn);
        Assert.False(memory.TryGet(key, out _));

        memory.Keep(key, "fresh", memory.Turn(key));
        Assert.True(memory.TryGet(key, out var value));
        Assert.Equal("fresh", value);
    }

    [Fact]
    public void What_is_forgotten_is_gone_whichever_age_it_is_in()
    {
        var memory = Memory(64 * 2 * 2 * Cost);
        UserId[] users = [.. Enumerable.Range(1, 1_000).Select(id => new UserId(id))];
        foreach (var user in users)
        {
            memory.Keep(user, "before", memory.Turn(user));
        }

        Assert.Contains(users, user => memory.TryGet(user, out _));
        foreach (var user in users)
        {
            memory.Forget(user);
            Assert.False(memory.TryGet(user, out _));
        }

        Assert.Equal(0, memory.Bytes);
    }

    [Fact]
    public void It_stays_within_its_bytes_and_keeps_what_is_used()
    {
        const int Places = 64 * 2 * 50;
        var memory = Memory(Places * Cost);
        var used = new UserId(42);
        memory.Keep(used, "used", memory.Turn(used));
        for (var id = 1_000; id < 100_000; id++)
        {
            memory.Keep(new(id), "once", memory.Turn(new(id)));
            Assert.True(memory.TryGet(used, out _));
        }

        Assert.InRange(memory.Bytes, Places * Cost / 4, Places * Cost);
        Assert.True(memory.TryGet(new(99_999), out _));
        Assert.False(memory.TryGet(new(1_000), out _));
    }

    [Fact]
    public void What_is_larger_than_its_part_is_not_kept_and_all_can_be_forgotten_at_once()
    {
        var memory = Memory(64 * 2 * (Cost - 1));
        memory.Keep(new(1), "large", memory.Turn(new(1)));
        Assert.False(memory.TryGet(new(1), out _));

        memory = Memory(1_000_000);
        var turn = memory.Turn(new(2));
        memory.Keep(new(1), "one", memory.Turn(new(1)));
        memory.ForgetAll();
        memory.Keep(new(2), "read before", turn);
        Assert.False(memory.TryGet(new(1), out _) || memory.TryGet(new(2), out _));
        Assert.Equal(0, memory.Bytes);
    }

    [Fact]
    public async Task Nobody_finds_what_is_older_than_what_was_told_before_they_asked()
    {
        // The rows are numbers that only grow; who writes one forgets it and then says that it is written.
        const int Keys = 40;
        var (rows, told) = (new long[Keys], new long[Keys]);
        var memory = new ExactMemory<UserId, object>(64 * 2 * 200, static _ => Cost);
        var late = 0;
        var ended = false;
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            while (!Volatile.Read(ref ended))
            {
                var key = random.Next(Keys);
                var least = Volatile.Read(ref told[key]);
                if (!memory.TryGet(new(key), out var value))
                {
                    var turn = memory.Turn(new(key));
                    value = Volatile.Read(ref rows[key]);
                    memory.Keep(new(key), value, turn);
                }

                if ((long)value < least)
                {
                    Interlocked.Increment(ref late);
                }
            }
        })).ToArray();
        var writes = new Random(99);
        for (var i = 0; i < 300_000; i++)
        {
            var key = writes.Next(Keys);
            Volatile.Write(ref rows[key], rows[key] + 1);
            memory.Forget(new(key));
            Volatile.Write(ref told[key], rows[key]);
        }

        Volatile.Write(ref ended, true);
        await Task.WhenAll(readers);
        Assert.Equal(0, late);
    }

    private static ExactMemory<UserId, string> Memory(long bytes) => new(bytes, static _ => Cost);
}
