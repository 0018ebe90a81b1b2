using FsCheck;
using FsCheck.Fluent;
using Madang.Storage;

namespace Madang.Tests.Unit.Storage;

/// <summary>Ids are unique and ascend, whatever the clock does and however many threads ask.</summary>
public sealed class SnowflakeTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_id_tells_its_time_and_its_node()
    {
        var ids = new Snowflake(new FakeTime(Now), node: 513);
        var id = ids.Next();
        Assert.Equal(Now, Snowflake.TimeOf(id));
        Assert.Equal(513, (id >> 12) & 1023);
        Assert.Equal(Now, ids.HighWater);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1024)]
    public void A_node_outside_its_ten_bits_is_refused(int node) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Snowflake(TimeProvider.System, node));

    [Fact]
    public void More_than_a_millisecond_holds_borrows_from_the_next()
    {
        var ids = new Snowflake(new FakeTime(Now), node: 0);
        var many = Enumerable.Range(0, 10_000).Select(_ => ids.Next()).ToList();
        Assert.Equal(many.Order().Distinct(), many);
        Assert.Equal(Now.AddMilliseconds(2), Snowflake.TimeOf(many[^1]));
    }

    [Fact]
    public void Ids_ascend_over_any_steps_of_the_clock() => Prop.ForAll<int[]>(steps =>
    {
        var time = new FakeTime(Now);
        var ids = new Snowflake(time, node: 7);
        var last = ids.Next();
        foreach (var step in steps)
        {
            time.Step(TimeSpan.FromMilliseconds(step * 100.0));
            var next = ids.Next();
            if (next <= last || ((next >> 12) & 1023) != 7)
            {
                return false;
            }

            last = next;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ids_never_pass_a_ceiling_by_the_clock() => Prop.ForAll<int[], int>((steps, room) =>
    {
        var time = new FakeTime(Now);
        var ceiling = Now.AddMilliseconds(Math.Abs((long)room));
        var ids = new Snowflake(time, node: 7) { Ceiling = ceiling };
        foreach (var step in steps)
        {
            time.Step(TimeSpan.FromMilliseconds(step * 100.0));
            if (Snowflake.TimeOf(ids.Next()) > ceiling && ceiling > Now)
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_holder_that_begins_after_the_mark_never_undercuts_the_one_before() => Prop.ForAll<int[]>(runs =>
    {
        var time = new FakeTime(Now);
        var mark = DateTimeOffset.MinValue;
        var last = 0L;
        foreach (var run in runs)
        {
            time.Step(TimeSpan.FromSeconds(run));
            var ids = mark == DateTimeOffset.MinValue ? new Snowflake(time, 1) : new Snowflake(time, 1, mark + Snowflake.Gap);
            var ahead = ids.HighWater + Snowflake.Gap;
            mark = ids.Ceiling = ahead > time.GetUtcNow().AddSeconds(15) ? ahead : time.GetUtcNow().AddSeconds(15);
            for (var i = 0; i < 50; i++)
            {
                time.Step(TimeSpan.FromSeconds(i % 7));
                var next = ids.Next();
                if (next <= last)
                {
                    return false;
                }

                last = next;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Many_threads_get_different_ids_and_each_sees_them_ascend()
    {
        var ids = new Snowflake(TimeProvider.System, node: 3);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Enumerable.Range(0, 50_000).Select(_ => ids.Next()).ToArray(), TestContext.Current.CancellationToken)));
        Assert.All(taken, mine => Assert.True(mine.Zip(mine.Skip(1)).All(pair => pair.First < pair.Second)));
        Assert.Equal(8 * 50_000, taken.SelectMany(mine => mine).Distinct().Count());
    }
}
