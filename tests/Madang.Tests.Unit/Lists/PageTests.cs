using System.Text.Json;
using Madang.Api;

namespace Madang.Tests.Unit.Lists;

public sealed class PageTests
{
    [Fact]
    public void A_list_says_its_true_ends_as_null()
    {
        Assert.Equal("""{"items":[1],"next":null,"prev":null}""", JsonSerializer.Serialize(new Page<int>([1], null), ApiJson.Options));
        Assert.Equal("""{"items":[],"next":"9","prev":"2"}""", JsonSerializer.Serialize(new Page<int>([], "9", "2"), ApiJson.Options));
    }
}
