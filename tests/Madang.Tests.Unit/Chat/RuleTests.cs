using Madang.Api;
using Madang.Chat;
using Madang.Chat.Endpoints;
using Madang.Storage;

namespace Madang.Tests.Unit.Chat;

public sealed class RuleTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_heir_is_whoever_has_been_in_the_room_longest_and_only_when_no_owner_stays()
    {
        var room = new LockedRoom(new(1), RoomKind.Group, null, 0,
        [
            new(new(10), MemberRole.Owner, 0, Start),
            new(new(11), MemberRole.Member, 0, Start.AddHours(2)),
            new(new(12), MemberRole.Member, 0, Start.AddHours(1)),
            new(new(13), MemberRole.Member, 0, Start.AddHours(1)),
        ]);
        Assert.Equal(new UserId(12), room.HeirOf(new(10))?.User);
        Assert.Null(room.HeirOf(new(11)));
        Assert.Null((room with { Members = [room.Members[0]] }).HeirOf(new(10)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3.5)]
    [InlineData(6.999)]
    public void A_client_id_is_found_for_seven_days_wherever_in_its_week_it_was_used(double day)
    {
        for (var hour = 0; hour < 24 * 14; hour++)
        {
            var used = Start.AddHours(hour);
            var now = used.AddDays(day);
            Assert.InRange(KeyBucket.Of(used), KeyBucket.Of(now) - 1, KeyBucket.Of(now));
            Assert.True(KeyBucket.Of(used) >= KeyBucket.OldestKept(now));
        }
    }

    [Fact]
    public void Another_text_or_another_answered_message_has_another_digest()
    {
        long[] digests = [ContentDigest.Of("a", 0), ContentDigest.Of("b", 0), ContentDigest.Of("a", 1), ContentDigest.Of(new string('가', 5000), 0), ContentDigest.Of("", 0)];
        Assert.Equal(digests.Length, digests.Distinct().Count());
        Assert.Equal(ContentDigest.Of("한글", 7), ContentDigest.Of("한글", 7));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("a", null, "a")]
    [InlineData(null, "a", "a")]
    [InlineData(null, "\"a\"", "a")]
    [InlineData("a", "a", "a")]
    public void The_idempotency_key_is_an_alias_of_the_client_id(string? clientId, string? header, string? expected) =>
        Assert.Equal(expected, IdempotencyKey.Join(clientId, header).Value);

    [Fact]
    public void A_key_that_differs_from_the_client_id_is_refused() =>
        Assert.Equal("client_id", IdempotencyKey.Join("a", "b").Error?.Fields.Single().Field);

    [Fact]
    public void A_stub_keeps_nothing_of_the_message_but_its_place()
    {
        var stub = new Message(new(1), new(2), 3, new(4), "client", "비밀", 1, Start).AsStub();
        Assert.True(stub.Hidden);
        Assert.Equal((new RoomId(2), 3, Start), (stub.Room, stub.Seq, stub.CreatedAt));
        Assert.DoesNotContain("비밀", stub.ToString(), StringComparison.Ordinal);
        var wire = System.Text.Json.JsonSerializer.Serialize(MessageJson.Of(stub), ApiJson.Options);
        Assert.Equal("""{"room_id":"2","seq":3,"hidden":true,"created_at":"2026-06-01T09:00:00.000Z"}""", wire);
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        var faults = new ChatOptionsValidator().Validate(null, new ChatOptions { MaxMembers = 101, MaxTextBytes = 0 });
        Assert.True(faults.Failed);
        Assert.Contains(faults.Failures!, fault => fault.Contains(nameof(ChatOptions.MaxMembers), StringComparison.Ordinal));
        Assert.Contains(faults.Failures!, fault => fault.Contains(nameof(ChatOptions.MaxTextBytes), StringComparison.Ordinal));
        Assert.True(new ChatOptionsValidator().Validate(null, new ChatOptions()).Succeeded);
    }

    [Fact]
    public void Codes_are_unique() => Assert.Distinct(ChatErrors.All.Concat(ApiErrors.All).Select(error => error.Code));
}
