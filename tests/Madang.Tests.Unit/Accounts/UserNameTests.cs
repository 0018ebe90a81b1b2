using System.Text;
using Madang.Accounts;

namespace Madang.Tests.Unit.Accounts;

public sealed class UserNameTests
{
    [Theory]
    [InlineData("mina")]
    [InlineData("Min-A_1.x")]
    [InlineData("민아")]
    [InlineData("ㅋㅋ")]
    [InlineData("José")]
    [InlineData("नेहा")]
    [InlineData("7up")]
    public void Letters_digits_and_three_signs_are_names(string name) => Assert.Equal(name.Normalize(), UserName.Check(name).Value);

    [Theory]
    [InlineData(null, "required")]
    [InlineData("", "required")]
    [InlineData("   ", "required")]
    [InlineData("a b", "invalid")]
    [InlineData("-a", "invalid")]
    [InlineData("..", "invalid")]
    [InlineData("a\0b", "invalid")]
    [InlineData("a\nb", "invalid")]
    [InlineData("a\u200Bb", "invalid")]
    [InlineData("a\u200Db", "invalid")]
    [InlineData("a\u202Eb", "invalid")]
    [InlineData("\u3164", "invalid")]
    [InlineData("가\u1160", "invalid")]
    [InlineData("ａｄｍｉｎ", "invalid")]
    [InlineData("𝐚dmin", "invalid")]
    [InlineData("\u0301a", "invalid")]
    [InlineData("😀", "invalid")]
    [InlineData("a@b", "invalid")]
    [InlineData("<a>", "invalid")]
    public void What_hides_or_imitates_is_no_name(string? name, string code) =>
        Assert.Equal((code, "name"), UserName.Check(name).Error!.Fields.Select(field => (field.Code, field.Field)).Single());

    [Fact]
    public void A_name_has_at_most_64_characters_after_composition()
    {
        Assert.True(UserName.Check(new string('a', 64)).IsOk);
        Assert.Equal("too_long", UserName.Check(new string('a', 65)).Error!.Fields.Single().Code);
        Assert.Equal(64, UserName.Check(new string('한', 64).Normalize(NormalizationForm.FormD)).Value.Length);
    }

    [Theory]
    [InlineData("Mina", "mINA")]
    [InlineData("한글", "한글")]
    [InlineData("É", "e\u0301")]
    public void Case_and_composition_make_no_other_name(string one, string other) => Assert.Equal(UserName.KeyOf(one), UserName.KeyOf(other));

    [Fact]
    public void A_decomposed_name_is_kept_composed() => Assert.Equal("한글", UserName.Check("한글".Normalize(NormalizationForm.FormD)).Value);
}
