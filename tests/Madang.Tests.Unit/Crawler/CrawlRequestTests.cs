using System.Text.Json;
using Madang.Api;
using Madang.Crawler;
using Madang.Crawler.Endpoints;

namespace Madang.Tests.Unit.Crawler;

/// <summary>What <c>POST /v1/crawls</c> takes and refuses.</summary>
public sealed class CrawlRequestTests
{
    [Fact]
    public void Seeds_alone_are_enough()
    {
        var settings = Read("""{"seeds":[" https://example.org/ "]}""").Value.Settings;
        Assert.Equal(new CrawlSettings { Seeds = [] } with { Seeds = settings.Seeds, Allow = settings.Allow, Boosts = settings.Boosts }, settings);
        Assert.Equal(["https://example.org/"], settings.Seeds);
    }

    [Fact]
    public void Every_setting_can_be_made()
    {
        var wanted = new CrawlSettings
        {
            Seeds = ["http://a.example/", "https://뜰.kr/길"],
            Scope = CrawlScope.Prefix,
            MaxPages = 10,
            MaxDepth = 3,
            DelayMs = 0,
            DomainDelayMs = 1,
            AddressDelayMs = 2,
            LatencyFactor = 0.5,
            MaxDelayMs = 5,
            Agent = "My-bot_2",
            Allow = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"],
            ObeyNofollow = false,
            Recrawl = true,
            MinRecrawlSeconds = 7,
            MaxRecrawlSeconds = 8,
            MaxPageBytes = 4_096,
            Archive = false,
            Search = false,
            Concurrency = 9,
            DomainBudget = 11,
            BudgetPerReference = 0,
            DocumentsOnly = false,
            FollowImportance = false,
            Boosts = [new("/소식/*", 15), new("https://a.example/old", -15)],
        };
        var read = Read(JsonSerializer.Serialize(wanted, ApiJson.Options)).Value.Settings;
        Assert.Equal(JsonSerializer.Serialize(wanted, ApiJson.Options), JsonSerializer.Serialize(read, ApiJson.Options));
    }

    [Fact]
    public void No_setting_is_out_of_reach()
    {
        var fields = typeof(CrawlRequest).GetProperties().Select(property => property.Name).ToHashSet();
        // What a crawl is made for is said by the module that makes it.
        var ours = (string[])["EqualityContract", nameof(CrawlSettings.Items)];
        Assert.Subset(fields, typeof(CrawlSettings).GetProperties().Select(property => property.Name).Except(ours).ToHashSet());
    }

    [Fact]
    public void Sixty_four_boosts_are_the_most()
    {
        var boosts = Enumerable.Repeat(new BoostRequest("/a", 1), 64).ToList();
        Assert.True((Request(["https://a.org/"]) with { Boosts = boosts }).Read().IsOk);
        Assert.Equal(["boosts too_long"], (Request(["https://a.org/"]) with { Boosts = [.. boosts, new("/b", 1)] }).Read().Error!.Fields.Select(fault => $"{fault.Field} {fault.Code}"));
        Assert.Equal(
            ["boosts.0.pattern too_long"], (Request(["https://a.org/"]) with { Boosts = [new("/" + new string('*', 512), 1)] }).Read().Error!.Fields.Select(fault => $"{fault.Field} {fault.Code}"));
    }

    [Theory]
    [InlineData("""{"seeds":["https://a.org/"],"boosts":[null,{"pattern":"","classes":1}]}""", "boosts.0.pattern required;boosts.0.classes out_of_range;boosts.1.pattern required")]
    [InlineData("""{"seeds":["https://a.org/"],"boosts":[{"pattern":"news","classes":0},{"pattern":"/a b","classes":16},{"pattern":"/a\u0000","classes":-99999999999}]}""", "boosts.0.pattern invalid;boosts.0.classes out_of_range;boosts.1.pattern invalid;boosts.1.classes out_of_range;boosts.2.pattern invalid;boosts.2.classes out_of_range")]
    [InlineData("""{}""", "seeds required")]
    [InlineData("""{"seeds":[]}""", "seeds required")]
    [InlineData("""{"seeds":["https://a.org/",null]}""", "seeds.1 required")]
    [InlineData("""{"seeds":["ftp://a.org/"]}""", "seeds.0 invalid")]
    [InlineData("""{"seeds":["/relative"]}""", "seeds.0 invalid")]
    [InlineData("""{"seeds":["javascript:alert(1)","https://"]}""", "seeds.0 invalid;seeds.1 invalid")]
    [InlineData("""{"name":"a\u0007b","seeds":[]}""", "name invalid;seeds required")]
    [InlineData("""{"seeds":["https://a.org/"],"scope":"moon"}""", "scope unknown_value")]
    [InlineData("""{"seeds":["https://a.org/"],"scope":"Host"}""", "scope unknown_value")]
    [InlineData("""{"seeds":["https://a.org/"],"scope":""}""", "scope unknown_value")]
    [InlineData("""{"seeds":["https://a.org/"],"max_pages":0}""", "max_pages out_of_range")]
    [InlineData("""{"seeds":["https://a.org/"],"max_pages":9223372036854775807}""", "max_pages out_of_range")]
    [InlineData("""{"seeds":["https://a.org/"],"max_depth":-1}""", "max_depth out_of_range")]
    [InlineData("""{"seeds":["https://a.org/"],"max_depth":4294967296}""", "max_depth out_of_range")]
    [InlineData("""{"seeds":["https://a.org/"],"delay_ms":-1,"domain_delay_ms":-1,"address_delay_ms":-1,"max_delay_ms":-1}""", "delay_ms out_of_range;domain_delay_ms out_of_range;address_delay_ms out_of_range;max_delay_ms out_of_range")]
    [InlineData("""{"seeds":["https://a.org/"],"latency_factor":-0.5}""", "latency_factor out_of_range")]
    [InlineData("""{"seeds":["https://a.org/"],"agent":""}""", "agent required")]
    [InlineData("""{"seeds":["https://a.org/"],"agent":"a b"}""", "agent invalid")]
    [InlineData("""{"seeds":["https://a.org/"],"agent":"a\r\nHost: b"}""", "agent invalid")]
    [InlineData("""{"seeds":["https://a.org/"],"allow":["10.0.0.0/8","10.0.0.0/33","10.0.0.1,10.0.0.2",""]}""", "allow.1 invalid;allow.2 invalid;allow.3 invalid")]
    [InlineData("""{"seeds":["https://a.org/"],"min_recrawl_seconds":10,"max_recrawl_seconds":9}""", "max_recrawl_seconds out_of_range")]
    [InlineData("""{"seeds":["https://a.org/"],"max_page_bytes":1,"concurrency":0,"domain_budget":0,"budget_per_reference":-1}""", "max_page_bytes out_of_range;concurrency out_of_range;domain_budget out_of_range;budget_per_reference out_of_range")]
    public void Each_fault_is_told_at_its_field(string body, string faults)
    {
        var error = Read(body).Error;
        Assert.Equal("invalid_fields", error?.Code);
        Assert.Equal(faults, string.Join(';', error!.Fields.Select(fault => $"{fault.Field} {fault.Code}")));
    }

    [Theory]
    [InlineData("null", null)]
    [InlineData("\"  \"", null)]
    [InlineData("\" 정원 \"", "정원")]
    public void A_name_may_be_given(string name, string? expected) => Assert.Equal(expected, Read($$"""{"name":{{name}},"seeds":["https://a.org/"]}""").Value.Name);

    [Fact]
    public void A_thousand_seeds_are_the_most()
    {
        var seeds = Enumerable.Range(0, 1_000).Select(n => $"https://example.org/{n}").ToList();
        Assert.True(Request(seeds).Read().IsOk);
        Assert.Equal(["seeds too_long"], Request([.. seeds, "https://example.org/more"]).Read().Error!.Fields.Select(fault => $"{fault.Field} {fault.Code}"));
    }

    [Fact]
    public void Lengths_are_bounded()
    {
        var request = Request(["https://example.org/" + new string('a', 9_000)]) with { Agent = new string('a', 65), Allow = [.. Enumerable.Repeat("10.0.0.0/8", 101)] };
        Assert.Equal(["seeds.0 too_long", "agent too_long", "allow too_long"], request.Read().Error!.Fields.Select(fault => $"{fault.Field} {fault.Code}"));
    }

    private static Result<(CrawlSettings Settings, string? Name)> Read(string body) => JsonSerializer.Deserialize<CrawlRequest>(body, ApiJson.Options)!.Read();

    private static CrawlRequest Request(IReadOnlyList<string?> seeds) => JsonSerializer.Deserialize<CrawlRequest>("{}", ApiJson.Options)! with { Seeds = seeds };
}
