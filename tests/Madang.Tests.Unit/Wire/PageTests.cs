using System.Text.Json;
using Madang.Api;

namespace Madang.Tests.Unit.Wire;

public sealed class PageTests
{
    [Fact]
    public void The_last_page_says_that_it_is_the_last()
    {
        Assert.Equal("""{"items":[1],"next":null,"prev":null}""", JsonSerializer.Serialize(new Page<int>([1], null), ApiJson.Options));
    }
}
