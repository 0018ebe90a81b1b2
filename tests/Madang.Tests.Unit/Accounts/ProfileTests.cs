using Madang.Accounts;

namespace Madang.Tests.Unit.Accounts;

public sealed class ProfileTests
{
    [Theory]
    [InlineData("ko")]
    [InlineData("en-GB")]
    [InlineData("zh-Hant-TW")]
    public void A_language_tag_is_taken(string locale) => Assert.Equal(locale, Profile.CheckLocale(locale).Value);

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("ko_KR")]
    [InlineData("ko-")]
    [InlineData("1a")]
    [InlineData("en-toolongsubtag")]
    [InlineData("한국어")]
    [InlineData("en-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa")]
    public void What_is_no_language_tag_is_refused(string locale) => Assert.Equal("locale", Profile.CheckLocale(locale).Error!.Fields.Single().Field);

    [Theory]
    [InlineData("Asia/Seoul")]
    [InlineData("Europe/Berlin")]
    [InlineData("UTC")]
    public void An_IANA_zone_is_taken(string zone) => Assert.Equal(zone, Profile.CheckTimeZone(zone).Value);

    [Theory]
    [InlineData("")]
    [InlineData("Seoul")]
    [InlineData("Korea Standard Time")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("Asia/Seoul\0")]
    public void What_is_no_IANA_zone_is_refused(string zone) => Assert.Equal("time_zone", Profile.CheckTimeZone(zone).Error!.Fields.Single().Field);

    [Fact]
    public void All_faulty_fields_are_told_at_once()
    {
        var faults = new FieldFaults();
        Profile.Check(new string('x', 65), "??", "Nowhere", faults);
        Assert.Equal(["display_name", "locale", "time_zone"], faults.Error!.Fields.Select(field => field.Field));
    }
}
