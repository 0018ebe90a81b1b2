using System.Text;
using Madang.Accounts;
using Madang.Accounts.Passwords;

namespace Madang.Tests.Unit.Accounts;

public sealed class PasswordTests
{
    private const int Rounds = 1_000;

    [Fact]
    public void A_hash_knows_its_password_and_no_other()
    {
        var stored = PasswordHash.Create("correct horse", Rounds);
        Assert.StartsWith("$pbkdf2-sha512$v=1$i=1000$", stored, StringComparison.Ordinal);
        Assert.True(PasswordHash.Verify(stored, "correct horse"));
        Assert.False(PasswordHash.Verify(stored, "Correct horse"));
        Assert.NotEqual(stored, PasswordHash.Create("correct horse", Rounds));
    }

    [Fact]
    public void A_password_typed_in_decomposed_Hangul_is_the_same_password() =>
        Assert.True(PasswordHash.Verify(PasswordHash.Create("우리집마당비밀", Rounds), "우리집마당비밀".Normalize(NormalizationForm.FormD)));

    [Theory]
    [InlineData("")]
    [InlineData("$2b$10$abcdefghijklmnopqrstuv")]
    [InlineData("$pbkdf2-sha512$v=1$i=1000$AAAA$AAAA")]
    [InlineData("$pbkdf2-sha512$v=2$i=1000$AAAAAAAAAAAAAAAAAAAAAA==$AAAA")]
    public void A_stored_text_of_another_kind_is_an_error_and_no_match(string stored) =>
        Assert.Throws<FormatException>(() => PasswordHash.Verify(stored, "anything"));

    [Theory]
    [InlineData(null, "required")]
    [InlineData("", "required")]
    [InlineData("short", "too_short")]
    [InlineData("aaaaaaaaaa", "weak_password")]
    [InlineData("12345678", "weak_password")]
    [InlineData("hgfedcba", "weak_password")]
    [InlineData("PassWord123", "weak_password")]
    [InlineData("Mina.Kim.1999", "weak_password")]
    [InlineData("qwerty12345", "weak_password")]
    [InlineData("secret\0secret", "invalid")]
    public void A_poor_password_is_refused(string? password, string code) =>
        Assert.Equal(("password", code), PasswordRules.Check(password, "password", "mina.kim.1999").Error!.Fields.Select(field => (field.Field, field.Code)).Single());

    // An attribute cannot hold half of a surrogate pair.
    [Fact]
    public void Half_of_a_surrogate_pair_is_refused()
    {
        Assert.Equal("invalid", PasswordRules.Check("secret\uD800secret", "password", null).Error!.Fields.Single().Code);
        Assert.Equal("invalid", UserName.Check("mi\uD800na").Error!.Fields.Single().Code);
    }

    [Theory]
    [InlineData("        ␣ spaces too        ")]
    [InlineData("마당에꽃이피었네요")]
    [InlineData("tr0ub4dor&3x")]
    public void Any_characters_make_a_password(string password) => Assert.Equal(password, PasswordRules.Check(password, "password", "mina").Value);

    [Fact]
    public void A_password_has_at_most_256_characters()
    {
        var longest = string.Concat(Enumerable.Repeat("xY3-", 64));
        Assert.True(PasswordRules.Check(longest, "password", null).IsOk);
        Assert.Equal("too_long", PasswordRules.Check(longest + "!", "password", null).Error!.Fields.Single().Code);
    }

    [Fact]
    public async Task The_lane_verifies_and_calls_nobody_for_an_unknown_account()
    {
        using var lane = new PasswordLane(new PasswordWork(Rounds), queueBound: 4);
        var stored = (await lane.HashAsync("correct horse", Cancel)).Value;
        Assert.True((await lane.VerifyAsync(stored, "correct horse", Cancel)).Value);
        Assert.False((await lane.VerifyAsync(null, "correct horse", Cancel)).Value);
        Assert.False(lane.IsOutdated(stored));
        Assert.True(lane.IsOutdated(PasswordHash.Dummy(Rounds - 1)));
    }

    [Fact]
    public async Task Beyond_its_bound_the_lane_asks_to_come_back()
    {
        using var lane = new PasswordLane(new PasswordWork(Rounds), queueBound: 2);
        var waiting = Enumerable.Range(0, 200).Select(_ => lane.HashAsync("correct horse", Cancel)).ToArray();
        var answers = await Task.WhenAll(waiting);
        Assert.Contains(answers, answer => answer.IsOk);
        var refused = Assert.IsType<Api.Error>(answers.First(answer => !answer.IsOk).Error);
        Assert.Equal(("overloaded", 503), (refused.Code, refused.Status));
        Assert.NotNull(refused.RetryAfter);
        Assert.True((await lane.HashAsync("correct horse", Cancel)).IsOk);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
