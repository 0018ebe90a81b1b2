using System.Collections;
using Madang.Settings;

namespace Madang.Tests.Unit.Settings;

public sealed class SettingsReadingTests
{
    [Fact]
    public void Providers_have_free_names_and_their_secrets_are_not_shown()
    {
        var reading = Read(new()
        {
            ["Madang:Notifications:Providers:my-sms:Kind"] = "twilio",
            ["MADANG:NOTIFICATIONS:PROVIDERS:MY-SMS:AUTHTOKEN"] = "hush",
            ["Madang:Notifications:Providers:my-sms:Senders:0"] = "+15005550006",
        });
        Assert.Empty(reading.Faults);
        Assert.Empty(reading.Warnings);
        var effective = reading.Effective().ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(("twilio", "hush", "+15005550006"), (
            effective["Madang:Notifications:Providers:my-sms:Kind"], effective["Madang:Notifications:Providers:my-sms:AuthToken"],
            effective["Madang:Notifications:Providers:my-sms:Senders:0"]));
        Assert.Equal("(secret)", reading.Values.Single(value => value.Setting.Key.EndsWith("AUTHTOKEN", StringComparison.OrdinalIgnoreCase)).Shown);
    }

    [Fact]
    public void The_defaults_are_without_fault()
    {
        var reading = Read([]);
        Assert.Empty(reading.Faults);
        Assert.Empty(reading.Warnings);
        var settings = ServerSettings.From(reading);
        Assert.Null(settings.Postgres);
        Assert.True(settings.RateLimits);
        Assert.False(settings.IsOpenToEavesdroppers);
    }

    [Theory]
    [InlineData("Madang:Database", "mysql://x")]
    [InlineData("Madang:Database", "Username=a;Password=b")]
    [InlineData("Madang:Broker", "amqp://localhost")]
    [InlineData("Madang:PublicUrl", "https://a.example/path")]
    [InlineData("Madang:PublicUrl", "ftp://a.example")]
    [InlineData("Madang:Urls", "http://somewhere.example:80")]
    [InlineData("Madang:Urls", ";")]
    [InlineData("Madang:Urls", "https://127.0.0.1:1")]
    [InlineData("Madang:TrustedProxies", "10.0.0.0/8, nonsense")]
    [InlineData("Madang:RateLimits", "maybe")]
    [InlineData("Madang:Origins", "app.example.org")]
    [InlineData("Madang:Tls:Certificate", "/nowhere/cert.pem")]
    [InlineData("Madang:Log:Level", "Loud")]
    [InlineData("Madang:WriteLimits:PerMinute", "0")]
    [InlineData("Madang:WriteLimits:PerMinute", "many")]
    [InlineData("Madang:Chat:MaxMembers", "101")]
    public void A_bad_value_is_a_fault_that_names_its_key(string key, string value)
    {
        var reading = Read(new() { [key] = value });
        Assert.Contains(reading.Faults, fault => fault.Key == key);
    }

    [Fact]
    public void A_certificate_without_its_key_is_a_fault()
    {
        var file = Path.GetTempFileName();
        Assert.Contains(Read(new() { ["Madang:Tls:Certificate"] = file }).Faults, fault => fault.Message.Contains("go together"));
        File.Delete(file);
    }

    [Theory]
    [InlineData("http://0.0.0.0:80", true)]
    [InlineData("http://*:80", true)]
    [InlineData("http://[::]:80", true)]
    [InlineData("http://192.0.2.1:80", true)]
    [InlineData("http://127.0.0.1:80;http://[::1]:80", false)]
    [InlineData("http://localhost:80", false)]
    public void Who_listens_to_the_network_in_clear_is_known(string urls, bool open)
    {
        Assert.Equal(open, ServerSettings.From(Read(new() { ["Madang:Urls"] = urls })).IsOpenToEavesdroppers);
        Assert.False(ServerSettings.From(Read(new() { ["Madang:Urls"] = urls, ["Madang:TrustedProxies"] = "192.0.2.9" })).IsOpenToEavesdroppers);
    }

    [Fact]
    public void A_flag_beats_the_environment_and_keys_are_found_in_any_case()
    {
        var environment = new Hashtable { ["madang__urls"] = "http://127.0.0.1:1", ["MADANG__COMMUNITY"] = "Env", ["PATH"] = "x" };
        var reading = SettingsReading.Read(new Dictionary<string, string?> { ["Madang:Urls"] = "http://127.0.0.1:2" }, environment);
        Assert.Equal("http://127.0.0.1:2", reading["Madang:Urls"]);
        Assert.Equal("Env", reading["Madang:Community"]);
        Assert.Empty(reading.Warnings);
    }

    [Fact]
    public void A_key_that_means_nothing_is_warned_of_with_what_it_may_have_meant()
    {
        var reading = SettingsReading.Read(new Dictionary<string, string?>(), new Hashtable { ["MADANG__PUBLICURI"] = "x", ["MADANG__WHOLLY__UNHEARD__OF"] = "x" });
        Assert.Contains(reading.Warnings, warning => warning.Contains("Did you mean Madang:PublicUrl?"));
        Assert.Contains(reading.Warnings, warning => warning.Contains("MADANG__WHOLLY__UNHEARD__OF") && !warning.Contains("Did you mean"));
    }

    private static SettingsReading Read(Dictionary<string, string?> flags) => SettingsReading.Read(flags, new Hashtable());
}
