using Madang.Accounts.Credentials;
using Madang.Api;

namespace Madang.Tests.Unit.Accounts;

public sealed class CallerCacheTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void It_believes_nothing_longer_than_its_life()
    {
        var cache = new CallerCache(_time, TimeSpan.FromSeconds(3));
        Keep(cache, 1);
        Assert.NotNull(cache.Find(Digest(1)));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(cache.Find(Digest(1)));
    }

    [Fact]
    public void What_ended_is_forgotten()
    {
        var cache = new CallerCache(_time, TimeSpan.FromHours(1));
        Keep(cache, 1);
        Keep(cache, 2);
        cache.Forget([1]);
        Assert.Null(cache.Find(Digest(1)));
        Assert.NotNull(cache.Find(Digest(2)));
    }

    [Fact]
    public void A_persons_credentials_are_forgotten_together()
    {
        var cache = new CallerCache(_time, TimeSpan.FromHours(1));
        Keep(cache, 1, user: 7);
        Keep(cache, 2, user: 7);
        Keep(cache, 3, user: 8);
        cache.Forget(new UserId(7));
        Assert.Equal([false, false, true], new[] { 1, 2, 3 }.Select(n => cache.Find(Digest(n)) is not null));
    }

    [Fact]
    public void A_row_read_just_before_it_ended_is_not_kept()
    {
        var cache = new CallerCache(_time, TimeSpan.FromHours(1));
        var mark = cache.Mark;
        cache.Forget([1]);
        cache.Keep(Digest(1), Row(1, 7), mark);
        Assert.Null(cache.Find(Digest(1)));
    }

    [Fact]
    public void It_never_holds_more_than_its_bound_and_forgets_in_both_generations()
    {
        var cache = new CallerCache(_time, TimeSpan.FromHours(1), bound: 20);
        for (var i = 1; i <= 100; i++)
        {
            Keep(cache, i);
        }

        var kept = Enumerable.Range(1, 100).Where(n => cache.Find(Digest(n)) is not null).ToArray();
        Assert.InRange(kept.Length, 10, 20);
        Assert.Equal(100, kept[^1]);
        cache.Forget(kept.Select(n => (long)n));
        Assert.All(kept, n => Assert.Null(cache.Find(Digest(n))));
    }

    [Fact]
    public void A_token_is_told_from_other_texts_by_its_shape()
    {
        var token = Token.New(CredentialKind.Session);
        Assert.True(Token.LooksRight(token.Text));
        Assert.StartsWith("mds_", token.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Text[4..], token.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(token.Digest, Token.New(CredentialKind.Session).Digest);
        Assert.All(
            new[] { "", "mds_", token.Text + "x", token.Text[..^1], "xxx_" + token.Text[4..], token.Text[..^1] + "\0", token.Text[..^1] + "한" },
            text => Assert.False(Token.LooksRight(text)));
    }

    private void Keep(CallerCache cache, int n, long user = 7) => cache.Keep(Digest(n), Row(n, user), cache.Mark);

    private static TokenDigest Digest(int n) => new(n, n, n, n);

    private Credential Row(long id, long user) =>
        new(id, CredentialKind.Session, new UserId(user), Role.User, null, _time.GetUtcNow(), _time.GetUtcNow(), _time.GetUtcNow().AddDays(30));
}
